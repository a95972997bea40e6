/**
 * Many processes want one rotating token at the same time: exactly one redemption, whatever the processes are.
 *
 * @module
 */
import { bars, makeWorld, quantile } from './world.mjs';

/** Latency of the authorization server. */
const HOLD_MS = 50;
const WAIT_BAR_MS = 15_000;

/** @param {{ dist: string, trials?: number, processes?: number, callers?: number }} about */
export async function race({ dist, trials = 100, processes = 8, callers = 10 }) {
  const world = await makeWorld({ dist });
  const { as } = world;
  const { violations, equal, atMost } = bars();
  const waits = [];
  const kinds = {};
  try {
    // As they are mixed on a machine: most are library and daemon, a quarter are commands.
    const workers = Array.from({ length: processes }, (_, n) => world.worker(n % 4 === 3 ? 'command' : 'library'));
    await Promise.all(workers.map(({ ready }) => ready));
    as.fault('token', { holdMs: HOLD_MS, grant: 'refresh_token' }, Infinity);
    for (let trial = 1; trial <= trials; trial += 1) {
      const { id } = await world.login();
      const answers = await Promise.all(workers.map((worker) => worker.renew(id, { callers })));
      const outcomes = answers.flatMap((answer) => answer.outcomes ?? []);
      equal(`trial ${trial}: callers that were answered`, outcomes.length, processes * callers);
      equal(`trial ${trial}: different tokens in use afterwards`, new Set(outcomes.map(({ token }) => token)).size, 1);
      equal(`trial ${trial}: redemptions`, as.counters.redemptions, trial);
      for (const { kind, tookMs } of outcomes) {
        kinds[kind] = (kinds[kind] ?? 0) + 1;
        waits.push(tookMs);
      }
      equal(`trial ${trial}: generation kept`, (await world.vault.read(id))?.generation, 2);
      if (violations.length > 5) break;
    }
  } finally {
    await world.close();
  }
  const { redemptions, invalidGrants, graced, familiesRevoked } = as.counters;
  equal('redemptions', redemptions, trials);
  equal('invalid_grant', invalidGrants, 0);
  equal('redemptions saved by a grace', graced, 0);
  equal('logins lost', familiesRevoked, 0);
  equal('outcomes other than fresh and adopted', (kinds.kept ?? 0) + (kinds.ended ?? 0), 0);
  atMost('longest wait (ms)', Math.max(...waits), WAIT_BAR_MS);
  const figures = {
    'processes × callers': `${processes} × ${callers}`,
    'expiries · redemptions': `${trials} · ${redemptions}`,
    'invalid_grant · logins lost': `${invalidGrants} · ${familiesRevoked}`,
    'callers that got fresh tokens · adopted them': `${kinds.fresh ?? 0} · ${kinds.adopted ?? 0}`,
    'wait p50 · p99 · max (ms)': [0.5, 0.99, 1].map((part) => Math.round(quantile(waits, part))).join(' · '),
  };
  return { figures, violations };
}
