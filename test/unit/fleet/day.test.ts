import { expect, test } from 'vitest';
import { live } from '../../support/day.ts';

// `npm run proof:day` lives the whole day; the test run a shorter one with fewer servers.
const isFull = process.env['HOLDFAST_PROOF'] === 'full';
const size = isFull ? { servers: 100, hours: 24 } : { servers: 12, hours: 24 };

test(`[fleet.virtual-day] ${size.hours} virtual hours of ${size.servers} servers with drops and sleeps: every mended server is found in time`, async () => {
  const began = performance.now();
  const report = await live({ ...size, seed: 7 });
  const again = await live({ ...size, seed: 7 });
  const other = await live({ servers: 3, hours: 3, seed: 8 });
  if (isFull)
    console.log({
      ...report,
      timers: [report.timers[0], report.timers.at(-1)],
      secondsForOne: Math.round((performance.now() - began) / 2_000),
    });
  expect(report.violations).toEqual([]);
  expect(report.outages).toBeGreaterThan(size.servers);
  expect(report.sleeps).toBeGreaterThan(0);
  expect(report.tries).toBeGreaterThan(report.outages);
  expect(again.trace).toBe(report.trace);
  expect(other.trace).not.toBe(report.trace);
  // Timers do not pile up: a handful a server, at the end as at the beginning.
  expect(Math.max(...report.timers)).toBeLessThan(size.servers * 8 + 20);
}, 120_000);
