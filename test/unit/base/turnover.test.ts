/**
 * A map for what comes and goes without end.
 *
 * @module
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Turnover } from '../../../src/base/turnover.ts';

const key = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.string(),
  fc.constantFrom('a1', 'b1', 1, '1', 65, 129, ''),
);
const step = fc.record({ key, act: fc.constantFrom('set', 'delete', 'get') });

test('it holds what a Map holds, whatever is put in and taken out', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const map = new Map<string | number, number>();
      const turnover = new Turnover<number>();
      for (const [at, { key: id, act }] of steps.entries()) {
        if (act === 'get') expect(turnover.get(id)).toBe(map.get(id));
        if (act === 'delete') expect(turnover.delete(id)).toBe(map.delete(id));
        if (act !== 'set') continue;
        // A Map leaves a key that is set again where it was.
        map.delete(id);
        map.set(id, at);
        turnover.set(id, at);
      }
      expect(turnover.size).toBe(map.size);
      expect(turnover.values()).toEqual([...map.values()]);
    }),
  );
});

test('values that were taken out meanwhile do not disturb whoever goes through them', () => {
  const turnover = new Turnover<string>();
  for (const name of ['a', 'b', 'c']) turnover.set(name, name);
  const seen = turnover.values().filter((name) => turnover.delete(name));
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(turnover.size).toBe(0);
});

test('what was taken out is cleared away by the small collections, which a Map keeps from it', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void;
  const turnover = new Turnover<readonly number[]>();
  let count = 0;
  const turn = (times: number): void => {
    for (let at = 0; at < times; at += 1) {
      turnover.set(
        `x${count}`,
        Array.from({ length: 125 }, () => at),
      );
      turnover.delete(`x${count - 8}`);
      count += 1;
    }
  };
  turn(100);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < 40; round += 1) {
    turn(200);
    collect({ type: 'minor' });
  }
  // 8,000 values of a kilobyte each have come and gone.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(2_500_000);
});
