/**
 * kill -9 at random moments of a redemption. What the next process then finds decides whether a login was lost.
 *
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises';
import { bars, makeWorld, quantile, tornFiles } from './world.mjs';

/** Latency of the authorization server before and after it has spent the token. */
const BEFORE_MS = 15;
const AFTER_MS = 15;
const UNKNOWN = 'refresh-outcome-unknown';

/** How long a redemption takes here, so that the blows are spread over all of it. */
async function spanOf(world, mode) {
  const spans = [];
  for (let n = 0; n < 4; n += 1) {
    const worker = world.worker(mode);
    const { id } = await world.login();
    await worker.ready;
    const began = performance.now();
    await worker.renew(id);
    spans.push(performance.now() - began);
    await worker.end();
  }
  return quantile(spans, 0.5);
}

/** One blow, and what the next process makes of what is left. */
async function blow(world, { mode, successor, afterMs }) {
  const { as, vault } = world;
  const victim = world.worker(mode);
  await victim.ready;
  const { id } = await world.login();
  const before = as.counters.redemptions;
  const done = victim.renew(id);
  await pause(afterMs);
  await victim.end();
  await done;
  const generation = (await vault.read(id))?.generation;
  const isCommitted = as.counters.redemptions > before;
  const began = performance.now();
  const { outcomes } = await successor.renew(id);
  return { outcome: outcomes[0], isCommitted, generation, tookMs: performance.now() - began };
}

/** Where a blow fell, and what it did. */
function judge({ outcome, isCommitted, generation }, { graceMs, mode }) {
  const at = isCommitted ? (generation === 1 ? 'between' : 'after') : 'before';
  if (outcome?.status === 'live' && (outcome.kind === 'fresh' || outcome.kind === 'adopted')) return { at };
  if (outcome?.refusal !== UNKNOWN) return { at, lost: `ended as ${JSON.stringify(outcome)}` };
  const isForgivable = at === 'between' && graceMs === 0 && mode === 'library';
  return { at, lost: isForgivable ? '' : `lost (${at} commit and disk)` };
}

/**
 * @param {{ dist: string, blows?: number, graceMs?: number, mode?: 'library' | 'command' }} about
 */
export async function kill({ dist, blows = 300, graceMs = 0, mode = 'library' }) {
  const world = await makeWorld({ dist, graceMs });
  const { as } = world;
  const { violations, equal, atLeast } = bars();
  const seen = { before: 0, between: 0, after: 0, lost: 0, saved: 0 };
  const times = [];
  let torn = [];
  const note = (n, afterMs, result) => {
    const { at, lost } = judge(result, { graceMs, mode });
    seen[at] += 1;
    times.push(result.tookMs);
    if (lost === undefined) seen.saved += at === 'between' ? 1 : 0;
    else seen.lost += 1;
    if (lost) violations.push(`blow ${n} after ${afterMs.toFixed(1)} ms: ${lost}`);
  };
  try {
    as.fault('token', { waitMs: BEFORE_MS, holdMs: AFTER_MS, grant: 'refresh_token' }, Infinity);
    const successor = world.worker();
    const span = await spanOf(world, mode);
    for (let n = 0; n < blows; n += 1) {
      const afterMs = ((n + Math.random()) / blows) * span * 1.1;
      note(n, afterMs, await blow(world, { mode, successor, afterMs }));
    }
    torn = tornFiles(world.state);
  } finally {
    await world.close();
  }
  equal('torn files', torn.join(' '), '');
  atLeast('blows before the commit', seen.before, 1);
  atLeast('blows after the commit', seen.between + seen.after, 1);
  if (mode === 'library') atLeast('blows between commit and disk', seen.between, 1);
  return {
    figures: {
      blows: blows,
      'before the commit · between it and the disk · after': `${seen.before} · ${seen.between} · ${seen.after}`,
      'logins lost (each told as refresh-outcome-unknown)': seen.lost,
      'saved although the answer was lost': seen.saved,
      'torn files': torn.length,
      'next process p50 · max (ms)': `${Math.round(quantile(times, 0.5))} · ${Math.round(Math.max(...times))}`,
    },
    violations,
  };
}
