/**
 * Six faults of a server behind the gateway. `npm run proof:gateway-faults` lives them at full length and prints what
 * they came to; the test run shorter ones.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  forgetting,
  hanging,
  killed,
  nothingWrong,
  refusing,
  refusingCredentials,
  restarting,
} from '../support/gateway-faults.ts';
import type { FaultReport } from '../support/gateway-faults.ts';

const isFull = process.env['HOLDFAST_PROOF'] === 'full';

interface Case {
  readonly fault: string;
  readonly run: () => Promise<FaultReport>;
  /** Longest time until the others are served, and until the server is back after it was mended. */
  readonly othersMs?: number;
  readonly backMs?: number;
  /** Calls that may fail: those under way, which may have been done. */
  readonly failed: number;
}

/** Beside other tests the machine is slow; a gateway that waits for the bad server takes half a minute. */
const OTHERS_MS = isFull ? 3_000 : 12_000;

const CASES: readonly Case[] = [
  // Found by the quick retries, or by the slow probe of a minute, half more or less.
  {
    fault: 'refuses at start',
    run: () => refusing(isFull ? 15_000 : 500),
    othersMs: OTHERS_MS,
    backMs: 95_000,
    failed: 0,
  },
  // The first try may take its 30 seconds.
  { fault: 'hangs at start', run: () => hanging(isFull ? 5_000 : 200), othersMs: OTHERS_MS, backMs: 45_000, failed: 0 },
  {
    fault: 'answers 401 at start',
    run: () => refusingCredentials(isFull ? 5_000 : 200, !isFull),
    othersMs: OTHERS_MS,
    backMs: 50_000,
    failed: 0,
  },
  { fault: 'forgets its sessions', run: () => forgetting(isFull ? 10_000 : 1_000), failed: 0 },
  { fault: 'restarts', run: () => restarting(isFull ? 3_000 : 500), backMs: 10_000, failed: 1 },
  { fault: 'its process is killed', run: () => killed(isFull ? 8_000 : 2_000), backMs: 5_000, failed: 1 },
];

const reports: FaultReport[] = [];

beforeAll(async () => {
  await nothingWrong();
}, 90_000);

test.each(CASES)(
  '[gateway.faults] a server that $fault harms no other one, and is found again',
  async (one) => {
    const report = await one.run();
    reports.push(report);
    if (one.othersMs !== undefined) expect(report.othersMs).toBeLessThan(one.othersMs);
    if (one.backMs !== undefined) expect(report.backMs).toBeLessThan(one.backMs);
    expect(report.failed).toBeLessThanOrEqual(one.failed);
  },
  180_000,
);

const shown = (ms: number | undefined): string => (ms === undefined ? '–' : `${(ms / 1_000).toFixed(1)} s`);

afterAll(() => {
  if (!isFull) return;
  console.log(['fault'.padEnd(24), 'others', 'back', 'failed calls'].join('  '));
  for (const { fault, othersMs, backMs, calls, failed } of reports)
    console.log([fault.padEnd(24), shown(othersMs), shown(backMs), `${failed} of ${calls}`].join('  '));
  console.log(`${reports.length} of ${CASES.length} lived through`);
});
