/**
 * What every store does alike.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import type { Store, StoreChange } from '../../../src/core/store.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { bodyOf, keyOf, keysOf, storeRig } from '../../support/store-rig.ts';

const STORES: readonly (readonly [string, () => Store])[] = [
  ['in memory', () => createMemoryStore()],
  ['of files', () => storeRig().store],
  ['of files with a key', () => storeRig(keysOf(keyOf(1))).store],
];

describe.each(STORES)('a store %s', (_kind, make) => {
  test('[store.swap] writes what was not there with 0 seen, and counts generations', async () => {
    const store = make();
    expect(await store.read('credential', 'a1')).toBeUndefined();
    expect(await store.write('credential', bodyOf('a1'), 0)).toEqual({ ...bodyOf('a1'), generation: 1 });
    expect(await store.write('credential', bodyOf('a1', 'new'), 1)).toMatchObject({ generation: 2 });
    expect(await store.read('credential', 'a1')).toEqual({ ...bodyOf('a1', 'new'), generation: 2 });
  });

  test.each([
    ['0 where there is one', 0],
    ['an older generation', 1],
    ['a generation that is not there yet', 3],
  ])('[store.swap] writes nothing with %s', async (_what, seen) => {
    const store = make();
    await store.write('credential', bodyOf('a1', 'one'), 0);
    await store.write('credential', bodyOf('a1', 'two'), 1);
    expect(await store.write('credential', bodyOf('a1', 'three'), seen)).toBeUndefined();
    expect(await store.read('credential', 'a1')).toEqual({ ...bodyOf('a1', 'two'), generation: 2 });
  });

  test('[store.swap] lets one of many writers win that have seen the same', async () => {
    const store = make();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => store.write('credential', bodyOf('a1', `w${index}`), 0)),
    );
    const won = all.filter((record) => record !== undefined);
    expect(won).toHaveLength(1);
    expect(await store.read('credential', 'a1')).toEqual(won[0]);
  });

  test('keeps kinds and ids apart', async () => {
    const store = make();
    await store.write('credential', bodyOf('a1'), 0);
    await store.write('credential', bodyOf('b2'), 0);
    await store.write('intent', bodyOf('a1', 'intent'), 0);
    const ids = (await store.list('credential')).map(({ id }) => id).toSorted();
    expect(ids).toEqual(['a1', 'b2']);
    expect(await store.list('intent')).toEqual([{ ...bodyOf('a1', 'intent'), generation: 1 }]);
    expect(await store.list('flow')).toEqual([]);
  });

  test('removes a record, or only that generation of it, and says whether it did', async () => {
    const store = make();
    await store.write('credential', bodyOf('a1'), 0);
    expect(await store.remove('credential', 'a1', 7)).toBe(false);
    expect(await store.remove('credential', 'a1', 1)).toBe(true);
    expect(await store.remove('credential', 'a1')).toBe(false);
    expect(await store.read('credential', 'a1')).toBeUndefined();
    expect(await store.write('credential', bodyOf('a1'), 0)).toMatchObject({ generation: 1 });
    expect(await store.remove('credential', 'a1')).toBe(true);
  });

  test('gives room that is used by a write or given back, more than once', async () => {
    const store = make();
    const used = await store.reserve('credential', 'a1');
    expect(await store.write('credential', bodyOf('a1'), 0, used)).toMatchObject({ generation: 1 });
    await used.release();
    const lost = await store.reserve('credential', 'a1');
    expect(await store.write('credential', bodyOf('a1'), 0, lost)).toBeUndefined();
    await lost.release();
    await lost.release();
    expect(await store.list('credential')).toHaveLength(1);
  });

  test('what was given may be changed afterwards', async () => {
    const store = make();
    const secrets: Record<string, string> = { accessToken: 'x' };
    await store.write('credential', { id: 'a1', facts: {}, secrets }, 0);
    secrets['accessToken'] = 'y';
    expect((await store.read('credential', 'a1'))?.secrets).toEqual({ accessToken: 'x' });
  });

  test('[store.watch] tells each write and removal of its own once, until the watch ends', async () => {
    const store = make();
    await store.write('credential', bodyOf('a1'), 0);
    const heard: StoreChange[] = [];
    const end = store.watch((change) => heard.push(change));
    await store.write('credential', bodyOf('a1'), 1);
    await settle();
    await store.write('intent', bodyOf('a1'), 0);
    await settle();
    await store.remove('intent', 'a1');
    await settle();
    await store.remove('intent', 'a1');
    expect(heard).toEqual([
      { kind: 'credential', id: 'a1' },
      { kind: 'intent', id: 'a1' },
      { kind: 'intent', id: 'a1' },
    ]);
    end();
    await store.write('intent', bodyOf('a1'), 0);
    await settle();
    expect(heard).toHaveLength(3);
  });
});

/** Lets promises and a turn of the event loop pass. */
const settle = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
