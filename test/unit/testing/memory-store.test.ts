/**
 * The store and the lease of tests keep the promises of their ports.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import type { StoreChange } from '../../../src/core/store.ts';
import { createMemoryLease, createMemoryStore } from '../../../src/testing/memory-store.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';

const body = (id: string, text: string): { id: string; facts: { text: string }; secrets: Record<string, string> } => ({
  id,
  facts: { text },
  secrets: { token: `s-${text}` },
});

describe('[testing.store] the memory store', () => {
  test('writes only over the generation that was seen', async () => {
    const store = createMemoryStore();
    expect(await store.write('credential', body('a', 'one'), 0)).toMatchObject({ generation: 1 });
    expect(await store.write('credential', body('a', 'two'), 0)).toBeUndefined();
    expect(await store.write('credential', body('a', 'two'), 1)).toMatchObject({ generation: 2 });
    expect(await store.read('credential', 'a')).toMatchObject({ generation: 2, secrets: { token: 's-two' } });
    expect(await store.read('registration', 'a')).toBeUndefined();
  });

  test('removes only the generation that was seen, and lists by kind', async () => {
    const store = createMemoryStore();
    await store.write('credential', body('a', 'one'), 0);
    await store.write('flow', body('b', 'one'), 0);
    expect((await store.list('credential')).map(({ id }) => id)).toEqual(['a']);
    expect(await store.remove('credential', 'a', 7)).toBe(false);
    expect(await store.remove('credential', 'a', 1)).toBe(true);
    expect(await store.remove('credential', 'a')).toBe(false);
  });

  test('shares no object with who wrote it, and tells every change', async () => {
    const store = createMemoryStore();
    const changes: StoreChange[] = [];
    const off = store.watch((change) => changes.push(change));
    const mine = body('a', 'one');
    await store.write('credential', mine, 0);
    mine.facts.text = 'changed';
    expect((await store.read('credential', 'a'))?.facts).toEqual({ text: 'one' });
    off();
    await store.remove('credential', 'a');
    expect(changes).toEqual([{ kind: 'credential', id: 'a' }]);
  });

  test('fails where it is broken, for that kind alone, and counts rooms', async () => {
    const store = createMemoryStore();
    const room = await store.reserve('credential', 'a');
    await store.reserve('credential', 'b');
    expect(store.reserved).toBe(2);
    await store.write('credential', body('a', 'one'), 0, room);
    expect(store.reserved).toBe(1);
    store.break('write', 'credential');
    await expect(store.write('credential', body('a', 'two'), 1)).rejects.toMatchObject({
      code: 'ERR_STORE_UNWRITABLE',
    });
    expect(await store.write('flow', body('a', 'two'), 0)).toBeDefined();
    store.mend();
    expect(await store.write('credential', body('a', 'two'), 1)).toBeDefined();
  });
});

describe('[testing.store] the memory lease', () => {
  test('lets one in at a time, in order', async () => {
    const lease = createMemoryLease(createVirtualClock());
    const seen: string[] = [];
    let inside = 0;
    await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        lease.hold('x', async () => {
          inside += 1;
          expect(inside).toBe(1);
          await Promise.resolve();
          seen.push(name);
          inside -= 1;
        }),
      ),
    );
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(lease.held).toEqual([]);
  });

  test('says that it is busy after the wait and never begins the work; the next one gets it', async () => {
    const clock = createVirtualClock();
    const lease = createMemoryLease(clock);
    const thaw = await lease.freeze('x');
    let began = false;
    const waiting = lease.hold('x', () => Promise.resolve((began = true)), 15_000);
    await Promise.all([expect(waiting).rejects.toMatchObject({ code: 'ERR_STORE_BUSY' }), clock.advance(15_000)]);
    expect(began).toBe(false);
    thaw();
    expect(await lease.hold('x', () => Promise.resolve(7))).toBe(7);
  });

  test('is given back when the work fails', async () => {
    const lease = createMemoryLease(createVirtualClock());
    await expect(lease.hold('x', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(lease.held).toEqual([]);
  });
});
