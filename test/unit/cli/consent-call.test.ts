import { describe, expect, test } from 'vitest';
import { HoldfastError } from '../../../src/base/errors.ts';
import type { ErrorCode } from '../../../src/base/errors.ts';
import type { FleetCall } from '../../../src/core/fleet.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { cliRig, VIEW } from '../../support/cli-rig.ts';
import type { CliRig, RigOptions } from '../../support/cli-rig.ts';
import { snapshotOf } from '../../support/recording-fleet.ts';

const TTY = { isTTY: true } as const;
const URL = 'https://as.example/authorize?scope=admin';
const plain = snapshotOf('docs');
const asking = snapshotOf('docs', {
  stepUp: { scopes: ['read', 'admin'], tool: 'purge' },
  signingIn: { flow: 'f1', url: URL, expiresAt: '2026-01-01T00:10:00.000Z', stepUp: true },
});
const RESULT = { content: [{ type: 'text', text: 'purged' }] };

interface Scene {
  readonly rig: CliRig;
  readonly requested: () => FleetCall | undefined;
}

/** A call that waits `ms` for a consent and then ends. */
function scene(about: { readonly ms?: number; readonly end?: () => unknown } & RigOptions = {}): Scene {
  const { ms = 3_000, end = () => RESULT, ...options } = about;
  let asked = false;
  let call: FleetCall | undefined;
  const rig = cliRig({
    daemon: true,
    terminal: TTY,
    ...options,
    fleet: {
      snapshots: async (): Promise<readonly Snapshot[]> => [asked ? asking : plain],
      request: async (_name, _method, _params, given) => {
        call = given;
        asked = true;
        await rig.clock.sleep(ms, given?.signal).catch(() => {
          throw new HoldfastError('ERR_CALL_CANCELLED', 'the call was cancelled');
        });
        asked = false;
        return end();
      },
      ...options.fleet,
    },
  });
  return { rig, requested: () => call };
}

describe('[login.step-up] a call that needs more rights', () => {
  test('on a terminal shows what is asked for, opens the browser and gives the result', async () => {
    const { rig, requested } = scene();
    expect(await rig.type('call', 'docs', 'purge')).toBe(0);
    expect(requested()).toMatchObject({ interaction: 'browser', view: VIEW });
    expect(rig.browsed).toEqual([URL]);
    expect(rig.err).toContain('docs asks for more rights, for purge');
    expect(rig.err).toContain('asks for: read admin');
    expect(rig.out).toBe('purged\n');
  });

  test('takes a pasted address, and the call goes on', async () => {
    const { rig } = scene({
      terminal: { ...TTY, hidden: ['http://localhost:1/callback?code=canary'] },
      fleet: { finishLogin: async () => ({ snapshot: plain, did: [] }) },
    });
    expect(await rig.type('call', 'docs', 'purge')).toBe(0);
    expect(rig.calls.find(({ method }) => method === 'finishLogin')?.args.slice(0, 2)).toEqual([
      'f1',
      'http://localhost:1/callback?code=canary',
    ]);
    expect(rig.out + rig.err).not.toContain('canary');
  });

  test('Ctrl-C gives up the call', async () => {
    const { rig, requested } = scene({ ms: 60_000, terminal: { ...TTY, hidden: ['\u0003'] } });
    expect(await rig.type('call', 'docs', 'purge')).toBe(130);
    expect(requested()?.signal?.aborted).toBe(true);
  });

  test('a call that is over at once shows nothing and asks nobody', async () => {
    const { rig } = scene({ ms: 0 });
    expect(await rig.type('call', 'docs', 'purge')).toBe(0);
    expect(rig.err).toBe('');
    expect(rig.browsed).toEqual([]);
  });

  test.each<[string, readonly string[], RigOptions]>([
    ['without a terminal', [], { terminal: {} }],
    ['with CI set', [], { env: { CI: '1' } }],
    ['with --no-input', ['--no-input'], {}],
    ['with --json', ['--json'], {}],
  ])('%s nobody is asked: it ends with 3, the rights and the command', async (_where, words, more) => {
    const refused = (): never => {
      throw new HoldfastError('ERR_STEP_UP_REQUIRED', 'docs: the call needs more rights', {
        data: { server: 'docs', missingScopes: ['admin'] },
      });
    };
    const { rig, requested } = scene({ ms: 0, end: refused, ...more });
    expect(await rig.type('call', 'docs', 'purge', ...words)).toBe(3);
    expect(requested()?.interaction).toBe('none');
    expect(rig.err).toContain('Grant the rights (admin): holdfast login docs --step-up');
    expect(rig.browsed).toEqual([]);
  });

  test('without a daemon the command names the rights: another process has not been asked for them', async () => {
    const refused = (): never => {
      throw new HoldfastError('ERR_STEP_UP_REQUIRED', 'docs: the call needs more rights', {
        data: { server: 'docs', missingScopes: ['read', 'admin'] },
      });
    };
    const { rig } = scene({ ms: 0, end: refused, terminal: {}, daemon: false });
    expect(await rig.type('call', 'docs', 'purge')).toBe(3);
    expect(rig.err).toContain("Grant the rights (read admin): holdfast login docs --scopes 'read admin'");
  });

  test('where the entry pins other rights, the error says itself what helps', async () => {
    const pinned = (): never => {
      throw new HoldfastError('ERR_STEP_UP_REQUIRED', 'docs: the call needs more rights', {
        hint: 'Add admin to "oauth.scopes" of the entry.',
        data: { server: 'docs', missingScopes: ['admin'], unpinned: ['admin'] },
      });
    };
    const { rig } = scene({ ms: 0, end: pinned });
    expect(await rig.type('call', 'docs', 'purge')).toBe(3);
    expect(rig.err).toContain('Add admin to "oauth.scopes" of the entry.');
    expect(rig.err).not.toContain('--step-up');
  });

  test.each<[ErrorCode, string | undefined, string | undefined]>([
    ['ERR_NEEDS_AUTH', 'sign-in-required', 'Sign in: holdfast login docs'],
    ['ERR_NEEDS_AUTH', 'sign-in-expired', 'Sign in: holdfast login docs'],
    ['ERR_NEEDS_AUTH', 'credentials-rejected', undefined],
    ['ERR_UNREACHABLE', 'refused', undefined],
  ])('%s · %s is told with the command that helps, if one does', async (code, reason, hint) => {
    const end = (): never => {
      throw new HoldfastError(code, 'docs is not well', { hint: 'the own hint', data: { server: 'docs', reason } });
    };
    const { rig } = scene({ ms: 0, end });
    await rig.type('call', 'docs', 'purge');
    expect(rig.err).toContain(hint ?? 'the own hint');
  });
});
