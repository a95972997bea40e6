import { describe, expect, test } from 'vitest';
import type { GatewayPort, ListeningGateway, ListenRequest } from '../../../src/cli/context.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { cliRig, OWNER } from '../../support/cli-rig.ts';
import type { CliRig, RigOptions } from '../../support/cli-rig.ts';
import { snapshotOf } from '../../support/recording-fleet.ts';

const URL = 'http://127.0.0.1:50123/mcp';
const TOKEN = 'hf_token-of-the-test';

interface World {
  readonly rig: CliRig;
  readonly asked: ListenRequest[];
  readonly closed: () => number;
}

/** A command line whose gateway shows these servers, one list after another. */
function world(turns: readonly (readonly Snapshot[])[], more: RigOptions = {}): World {
  const asked: ListenRequest[] = [];
  let closed = 0;
  let turn = 0;
  const gateway: ListeningGateway = {
    url: URL,
    port: 50_123,
    address: '127.0.0.1',
    owner: OWNER,
    servers: async () => {
      const now = turns[Math.min(turn, turns.length - 1)] ?? [];
      turn += 1;
      return now;
    },
    ended: new Promise(() => {}),
    close: async () => {
      closed += 1;
    },
  };
  const port: GatewayPort = {
    lines: () => Promise.reject(new Error('not scripted')),
    listen: async (request) => {
      asked.push(request);
      return gateway;
    },
    tokenPath: '/state/gateway-token',
    token: async () => TOKEN,
    rotate: async () => undefined,
  };
  return { rig: cliRig({ gateway: port, ...more }), asked, closed: () => closed };
}

const good = snapshotOf('good');
const slow = snapshotOf('slow', { status: 'pending', phase: 'startup' });
const back = snapshotOf('slow');
const bad = (status: Snapshot['status'], reason: Snapshot['reason']): Snapshot =>
  snapshotOf('bad', { status, ...(reason === undefined ? {} : { reason }) });

describe('run', () => {
  test('[run.environment] gives the command the address and the token, its words as they are, and ends with its code', async () => {
    const { rig, asked, closed } = world([[good]], { child: async () => 42 });
    expect(await rig.type('run', '--', 'agent', '--json', '-x', 'two words')).toBe(42);
    expect(rig.children).toEqual([
      {
        command: 'agent',
        args: ['--json', '-x', 'two words'],
        env: { HOLDFAST_URL: URL, HOLDFAST_TOKEN: TOKEN },
      },
    ]);
    expect(asked[0]).toMatchObject({ ports: [0], open: false, owner: 'join' });
    expect(closed()).toBe(1);
    expect(rig.out + rig.err).not.toContain(TOKEN);
  });

  test.each<[Snapshot['status'], Snapshot['reason'], number]>([
    ['failed', 'config-invalid', 2],
    ['needs-auth', 'sign-in-required', 3],
    ['failed', 'refused', 4],
    ['pending', 'awaiting-approval', 7],
    ['disabled', 'disabled-by-user', 7],
    ['pending', undefined, 8],
  ])(
    '[run.require] does not start the command for a required server that is %s · %s: %i',
    async (status, reason, code) => {
      const { rig, closed } = world([[good, bad(status, reason)]]);
      expect(await rig.type('run', '--require', 'good', '--require', 'bad', '--', 'agent')).toBe(code);
      expect(rig.children).toEqual([]);
      expect(rig.err).toContain('bad');
      expect(rig.err).toContain('not started');
      expect(closed()).toBe(1);
    },
  );

  test('[run.require] a server that is not required may be missing; that is said', async () => {
    const { rig } = world([[good, bad('failed', 'refused')]]);
    expect(await rig.type('run', '--require', 'good', '--', 'agent')).toBe(0);
    const all = world([[good, bad('failed', 'refused')]]);
    expect(await all.rig.type('run', '--', 'agent')).toBe(0);
    expect(all.rig.err).toContain('not connected: bad refused');
  });

  test('[run.require] with --json the refusal is one line for scripts', async () => {
    const { rig } = world([[bad('needs-auth', 'sign-in-required')]]);
    expect(await rig.type('run', '--json', '--require', 'bad', '--', 'agent')).toBe(3);
    expect(JSON.parse(rig.err)).toMatchObject({ error: { code: 'ERR_NEEDS_AUTH', exit: 3 } });
  });

  test('[run.wait] waits until a named server has settled, then starts the command whatever it is', async () => {
    const { rig } = world([...Array.from({ length: 100 }, () => [good, slow]), [good, back]]);
    const began = rig.clock.now();
    expect(await rig.type('run', '--wait-for', 'slow', '--', 'agent')).toBe(0);
    expect(rig.clock.now() - began).toBeGreaterThanOrEqual(9_900);
    expect(rig.children).toHaveLength(1);
  });

  test.each<[readonly string[], number]>([
    [[], 5_000],
    [['--wait-for', 'slow'], 30_000],
    [['--wait-for', 'slow', '--wait', '2s'], 2_000],
  ])('[run.wait] run %j waits at most %i ms', async (words, limit) => {
    const { rig } = world([[good, slow]]);
    const began = rig.clock.now();
    expect(await rig.type('run', ...words, '--', 'agent')).toBe(0);
    const waited = rig.clock.now() - began;
    expect(waited).toBeGreaterThanOrEqual(limit);
    expect(waited).toBeLessThan(limit + 300);
  });

  test('a name that no server has is told at once, with the nearest one', async () => {
    const { rig } = world([[good]]);
    expect(await rig.type('run', '--require', 'godo', '--', 'agent')).toBe(6);
    expect(rig.err).toContain('"good"');
  });

  test.each([[['run']], [['run', 'npm', 'test']], [['run', '--']]])('%j says how to write it', async (words) => {
    const { rig, asked } = world([[good]]);
    expect(await rig.type(...words)).toBe(2);
    expect(rig.err).toContain('--');
    expect(asked).toEqual([]);
  });
});
