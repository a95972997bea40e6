/**
 * The life of sign-ins under a clock that a test moves.
 *
 * @module
 */
import { afterEach, describe, expect, test } from 'vitest';
import { flowBody, keptFlow } from '../../../../src/auth/flow/flow.ts';
import { FlowStore } from '../../../../src/auth/flow/flow-store.ts';
import { SignInDesk } from '../../../../src/auth/flow/sign-ins.ts';
import type { TokenOutcome } from '../../../../src/auth/token/outcome.ts';
import { HoldfastError } from '../../../../src/base/errors.ts';
import { DEFAULT_NUMBERS } from '../../../../src/core/numbers.ts';
import type { LoginOutcome, LoginWaiting } from '../../../../src/core/sign-in.ts';
import { createMemoryStore, type MemoryStore } from '../../../../src/testing/memory-store.ts';
import { createVirtualClock, type VirtualClock } from '../../../../src/testing/virtual-clock.ts';
import { pretendedParts, type PretendedParts } from '../../../support/flow-parts.ts';
import { oauthEntry } from '../../../support/sign-in-rig.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Process {
  readonly clock: VirtualClock;
  readonly parts: PretendedParts;
  readonly desk: SignInDesk;
  readonly start: () => Promise<LoginWaiting>;
  /** The answer that a browser would bring. */
  readonly answer: (waiting: LoginWaiting) => string;
}

/** By hand, so that no socket is opened. */
function process(about: { readonly clock?: VirtualClock; readonly store?: MemoryStore } = {}): Process {
  const { clock = createVirtualClock(), store = createMemoryStore() } = about;
  const parts = pretendedParts({ clock, store });
  const desk = new SignInDesk(parts);
  closers.push(() => desk.close());
  return {
    clock,
    parts,
    desk,
    async start() {
      const begun = await desk.begin(oauthEntry({ url: 'https://mcp.example/mcp' }), {
        challenges: [],
        stepUp: false,
        byHand: true,
        numbers: DEFAULT_NUMBERS,
        signal: new AbortController().signal,
      });
      if (begun.kind !== 'waiting') throw new Error('nobody is waited for');
      return begun;
    },
    answer: ({ url }) => `code=c0de&state=${new URL(url).searchParams.get('state')}`,
  };
}

const never = new AbortController().signal;

/** Lets time pass in steps: what answers in between is heard in between. */
async function pass(clock: VirtualClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 250) {
    for (let turn = 0; turn < 5; turn += 1) await clock.settle();
    await clock.advance(250);
  }
}

/** Follows a promise without waiting for it. */
function watched(outcome: Promise<LoginOutcome>): () => LoginOutcome | string | undefined {
  let seen: LoginOutcome | string | undefined;
  outcome.then(
    (value) => (seen = value),
    (error: unknown) => (seen = error instanceof HoldfastError ? error.code : String(error)),
  );
  return () => seen;
}

describe('[signin.ends] the time of a sign-in', () => {
  test('is ten minutes, told, and then nothing of it stays', async () => {
    const { clock, parts, desk, start } = process();
    const waiting = await start();
    expect(Date.parse(waiting.expiresAt) - clock.now()).toBe(600_000);
    const end = watched(desk.outcome(waiting.flow, never));
    await clock.advance(599_999);
    expect(end()).toBeUndefined();
    await clock.advance(1);
    expect(end()).toMatchObject({ kind: 'failed', error: 'expired', reason: 'sign-in-required' });
    expect(await parts.store.list('flow')).toEqual([]);
    // Who asks late still hears it.
    expect(await desk.outcome(waiting.flow, never)).toMatchObject({ error: 'expired' });
    expect(clock.pending).toBe(0);
  });

  test('ends also what another process began and nobody watches over any more', async () => {
    const store = createMemoryStore();
    const clock = createVirtualClock();
    const first = process({ clock, store });
    const waiting = await first.start();
    await first.desk.close();
    const second = process({ clock, store });
    const end = watched(second.desk.outcome(waiting.flow, never));
    await clock.advance(601_000);
    await clock.advance(2_000);
    expect(end()).toMatchObject({ error: 'expired' });
    await second.start();
    expect((await store.list('flow')).map(({ id }) => id)).not.toContain(waiting.flow);
  });

  test('an answer that comes after it is of no use', async () => {
    const { clock, parts, desk, start, answer } = process();
    const waiting = await start();
    await clock.advance(600_000);
    const late = watched(desk.finish(waiting.flow, answer(waiting), { signal: never }));
    await clock.settle();
    expect(late()).toBe('ERR_LOGIN_UNKNOWN');
    expect(parts.codes).toEqual([]);
  });

  test('whoever gives up waiting ends nothing', async () => {
    const { clock, desk, start, answer } = process();
    const waiting = await start();
    const giveUp = new AbortController();
    const gone = watched(desk.outcome(waiting.flow, giveUp.signal));
    giveUp.abort(new HoldfastError('ERR_PENDING', 'enough'));
    await clock.settle();
    expect(gone()).toBe('ERR_PENDING');
    expect(await desk.finish(waiting.flow, answer(waiting), { signal: never })).toMatchObject({ kind: 'completed' });
  });

  test('a process that closes leaves the sign-in to others', async () => {
    const store = createMemoryStore();
    const clock = createVirtualClock();
    const first = process({ clock, store });
    const waiting = await first.start();
    const heard = watched(first.desk.outcome(waiting.flow, never));
    await first.desk.close();
    await clock.settle();
    expect(heard()).toBe('ERR_CLOSED');
    expect(
      await process({ clock, store }).desk.finish(waiting.flow, first.answer(waiting), { signal: never }),
    ).toMatchObject({ kind: 'completed' });
  });
});

