/**
 * Logins that take no person: when one is made, and how often it is tried.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import type { HeadersAsk } from '../../../src/core/ports.ts';
import type { Credential } from '../../../src/core/credential.ts';
import { isRemote } from '../../../src/core/entry.ts';
import type { Fault } from '../../../src/core/fault.ts';
import { DEFAULT_NUMBERS } from '../../../src/core/numbers.ts';
import type { LoginBegun } from '../../../src/core/sign-in.ts';
import { MachineDesk } from '../../../src/auth/machine-logins.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';
import { remoteEntry } from '../../support/remote-entry.ts';

const ENTRY = remoteEntry({ oauth: { grant: 'client_credentials', clientId: 'machine' } });
const CREDENTIAL = { id: 'made' } as Credential;
const DONE = { kind: 'completed', flow: 'f', server: 'docs', missing: [] } as unknown as LoginBegun;
const impossible = (fault: Fault): LoginBegun => ({ kind: 'impossible', fault });

function desk(answers: readonly LoginBegun[]) {
  const clock = createVirtualClock();
  const left = [...answers];
  let begun = 0;
  const machines = new MachineDesk({
    clock,
    vault: { lookup: () => Promise.resolve(CREDENTIAL) },
    signIns: {
      begin(_entry, { signal }) {
        begun += 1;
        if (signal.aborted) return Promise.reject(signal.reason as Error);
        return Promise.resolve(left.shift() ?? DONE);
      },
    },
  });
  const ask: HeadersAsk = { fresh: false, numbers: DEFAULT_NUMBERS, signal: new AbortController().signal };
  return {
    clock,
    machines,
    renew: (more: Partial<HeadersAsk> = {}) => machines.renew(ENTRY, { ...ask, ...more }),
    begun: () => begun,
  };
}

describe('[signin.machine] a login without a person', () => {
  test('is made at once, and made again at most once a minute', async () => {
    const { clock, renew, begun } = desk([]);
    expect(await renew()).toBe(CREDENTIAL);
    expect(await renew()).toBeUndefined();
    await clock.advance(59_999);
    expect(await renew()).toBeUndefined();
    expect(begun()).toBe(1);
    await clock.advance(1);
    expect(await renew()).toBe(CREDENTIAL);
    expect(begun()).toBe(2);
  });

  test('that fails for now is told as a fault, and tried again after five seconds', async () => {
    const { clock, renew, begun } = desk([impossible({ reason: 'http-5xx' })]);
    expect(await renew()).toEqual({ reason: 'http-5xx' });
    expect(await renew()).toEqual({ reason: 'http-5xx' });
    expect(begun()).toBe(1);
    await clock.advance(5_000);
    expect(await renew()).toBe(CREDENTIAL);
  });

  test.each<[string, LoginBegun]>([
    ['no sign-in is offered', impossible({ reason: 'auth-server-misconfigured' })],
    [
      'the client is refused',
      {
        kind: 'failed',
        flow: 'f',
        server: 'docs',
        error: 'invalid_client',
        reason: 'client-registration-refused',
        detail: '',
      },
    ],
    ['it would take a person', { kind: 'waiting' } as LoginBegun],
  ])('is none where %s: the server says what it wants', async (_what, begun) => {
    const { renew } = desk([begun]);
    expect(await renew()).toBeUndefined();
    expect(await renew()).toBeUndefined();
  });

  test('that is given up is a fault that passes', async () => {
    const { renew } = desk([]);
    const signal = AbortSignal.abort(new Error('enough'));
    expect(await renew({ signal })).toMatchObject({ reason: 'refresh-failed' });
    expect(await renew()).toBe(CREDENTIAL);
  });

  test('[signin.lane] begins by itself only where the grant takes nobody and the entry has no headers', () => {
    const { machines } = desk([]);
    const serves = (facts: Parameters<typeof remoteEntry>[0]) => {
      const { endpoint } = remoteEntry(facts);
      return isRemote(endpoint) && machines.serves(endpoint);
    };
    const oauth = { grant: 'client_credentials' } as const;
    expect(serves({ oauth })).toBe(true);
    expect(serves({ oauth: { grant: 'jwt_bearer' } })).toBe(true);
    expect(serves({})).toBe(false);
    expect(serves({ oauth: {} })).toBe(false);
    expect(serves({ oauth: { grant: 'device_code' } })).toBe(false);
    expect(serves({ oauth, headers: { 'X-Key': 'k' } })).toBe(false);
    expect(serves({ oauth, helper: {} })).toBe(false);
  });
});
