/**
 * One source, many listeners, and a stream that a forgotten reader cannot blow up.
 *
 * @module
 */
import { expect, test } from 'vitest';
import { Emitter } from '../../../src/base/emitter.ts';

async function take<T>(stream: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const value of stream) {
    taken.push(value);
    if (taken.length === count) break;
  }
  return taken;
}

test('a listener hears until it lets go', () => {
  const emitter = new Emitter<number>();
  const heard: number[] = [];
  const off = emitter.on((value) => heard.push(value));
  emitter.emit(1);
  off();
  off();
  emitter.emit(2);
  expect(heard).toEqual([1]);
  expect(emitter.size).toBe(0);
});

test('a listener that throws does not keep the others from hearing', () => {
  const errors: unknown[] = [];
  const heard: number[] = [];
  const emitter = new Emitter<number>((error) => errors.push(error));
  emitter.on(() => {
    throw new Error('mine');
  });
  emitter.on((value) => heard.push(value));
  emitter.emit(7);
  expect(heard).toEqual([7]);
  expect(errors).toHaveLength(1);
});

test('a stream gives what comes later, in order, and lets go at its end', async () => {
  const emitter = new Emitter<number>();
  const reading = take(emitter.stream(new AbortController().signal), 3);
  await Promise.resolve();
  for (const value of [1, 2, 3, 4]) emitter.emit(value);
  expect(await reading).toEqual([1, 2, 3]);
  expect(emitter.size).toBe(0);
});

test('a stream ends with its signal, also while it waits', async () => {
  const emitter = new Emitter<number>();
  const end = new AbortController();
  const reading = take(emitter.stream(end.signal), 9);
  await Promise.resolve();
  emitter.emit(1);
  end.abort();
  expect(await reading).toEqual(expect.any(Array));
  expect(emitter.size).toBe(0);
});

test('a slow reader loses the oldest, not the newest', async () => {
  const emitter = new Emitter<number>();
  const stream = emitter.stream(new AbortController().signal, 2);
  const first = stream.next();
  await Promise.resolve();
  for (const value of [1, 2, 3, 4, 5]) emitter.emit(value);
  const rest = [await first, await stream.next()].map(({ value }) => value as number);
  expect(rest.at(-1)).toBe(5);
  await stream.return(undefined);
});
