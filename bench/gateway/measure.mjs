/**
 * One cell: load on a target for a while, and what its processes used for it.
 *
 * @module
 */
import { run } from './load.mjs';
import { cpuOf, processesOf } from './targets.mjs';

/** `run` with CPU per call in microseconds: of the target's own processes, and of upstream processes that it started. */
export async function measure(target, load) {
  const { own, upstream } = processesOf(target.who);
  if (own.length === 0) throw new Error('its process has ended');
  const before = [cpuOf(own), cpuOf(upstream)];
  const result = await run(target, load);
  const [cpu, childCpu] = [cpuOf(own) - before[0], cpuOf(upstream) - before[1]].map((us) => us / result.calls);
  return { ...result, cpu, childCpu };
}

/** The middle one, by the figure that `of` takes. */
export function median(values, of = (value) => value) {
  const sorted = values.map(of).toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** The least. What else a machine does adds to the CPU of a call, by its caches too, and never takes from it. */
export function least(values, of = (value) => value) {
  return Math.min(...values.map(of));
}

/** The cell whose figures are the medians of several, and the least CPU. */
export function middle(cells) {
  const keys = ['calls', 'perSecond', 'p50', 'p99'];
  return {
    ...Object.fromEntries(keys.map((key) => [key, median(cells, (cell) => cell[key])])),
    ...Object.fromEntries(['cpu', 'childCpu'].map((key) => [key, least(cells, (cell) => cell[key])])),
    wrong: cells.reduce((sum, { wrong }) => sum + wrong, 0),
    first: cells.find(({ first }) => first !== undefined)?.first,
  };
}
