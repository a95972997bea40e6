/**
 * A whole machine at a hundred times the usual speed: every process renews every login whenever it is due, for minutes.
 *
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises';
import { bars, makeWorld, quantile } from './world.mjs';

/** 300 s at 100 × speed. */
const LIFE_S = 3;
const WAIT_BAR_MS = 15_000;
const NUMBERS = { refreshAheadMs: 600 };

/** @param {{ dist: string, seconds?: number, processes?: number, servers?: number }} about */
export async function raceFleet({ dist, seconds = 300, processes = 32, servers = 5 }) {
  const world = await makeWorld({ dist, accessSeconds: LIFE_S });
  const { as } = world;
  const { violations, equal, atMost, atLeast } = bars();
  const waits = [];
  const kinds = {};
  let logins = [];
  let kept = [];
  try {
    const workers = Array.from({ length: processes }, () => world.worker());
    await Promise.all(workers.map(({ ready }) => ready));
    logins = await Promise.all(Array.from({ length: servers }, () => world.login()));
    const end = performance.now() + seconds * 1_000;
    const life = async (worker, { id }) => {
      while (performance.now() < end) {
        const { outcomes = [] } = await worker.renew(id, { numbers: NUMBERS });
        for (const { kind, tookMs } of outcomes) {
          kinds[kind] = (kinds[kind] ?? 0) + 1;
          if (tookMs > 1) waits.push(tookMs);
        }
        // As the timer of an owner: at the margin of its process, which differs by a tenth of it.
        await pause(LIFE_S * 1_000 - 600 + Math.random() * 120);
      }
    };
    await Promise.all(workers.flatMap((worker) => logins.map((login) => life(worker, login))));
    kept = await Promise.all(logins.map(({ id }) => world.vault.read(id)));
  } finally {
    await world.close();
  }
  const { redemptions, invalidGrants, graced, familiesRevoked } = as.counters;
  const generations = kept.reduce((sum, login) => sum + (login?.generation ?? 0) - 1, 0);
  equal('logins that are live', kept.filter((login) => login?.status === 'live').length, servers);
  equal('invalid_grant', invalidGrants, 0);
  equal('redemptions saved by a grace', graced, 0);
  equal('logins lost', familiesRevoked, 0);
  equal('redemptions that were kept', generations, redemptions);
  equal('outcomes other than fresh and adopted', (kinds.kept ?? 0) + (kinds.ended ?? 0), 0);
  atMost('longest wait (ms)', Math.max(...waits), WAIT_BAR_MS);
  // One for each expiry, no more and no fewer: no token lives shorter than its life less the margin, nor longer than its life.
  atMost('redemptions', redemptions, servers * (1 + Math.ceil(seconds / ((LIFE_S * 1_000 - 660) / 1_000))));
  atLeast('redemptions', redemptions, servers * Math.floor(seconds / (LIFE_S + 1)));
  return {
    figures: {
      'processes × servers, seconds': `${processes} × ${servers}, ${seconds}`,
      'renewals asked for': Object.values(kinds).reduce((sum, count) => sum + count, 0),
      'redemptions · generations kept': `${redemptions} · ${generations}`,
      'invalid_grant · logins lost': `${invalidGrants} · ${familiesRevoked}`,
      'wait p50 · p99 · max (ms)': [0.5, 0.99, 1].map((part) => Math.round(quantile(waits, part))).join(' · '),
    },
    violations,
  };
}
