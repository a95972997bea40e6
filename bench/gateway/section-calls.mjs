/**
 * Calls: direct, through the plain proxy and through Holdfast, in rounds, so that a machine that slows down slows all.
 *
 * @module
 */
import { calls, echoTools } from './load.mjs';
import { least, measure, median, middle } from './measure.mjs';

const SMALL = 100;
const LARGE = 51_200;
/** Until then the compiler is at work, which costs more than the calls. */
const WARM_MS = 6_000;

/** What is run on each target, by name. */
const CELLS = {
  c1: { concurrency: 1, bytes: SMALL, share: 0.5 },
  c16: { concurrency: 16, bytes: SMALL, share: 1 },
  large: { concurrency: 16, bytes: LARGE, share: 0.7 },
};

/** Every cell of every target in `rounds`; the rounds as they were, by target and cell. */
export async function measureCalls(targets, { rounds, ms, say }) {
  const found = {};
  for (const [name, target] of Object.entries(targets)) {
    target.tools ??= await echoTools(target);
    found[name] = Object.fromEntries(Object.keys(CELLS).map((cell) => [cell, []]));
    await measure(target, { requests: calls(target.tools, SMALL), concurrency: 16, ms: WARM_MS });
    await measure(target, { requests: calls(target.tools, LARGE), concurrency: 16, ms: WARM_MS / 3 });
  }
  for (let round = 0; round < rounds; round += 1) {
    say(`calls, round ${round + 1} of ${rounds}`);
    for (const [cell, { concurrency, bytes, share }] of Object.entries(CELLS))
      for (const [name, target] of Object.entries(targets)) {
        const requests = calls(target.tools, bytes);
        found[name][cell].push(await measure(target, { requests, concurrency, ms: ms * share }));
      }
  }
  return found;
}

/** The median over the rounds of a figure of one target over that of another in the same round. */
export function ratio(found, [name, other], cell, of) {
  return median(found[name][cell].map((result, round) => of(result, round) / of(found[other][cell][round], round)));
}

/** The least CPU per call of one target over that of another. */
export function cpuRatio(found, [name, other], cell) {
  return least(found[name][cell], ({ cpu }) => cpu) / least(found[other][cell], ({ cpu }) => cpu);
}

const us = (value) => value.toFixed(0);
const ms = (value) => value.toFixed(2);

/** The rows of the table. */
export function rowsOfCalls(found) {
  return Object.entries(found).map(([name, cells]) => {
    const [c1, c16, large] = [cells.c1, cells.c16, cells.large].map(middle);
    const direct = middle(found['direct'].c1);
    const versus = (cell) => (name === 'direct' ? '' : cpuRatio(found, [name, 'floor'], cell).toFixed(2));
    return [
      name,
      `${ms(c1.p50)} / ${ms(c1.p99)}`,
      name === 'direct' ? '' : ms(c1.p50 - direct.p50),
      us(c16.perSecond),
      `${ms(c16.p50)} / ${ms(c16.p99)}`,
      us(c16.cpu) + (c16.childCpu > 0 ? ` (+${us(c16.childCpu)})` : ''),
      versus('c16'),
      us(large.cpu),
      versus('large'),
    ];
  });
}

export const HEAD_OF_CALLS = [
  'target',
  'c1 p50/p99 ms',
  'added',
  'c16 req/s',
  'c16 p50/p99 ms',
  'CPU µs (+children)',
  '× floor',
  '50 KB CPU µs',
  '× floor',
];