describe('[signin.redemption] a code', () => {
  const transient = (sent: 'no' | 'maybe' | 'answered', retryAfterMs?: number): TokenOutcome => ({
    kind: 'transient',
    fault: { reason: 'refused' },
    sent,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

  test.each<[string, readonly TokenOutcome[], number, 'completed' | 'failed']>([
    ['is sent again where it surely did not arrive', [transient('no'), transient('no')], 3, 'completed'],
    ['is sent again where the server had no time', [transient('answered', 1_000)], 2, 'completed'],
    ['is given up after three tries', [transient('no'), transient('no'), transient('no')], 3, 'failed'],
    ['is not sent again where it may have been used', [transient('maybe')], 1, 'failed'],
    ['is not kept waiting for long', [transient('answered', 60_000)], 1, 'failed'],
    [
      'is not sent again where it will never be taken',
      [{ kind: 'transient', fault: { reason: 'auth-server-misconfigured' }, sent: 'no' }],
      1,
      'failed',
    ],
    ['is not sent again after a refusal', [{ kind: 'refused', error: 'invalid_grant', status: 400 }], 1, 'failed'],
  ])('%s', async (_what, answers, sent, kind) => {
    const { clock, parts, desk, start, answer } = process();
    const waiting = await start();
    parts.answers.push(...answers);
    const end = watched(desk.finish(waiting.flow, answer(waiting), { signal: never }));
    await pass(clock, 10_000);
    expect(end()).toMatchObject({ kind });
    expect(parts.codes).toEqual(Array(sent).fill('c0de'));
    expect(await parts.store.list('flow')).toEqual([]);
  });

  test('goes on when who brought it has gone', async () => {
    const { clock, parts, desk, start, answer } = process();
    const waiting = await start();
    parts.answers.push(transient('no'));
    const giveUp = new AbortController();
    const gone = watched(desk.finish(waiting.flow, answer(waiting), { signal: giveUp.signal }));
    await clock.settle();
    giveUp.abort(new HoldfastError('ERR_PENDING', 'enough'));
    await pass(clock, 10_000);
    expect(gone()).toBe('ERR_PENDING');
    expect(await desk.outcome(waiting.flow, never)).toMatchObject({ kind: 'completed' });
  });

  test('is not redeemed before it is sure that the flow was taken: a store that fails loses nothing', async () => {
    const { parts, desk, start, answer } = process();
    const waiting = await start();
    parts.store.break('write', 'flow');
    await expect(desk.finish(waiting.flow, answer(waiting), { signal: never })).rejects.toMatchObject({
      code: 'ERR_STORE_UNWRITABLE',
    });
    expect(parts.codes).toEqual([]);
    parts.store.mend();
    expect(await desk.finish(waiting.flow, answer(waiting), { signal: never })).toMatchObject({ kind: 'completed' });
  });

  test('whose login is written at the second try is kept', async () => {
    const { clock, parts, desk, start, answer } = process();
    const waiting = await start();
    parts.store.break('write', 'credential');
    const end = watched(desk.finish(waiting.flow, answer(waiting), { signal: never }));
    await pass(clock, 500);
    parts.store.mend();
    await pass(clock, 5_000);
    expect(end()).toMatchObject({ kind: 'completed' });
    expect(await desk.list()).toHaveLength(1);
  });
});

describe('a sign-in that cannot be kept', () => {
  test('is not begun', async () => {
    const { parts, start } = process();
    parts.store.break('write', 'flow');
    await expect(start()).rejects.toMatchObject({ code: 'ERR_STORE_UNWRITABLE' });
  });
});

describe('the record of a sign-in', () => {
  test('holds no secret among its facts, and comes back whole', async () => {
    const { clock, parts, start } = process();
    const waiting = await start();
    const [record] = await parts.store.list('flow');
    const kept = await new FlowStore(parts.store, clock).read(waiting.flow);
    if (record === undefined || kept === undefined || kept.phase === 'over' || kept.flow.way.kind !== 'code')
      throw new Error('not kept');
    const { state, verifier } = kept.flow.way;
    expect(new URL(waiting.url).searchParams.get('state')).toBe(state.reveal());
    for (const secret of [state, verifier]) expect(JSON.stringify(record.facts)).not.toContain(secret.reveal());
    expect(record.secrets).toEqual({ state: state.reveal(), verifier: verifier.reveal() });
    expect(keptFlow({ ...record, ...flowBody(kept.flow, 'waiting') })).toEqual(kept);
    expect(kept.flow).toMatchObject({ server: 'docs', scopes: undefined, resource: 'https://mcp.example/mcp' });
  });

  test('of another version is not understood, and stays until its time is over', async () => {
    const { clock, parts, start } = process();
    const id = 'ab'.repeat(16);
    parts.store.plant('flow', { id, generation: 1, facts: { schema: 9, expiresAt: clock.now() + 5 }, secrets: {} });
    expect(await new FlowStore(parts.store, clock).read(id)).toBeUndefined();
    await start();
    expect(await parts.store.read('flow', id)).toBeDefined();
    await clock.advance(10);
    await start().catch(() => undefined);
    await new FlowStore(parts.store, clock).begin({ ...(await anyFlow(parts, clock)), id: 'cd'.repeat(16) });
    expect(await parts.store.read('flow', id)).toBeUndefined();
  });

  async function anyFlow(parts: PretendedParts, clock: VirtualClock) {
    for (const { id } of await parts.store.list('flow')) {
      const kept = await new FlowStore(parts.store, clock).read(id);
      if (kept !== undefined && kept.phase !== 'over') return kept.flow;
    }
    throw new Error('no flow');
  }
});
