/**
 * What a long life leaves behind: nothing.
 *
 * @module
 */
import { describe, expect, test, vi } from 'vitest';
import { Journal } from '../../../src/fleet/journal.ts';
import { limited, unlessAborted } from '../../../src/fleet/limit.ts';
import { Limiter } from '../../../src/fleet/limiter.ts';
import { Timeline } from '../../../src/fleet/timeline.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';
import { http, rig, script, started } from '../../support/scripted-fleet.ts';

/** Counts what listens on a signal. */
function counted(signal: AbortSignal): () => number {
  const added = vi.spyOn(signal, 'addEventListener');
  const removed = vi.spyOn(signal, 'removeEventListener');
  return () =>
    new Set(added.mock.calls.map(([, heard]) => heard)).size -
    new Set(removed.mock.calls.map(([, heard]) => heard)).size;
}

describe('[fleet.flat] ten thousand', () => {
  test('reconnects leave no timer, no open session and no listener', async () => {
    const about = script(['ok']);
    const r = rig({ a: about });
    await started(r, 100);
    await r.fleet.request('a', 'tools/call');
    const before = r.clock.pending;
    const long = new AbortController();
    const listeners = counted(long.signal);
    for (let round = 0; round < 10_000; round += 1) {
      await r.fleet.reconnect('a');
      await r.fleet.request('a', 'tools/call', {}, { signal: long.signal });
      expect(about.sessions.filter(({ closed }) => !closed)).toHaveLength(1);
      about.sessions = about.sessions.slice(-1);
      about.opened.length = 0;
    }
    await r.clock.advance(2_000);
    expect(r.clock.pending).toBe(before);
    expect(listeners()).toBe(0);
    expect((await r.fleet.snapshot('a')).timeline).toHaveLength(200);
    await r.fleet.close();
    expect(r.clock.pending).toBe(0);
  }, 60_000);

  test('losses with failing tries in between leave no timer', async () => {
    const about = script([http(503), 'ok'], { numbers: { provenMs: 1 } });
    const r = rig({ a: about });
    await started(r, 10_000);
    const before = r.clock.pending;
    for (let round = 0; round < 1_000; round += 1) {
      about.tries = [http(503), http(503), 'ok'];
      about.sessions.at(-1)!.onEvent!({ kind: 'lost', answer: { kind: 'network', errno: 'ECONNRESET' } });
      await r.clock.advance(10_000);
      about.sessions = about.sessions.slice(-1);
    }
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
    expect(r.clock.pending).toBe(before);
    await r.fleet.close();
  }, 60_000);
});

describe('[fleet.flat] a limit', () => {
  test('that ends leaves nothing on the signals it listened to', () => {
    const clock = createVirtualClock();
    const long = new AbortController();
    const listeners = counted(long.signal);
    for (let round = 0; round < 10; round += 1) limited(clock, 1_000, long.signal, undefined).end();
    expect([listeners(), clock.pending]).toEqual([0, 0]);
  });

  test('knows whether it was the time that ended it', async () => {
    const clock = createVirtualClock();
    const other = new AbortController();
    const late = limited(clock, 1_000, other.signal);
    await clock.advance(1_000);
    expect([late.signal.aborted, late.isTimeUp]).toEqual([true, true]);
    const cut = limited(clock, 1_000, other.signal);
    other.abort(new Error('enough'));
    await clock.advance(2_000);
    expect([cut.signal.aborted, cut.isTimeUp]).toEqual([true, false]);
    expect(limited(clock, undefined, other.signal).signal.reason).toMatchObject({ message: 'enough' });
  });

  test('lets go of work that goes on, and hears of work that fails without a word', async () => {
    const stop = new AbortController();
    const listeners = counted(stop.signal);
    await unlessAborted(Promise.reject(new Error('broken')), stop.signal);
    expect(listeners()).toBe(0);
    const never = unlessAborted(new Promise(() => {}), stop.signal);
    stop.abort();
    await expect(never).resolves.toBeUndefined();
  });
});

describe('[numbers.parallel] the limiter', () => {
  const patient = (): AbortSignal => new AbortController().signal;

  test('gives back the slot of one that was cancelled while it waited', async () => {
    const limiter = new Limiter(createVirtualClock(), 1, 60_000);
    const release = await limiter.acquire(true, patient());
    const stop = new AbortController();
    const cancelled = limiter.acquire(true, stop.signal);
    const next = limiter.acquire(false, patient());
    stop.abort(new Error('superseded'));
    await expect(cancelled).rejects.toThrow('superseded');
    release();
    release();
    await expect(next).resolves.toBeTypeOf('function');
    await expect(limiter.acquire(true, AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
  });

  test('lets first tries pass the others, each in its order', async () => {
    const limiter = new Limiter(createVirtualClock(), 1, 60_000);
    let release = await limiter.acquire(true, patient());
    const order: string[] = [];
    const wait = async (name: string, first: boolean): Promise<void> => {
      const mine = await limiter.acquire(first, patient());
      order.push(name);
      release = mine;
    };
    const all = Promise.all([
      wait('retry 1', false),
      wait('first 1', true),
      wait('retry 2', false),
      wait('first 2', true),
    ]);
    for (let turn = 0; turn < 4; turn += 1) {
      release();
      await Promise.resolve().then(() => Promise.resolve());
      await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
    }
    await all;
    expect(order).toEqual(['first 1', 'first 2', 'retry 1', 'retry 2']);
  });
});

describe('[fleet.timeline] a timeline', () => {
  test('gives as many of the last lines as are asked for, none for 0', () => {
    const timeline = new Timeline();
    for (let line = 0; line < 300; line += 1) timeline.add(line, { kind: 'status', text: String(line) });
    expect(timeline.entries()).toHaveLength(200);
    expect(timeline.entries(2).map(({ text }) => text)).toEqual(['298', '299']);
    expect(timeline.entries(0)).toEqual([]);
  });
});

test('a journal keeps the last thousand events, and ends its readers with their signal', async () => {
  const clock = createVirtualClock();
  const journal = new Journal(clock, () => {});
  for (let count = 0; count < 1_500; count += 1) journal.add('here', { event: 'server.removed' }, 'a');
  const stop = new AbortController();
  const seen: number[] = [];
  const reading = (async () => {
    for await (const { seq } of journal.read('here', stop.signal, 0)) seen.push(seq);
  })();
  await clock.settle();
  expect([seen.length, seen[0], seen.at(-1)]).toEqual([1_000, 501, 1_500]);
  stop.abort();
  await reading;
});
