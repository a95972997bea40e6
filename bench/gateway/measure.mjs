/**
 * One cell: load on a target for a while, and what its processes used for it.
 *
 * @module
 */
import { run } from './load.mjs';
import { cpuOf, processesOf, sleep } from './targets.mjs';

const LOOK_MS = 100;
const LONGEST_REST_MS = 10_000;
/** Of CPU between two looks, in microseconds: the grain of `/proc`. */
const AT_REST = 10_000;

/** Until the processes do next to nothing: what a target has left to do after its last answer must not slow the next one. */
async function rest(pids) {
  for (let waited = 0, before = cpuOf(pids); waited < LONGEST_REST_MS; waited += LOOK_MS) {
    await sleep(LOOK_MS);
    const now = cpuOf(pids);
    if (now - before <= AT_REST) return;
    before = now;
  }
}

/**
 * `run` with CPU per call in microseconds: of the target's own processes, and of upstream processes that it started. The
 * target is at rest when it resolves.
 */
export async function measure(target, load) {
  const { own, upstream } = processesOf(target.who);
  if (own.length === 0) throw new Error('its process has ended');
  const before = [cpuOf(own), cpuOf(upstream)];
  const result = await run(target, load);
  const [cpu, childCpu] = [cpuOf(own) - before[0], cpuOf(upstream) - before[1]].map((us) => us / result.calls);
  await rest([...own, ...upstream]);
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
