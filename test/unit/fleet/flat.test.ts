/**
 * What a long life leaves behind: nothing.
 *
 * @module
 */
import { describe, expect, test, vi } from 'vitest';
import type { FleetEvent } from '../../../src/core/events.ts';
import { Journal } from '../../../src/fleet/journal.ts';
import { limited, unlessAborted } from '../../../src/fleet/limit.ts';
import { Limiter } from '../../../src/fleet/limiter.ts';
import { Timeline } from '../../../src/fleet/timeline.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';
import type { VirtualClock } from '../../../src/testing/virtual-clock.ts';
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

describe('a journal', () => {
  const full = (): { journal: Journal; clock: VirtualClock; born: number } => {
    const clock = createVirtualClock();
    const born = clock.now();
    const journal = new Journal(clock, () => {});
    for (let count = 0; count < 1_500; count += 1) journal.add('here', { event: 'server.removed' }, 'a');
    return { journal, clock, born };
  };

  async function readAll(since: number, more = 0): Promise<readonly FleetEvent[]> {
    const { journal, clock, born } = full();
    const stop = new AbortController();
    const seen: FleetEvent[] = [];
    const reading = (async () => {
      for await (const event of journal.read('here', stop.signal, since === 0 ? 0 : born + since)) seen.push(event);
    })();
    await clock.settle();
    for (let count = 0; count < more; count += 1) journal.add('here', { event: 'server.removed' }, 'a');
    await clock.settle();
    stop.abort();
    await reading;
    return seen.map((event) => ({ ...event, seq: event.seq - born }));
  }

  test('keeps the last thousand events, and ends its readers with their signal', async () => {
    const seen = await readAll(0);
    expect([seen.length, seen[0]?.seq, seen.at(-1)?.seq]).toEqual([1_000, 501, 1_500]);
  });

  test.each([
    ['the last one that is kept no longer', 500, 1_000, false],
    ['one that is kept', 700, 800, false],
    ['the newest', 1_500, 0, false],
    ['one that is long gone', 499, 1_001, true],
  ])('[events.gap] a reader that has %s is told of a gap only where there is one', async (_, since, count, isGap) => {
    const seen = await readAll(since);
    expect(seen).toHaveLength(count);
    expect(seen[0]?.event === 'events.gap').toBe(isGap);
    for (let index = 1; index < seen.length; index += 1) expect(seen[index]?.seq).toBe((seen[index - 1]?.seq ?? 0) + 1);
  });

  test('[events.gap] a reader that falls ten thousand events behind is told what it missed', async () => {
    const seen = await readAll(1_500, 10_050);
    const gap = seen.find(({ event }) => event === 'events.gap');
    expect(gap).toBeDefined();
    expect(seen.at(-1)?.seq).toBe(11_550);
    for (let index = 1; index < seen.length; index += 1) {
      const [before, now] = [seen[index - 1]?.seq ?? 0, seen[index]];
      expect(now?.event === 'events.gap' || now?.seq === before + 1).toBe(true);
      expect(now?.seq).toBeGreaterThan(before);
    }
  });

  test('[events.gap] the numbers of a later owner begin above those of an earlier one', async () => {
    const clock = createVirtualClock();
    const first = new Journal(clock, () => {});
    for (let count = 0; count < 900; count += 1) first.add('here', { event: 'server.removed' }, 'a');
    await clock.advance(1_000);
    expect(new Journal(clock, () => {}).seq).toBeGreaterThan(first.seq);
  });
});
