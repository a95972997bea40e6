/**
 * The process that redeems is frozen (SIGSTOP) while the answer is under way: nobody else redeems, nobody waits for long,
 * and when it goes on everybody has its tokens.
 *
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises';
import { bars, makeWorld } from './world.mjs';

const WAITERS = 4;
/** From the commit of the authorization server to its answer. */
const HOLD_MS = 300;
const AFTER_BAR_MS = 3_000;

async function until(condition, what) {
  for (let n = 0; n < 2_000; n += 1) {
    if (await condition()) return;
    await pause(5);
  }
  throw new Error(`this never came: ${what}`);
}

/** @param {{ dist: string, freezeMs?: number, numbers?: Record<string, number> }} about */
export async function freeze({ dist, freezeMs = 30_000, numbers = {} }) {
  const world = await makeWorld({ dist });
  const { as, vault } = world;
  const { violations, equal, atMost } = bars();
  const leaseWaitMs = numbers.leaseWaitMs ?? 15_000;
  let waits = [];
  let wokeMs = Number.NaN;
  try {
    const [holder, ...waiters] = Array.from({ length: 1 + WAITERS }, () => world.worker());
    await Promise.all([holder, ...waiters].map(({ ready }) => ready));
    const { id } = await world.login({ lifeMs: 120 });
    const before = await vault.read(id);
    as.fault('token', { holdMs: HOLD_MS, grant: 'refresh_token' }, Infinity);
    await pause(150);
    const redeeming = holder.renew(id, { numbers });
    await until(() => as.counters.redemptions === 1, 'the redemption');
    holder.child.kill('SIGSTOP');
    const frozen = performance.now();
    const answers = await Promise.all(waiters.map((worker) => worker.renew(id, { numbers })));
    const outcomes = answers.flatMap((answer) => answer.outcomes ?? []);
    waits = outcomes.map(({ tookMs }) => tookMs);
    equal('waiters that were answered', outcomes.length, WAITERS);
    for (const { kind, cause, generation } of outcomes)
      equal('what a waiter was told', `${kind} ${cause} ${generation}`, `kept busy ${before.generation}`);
    await pause(Math.max(0, freezeMs - (performance.now() - frozen)));
    equal('redemptions while it was frozen', as.counters.redemptions, 1);
    const woke = performance.now();
    holder.child.kill('SIGCONT');
    const { outcomes: own } = await redeeming;
    equal('what the holder has', `${own?.[0]?.kind} ${own?.[0]?.generation}`, 'fresh 2');
    await until(async () => (await waiters[0].renew(id, { numbers })).outcomes?.[0]?.kind === 'adopted', 'a new token');
    wokeMs = performance.now() - woke;
    const after = await Promise.all(waiters.map((worker) => worker.renew(id, { numbers })));
    for (const { outcomes: now } of after) equal('tokens of a waiter', now?.[0]?.token, own?.[0]?.token);
  } finally {
    await world.close();
  }
  const { redemptions, invalidGrants, familiesRevoked } = as.counters;
  equal('redemptions', redemptions, 1);
  equal('invalid_grant', invalidGrants, 0);
  equal('logins lost', familiesRevoked, 0);
  atMost('longest wait for the frozen one (ms)', Math.max(...waits), leaseWaitMs + 1_000);
  atMost('from its waking to new tokens for all (ms)', wokeMs, AFTER_BAR_MS);
  return {
    figures: {
      'frozen for (s), waiters': `${freezeMs / 1_000}, ${WAITERS}`,
      'redemptions · invalid_grant · logins lost': `${redemptions} · ${invalidGrants} · ${familiesRevoked}`,
      'longest wait, then busy and on with the old token (ms)': Math.round(Math.max(...waits)),
      'from its waking to new tokens for all (ms)': Math.round(wokeMs),
    },
    violations,
  };
}
