/**
 * The proofs of the refresh transaction with small counts: real processes, real files, a real rotating authorization server.
 *
 * @module
 */
import { beforeAll, expect, test } from 'vitest';
import { closing, interrupted } from '../../scripts/proof/refresh/close.mjs';
import { disk } from '../../scripts/proof/refresh/disk.mjs';
import { freeze } from '../../scripts/proof/refresh/freeze.mjs';
import { kill } from '../../scripts/proof/refresh/kill.mjs';
import { raceMixed } from '../../scripts/proof/refresh/race-mixed.mjs';
import { raceFleet } from '../../scripts/proof/refresh/race-fleet.mjs';
import { race } from '../../scripts/proof/refresh/race.mjs';
import { trouble } from '../../scripts/proof/refresh/trouble.mjs';
import { builtDist } from '../support/build.ts';

const LIMIT_MS = 120_000;
let dist = '';

beforeAll(async () => {
  dist = await builtDist();
}, LIMIT_MS);

test(
  '[refresh.single-flight] eight processes with ten callers each redeem once an expiry, commands and owners mixed',
  async () => {
    const { violations, figures } = await race({ dist, trials: 5 });
    expect(violations).toEqual([]);
    expect(figures['expiries · redemptions']).toBe('5 · 5');
  },
  LIMIT_MS,
);

test(
  '[refresh.single-flight] commands, the daemon and programs with the library, all calling, redeem once an expiry',
  async () => {
    const { violations, figures } = await raceMixed({ dist, trials: 3, libraries: 2, shells: 1, callers: 3 });
    expect(violations).toEqual([]);
    expect(figures['calls answered: command · daemon · library']).toBe('9 · 9 · 18');
  },
  LIMIT_MS,
);

test(
  '[refresh.single-flight] eight processes that renew two logins of three seconds whenever they are due lose none',
  async () => {
    expect((await raceFleet({ dist, seconds: 6, processes: 8, servers: 2 })).violations).toEqual([]);
  },
  LIMIT_MS,
);

test.each([
  ['[refresh.outcome-unknown] with a grace of 10 s kill -9 of whoever redeems loses nothing', 10_000, 'library'],
  [
    '[refresh.outcome-unknown] without a grace it loses only what lies between commit and disk, told as such',
    0,
    'library',
  ],
  ['[refresh.detached] without a grace kill -9 of a command loses nothing', 0, 'command'],
] as const)(
  '%s',
  async (_title, graceMs, mode) => {
    expect((await kill({ dist, blows: 20, graceMs, mode })).violations).toEqual([]);
  },
  LIMIT_MS,
);

test(
  '[refresh.fail-closed] while whoever redeems is frozen nobody else does, and afterwards all have its tokens',
  async () => {
    const numbers = { leaseWaitMs: 1_500, tokenTimeoutMs: 2_000 };
    expect((await freeze({ dist, freezeMs: 3_000, numbers })).violations).toEqual([]);
  },
  LIMIT_MS,
);

test(
  '[refresh.transient] no trouble of a token endpoint deletes or refuses a login',
  async () => {
    const { violations, figures } = await trouble({ dist, retryAfterMs: 1_000, numbers: { tokenTimeoutMs: 3_000 } });
    expect(violations).toEqual([]);
    expect(Object.keys(figures).length).toBeGreaterThanOrEqual(15);
  },
  LIMIT_MS,
);

test(
  '[refresh.room-first] a disk that fails at any step of a redemption loses nothing',
  async () => {
    expect((await disk({ dist, isQuick: true })).violations).toEqual([]);
  },
  LIMIT_MS,
);

test('[refresh.idle] an owner that ends while a login is being renewed keeps what was redeemed', async () => {
  expect((await closing({ dist })).violations).toEqual([]);
});

test(
  '[refresh.idle] nor does a second and a third signal cut it off',
  async () => {
    expect((await interrupted({ dist })).violations).toEqual([]);
  },
  LIMIT_MS,
);
