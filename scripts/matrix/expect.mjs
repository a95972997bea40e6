/**
 * What a row of the fault matrix expects, as functions of the numbers in force: so the same table holds for the real
 * numbers and for small ones.
 *
 * @module
 */

/** Time that a busy machine may add. */
const SLACK_MS = 8_000;

/** Least and most time of the waits between `tries` quick tries at the start. */
function startupWaits(numbers, tries) {
  let most = 0;
  for (let retry = 1; retry < tries; retry += 1)
    most += Math.min(numbers.retryCapMs, numbers.startupDelayMs * 2 ** (retry - 1));
  return [most / 2, most];
}

const within = (least, most) => [Math.max(0, least - 50), most + SLACK_MS];

/** Quick tries, then failed, then a slow probe. `tryMs` = how long one try takes. */
export const retried =
  (reason, { tryMs = () => 0, ...more } = {}) =>
  (numbers) => {
    const tries = numbers.startupRetries + 1;
    const [least, most] = startupWaits(numbers, tries);
    return {
      status: 'failed',
      reason,
      tries,
      ms: within(least + tries * tryMs(numbers), most + tries * tryMs(numbers)),
      next: [numbers.slowProbeMs * 0.5, numbers.slowProbeMs * 1.5],
      ...more,
    };
  };

/** One try, failed, nothing by itself. */
export const final =
  (reason, more = {}) =>
  () => ({ status: 'failed', reason, tries: 1, ms: within(0, 0), next: 'nothing', ...more });

/** One try, needs-auth, a probe in the background. */
export const needsAuth =
  (reason, more = {}) =>
  (numbers) => {
    const first = reason.startsWith('sign-in') ? numbers.slowProbeMs : numbers.authProbeMs;
    return { status: 'needs-auth', reason, tries: 1, ms: within(0, 0), next: [first * 0.5, first * 1.5], ...more };
  };

/** Connected after that many tries. `extraMs` = what the server took for it. */
export const connected =
  (tries = 1, { extraMs = () => 0, waitsMs = () => [0, 0], ...more } = {}) =>
  (numbers) => {
    const [least, most] = startupWaits(numbers, tries);
    const [leastWait, mostWait] = waitsMs(numbers);
    const extra = extraMs(numbers);
    return {
      status: 'connected',
      reason: undefined,
      tries,
      ms: within(Math.max(least, leastWait) + extra, Math.max(most, mostWait) + extra),
      next: 'nothing',
      ...more,
    };
  };

/** Failed after one try, with a try at the time that the server named. */
export const waitsFor = (reason, namedMs) => (numbers) => {
  const ms = Math.min(namedMs, numbers.retryAfterCapMs);
  return { status: 'failed', reason, tries: 1, ms: within(0, 0), next: [ms - 5_000, ms + 1_000] };
};

/** A process that ends again and again: deaths until it is a crash loop, then a long wait. */
export const crashLoop = () => (numbers) => {
  let waits = 0;
  for (let death = 1; death < numbers.crashLoopDeaths; death += 1)
    waits += Math.min(numbers.respawnCapMs, numbers.respawnDelayMs * 2 ** (death - 1));
  return {
    status: 'failed',
    reason: 'crash-loop',
    tries: numbers.crashLoopDeaths,
    ms: within(waits * 0.5, waits + numbers.crashLoopDeaths * 1_000),
    next: [numbers.crashLoopProbeMs * 0.5, numbers.crashLoopProbeMs * 1.5],
  };
};

/** What differs between what was seen and what was expected, in words. */
export function differences(seen, expected) {
  const found = [];
  for (const key of ['status', 'reason', 'tries', 'after'])
    if (seen[key] !== expected[key]) found.push(`${key} is ${seen[key]}, not ${expected[key]}`);
  for (const [key, value] of Object.entries(expected.snapshot ?? {}))
    if (JSON.stringify(seen.snapshot[key]) !== JSON.stringify(value))
      found.push(`${key} is ${JSON.stringify(seen.snapshot[key])}, not ${JSON.stringify(value)}`);
  const [least, most] = expected.ms;
  if (seen.ms < least || seen.ms > most)
    found.push(`it took ${Math.round(seen.ms)} ms, not ${Math.round(least)} to ${Math.round(most)}`);
  if (expected.next === 'nothing') {
    if (seen.nextInMs !== undefined) found.push(`a try is due in ${seen.nextInMs} ms, and none should be`);
  } else if (seen.nextInMs === undefined) found.push('no try is due');
  else {
    const [soonest, latest] = expected.next;
    if (seen.nextInMs < soonest - SLACK_MS || seen.nextInMs > latest + 1_000)
      found.push(`the next try is due in ${seen.nextInMs} ms, not in ${soonest} to ${latest}`);
  }
  return found;
}
