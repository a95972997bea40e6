/**
 * Sign-ins by device in several processes: whoever is left asks for the tokens, and no login that was made is lost.
 *
 * @module
 */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { SignInDesk } from '../../../../src/auth/flow/sign-ins.ts';
import type { DeviceOutcome } from '../../../../src/auth/token/device.ts';
import { Secret } from '../../../../src/base/secret.ts';
import { DEFAULT_NUMBERS } from '../../../../src/core/numbers.ts';
import { createMemoryStore, type MemoryStore } from '../../../../src/testing/memory-store.ts';
import { createVirtualClock, type VirtualClock } from '../../../../src/testing/virtual-clock.ts';
import { pretendedParts, type PretendedParts } from '../../../support/flow-parts.ts';
import { oauthEntry } from '../../../support/sign-in-rig.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const never = new AbortController().signal;
const entry = oauthEntry({ url: 'https://mcp.example/mcp' });
const ask = { challenges: [], stepUp: false, method: 'device', numbers: DEFAULT_NUMBERS, signal: never } as const;

/** A poll that a test ends. */
interface Poll {
  readonly end: (outcome: DeviceOutcome) => void;
  readonly signal: AbortSignal;
}

interface Process {
  readonly parts: PretendedParts;
  readonly desk: SignInDesk;
  readonly polls: Poll[];
}

function process(clock: VirtualClock, store: MemoryStore): Process {
  const polls: Poll[] = [];
  const parts: PretendedParts = {
    ...pretendedParts({ clock, store }),
    beginDevice: () =>
      Promise.resolve({
        kind: 'begun',
        device: {
          deviceCode: new Secret('device-secret-1'),
          userCode: 'ABCD',
          verificationUri: 'https://as.example/device',
          expiresAt: clock.now() + 600_000,
          intervalMs: 5_000,
        },
      }),
    pollDevice: (_about, { signal }) =>
      new Promise((end) => {
        polls.push({ end, signal });
      }),
  };
  const desk = new SignInDesk(parts);
  closers.push(() => desk.close());
  return { parts, desk, polls };
}

function two(): { readonly clock: VirtualClock; readonly first: Process; readonly second: Process } {
  const clock = createVirtualClock();
  const store = createMemoryStore();
  return { clock, first: process(clock, store), second: process(clock, store) };
}

async function begun({ desk }: Process): Promise<string> {
  const waiting = await desk.begin(entry, ask);
  if (waiting.kind !== 'waiting') throw new Error('nobody is waited for');
  return waiting.flow;
}

const tokens = (clock: VirtualClock): DeviceOutcome => ({
  kind: 'tokens',
  tokens: { accessToken: new Secret('access-1'), tokenType: 'bearer', obtainedAt: clock.now() },
});
const spent: DeviceOutcome = { kind: 'refused', error: 'invalid_grant', status: 400 };

describe('[signin.device] a code that somebody types', () => {
  test('is polled for by whoever waits for its end, though the process that showed it is gone', async () => {
    const { clock, first, second } = two();
    const flow = await begun(first);
    const outcome = second.desk.outcome(flow, never);
    await clock.settle();
    expect(second.polls).toHaveLength(1);
    second.polls[0]?.end(tokens(clock));
    expect(await outcome).toMatchObject({ kind: 'completed', credential: { grant: 'device_code' } });
    for (const { end } of first.polls) end(spent);
  });

  test('brings one login where two processes poll for it, and both tell of that one', async () => {
    const { clock, first, second } = two();
    const flow = await begun(first);
    await clock.settle();
    const here = first.desk.outcome(flow, never);
    const there = second.desk.outcome(flow, never);
    await clock.settle();
    // The second one's answer overtakes that of the one that got the tokens.
    second.polls[0]?.end(spent);
    await clock.settle();
    first.polls[0]?.end(tokens(clock));
    for (let turn = 0; turn < 10; turn += 1) {
      await clock.settle();
      await clock.advance(500);
    }
    expect(await here).toMatchObject({ kind: 'completed' });
    expect(await there).toMatchObject({ kind: 'completed' });
  });

  test('ends with the refusal where nobody else has got a login for it', async () => {
    const { clock, first } = two();
    const flow = await begun(first);
    await clock.settle();
    const outcome = first.desk.outcome(flow, never);
    first.polls[0]?.end(spent);
    for (let turn = 0; turn < 10; turn += 1) {
      await clock.settle();
      await clock.advance(500);
    }
    expect(await outcome).toMatchObject({ kind: 'failed', error: 'invalid_grant' });
  });

  test('is kept when its tokens come while the process closes, and thrown away when the person has cancelled', async () => {
    const { clock, first, second } = two();
    await begun(first);
    await clock.settle();
    const closing = first.desk.close();
    await clock.settle();
    expect(first.polls[0]?.signal.aborted).toBe(true);
    first.polls[0]?.end(tokens(clock));
    await closing;
    expect(await second.desk.list()).toHaveLength(1);
    const { clock: other, first: third } = two();
    const flow = await begun(third);
    await other.settle();
    await third.desk.cancel(flow);
    third.polls[0]?.end(tokens(other));
    await other.settle();
    expect(await third.desk.list()).toEqual([]);
  });

  test('is polled for also where the store cannot be read for a moment', async () => {
    const { clock, first } = two();
    const { store } = first.parts;
    const write = store.write.bind(store);
    vi.spyOn(store, 'write').mockImplementationOnce(async (...args) => {
      const written = await write(...args);
      store.break('read', 'flow');
      return written;
    });
    const flow = await begun(first);
    await clock.settle();
    store.mend();
    expect(first.polls).toHaveLength(1);
    const outcome = first.desk.outcome(flow, never);
    first.polls[0]?.end(tokens(clock));
    expect(await outcome).toMatchObject({ kind: 'completed' });
  });
});
