import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createHoldfast, NUMBERS } from '../../src/index.ts';
import * as testing from '../../src/testing/index.ts';
import { differences } from '../../scripts/matrix/expect.mjs';
import { cleanEnv, runCrowd, runMatrix } from '../../scripts/matrix/run.mjs';
import type { MatrixWorld, RowResult } from '../../scripts/matrix/run.d.mts';
import { FEWEST_ROWS, QUICK_ENV, ROWS } from '../../scripts/matrix/table.mjs';
import { builtDist } from '../support/build.ts';

// The same table as `npm run matrix`, with small numbers: the behaviour is that of the real ones, in seconds.
describe('the fault matrix', () => {
  let results: ReadonlyMap<string, RowResult>;
  let world: MatrixWorld;

  beforeAll(async () => {
    world = {
      product: { createHoldfast, NUMBERS },
      t: testing,
      program: join(await builtDist(), 'testing', 'stdio-server.js'),
      env: { ...cleanEnv(process.env), ...QUICK_ENV },
      slowMs: 800,
    };
    results = new Map((await runMatrix(ROWS, world)).map((result) => [result.name, result]));
  }, 180_000);

  test('has rows enough, each with a name of its own', () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(FEWEST_ROWS);
    expect(results.size).toBe(ROWS.length);
    expect(ROWS.filter(({ peer }) => peer === true).length).toBeGreaterThan(15);
  });

  test.each(ROWS.map(({ name }) => name))('%s: status, reason, tries, time and what comes next', (name) => {
    expect(results.get(name)?.differences).toEqual([]);
  });

  test('ten good servers behind forty that hang are connected within three seconds', async () => {
    const crowd = await runCrowd({ hanging: 40, good: 10 }, { ...world, env: cleanEnv(process.env) });
    expect(crowd.connected).toBe(10);
    expect(crowd.ms).toBeLessThanOrEqual(3_000);
  });
});

describe('the comparison of the matrix', () => {
  const expected = {
    status: 'failed',
    reason: 'http-5xx',
    tries: 4,
    after: 'reconnect → connected',
    ms: [3_000, 8_000],
    next: [30_000, 90_000],
    snapshot: { httpStatus: 503 },
  } as const;
  const seen = {
    status: 'failed',
    reason: 'http-5xx',
    tries: 4,
    after: 'reconnect → connected',
    ms: 5_000,
    nextInMs: 60_000,
    snapshot: { httpStatus: 503, name: 'x' },
  };

  test('finds nothing where everything is as expected', () => {
    expect(differences(seen, expected)).toEqual([]);
  });

  test.each([
    ['status', { status: 'pending' }],
    ['reason', { reason: undefined }],
    ['tries', { tries: 3 }],
    ['after', { after: 'reconnect → failed' }],
    ['too soon', { ms: 100 }],
    ['too late', { ms: 9_000 }],
    ['no next try', { nextInMs: undefined }],
    ['a next try that is too late', { nextInMs: 200_000 }],
    ['a next try that is too soon', { nextInMs: 1_000 }],
    ['a field of the snapshot', { snapshot: { httpStatus: 500 } }],
  ])('finds a difference in one thing: %s', (_, change) => {
    expect(differences({ ...seen, ...change }, expected)).toHaveLength(1);
  });

  test('finds a next try where there should be none', () => {
    expect(differences(seen, { ...expected, next: 'nothing' })).toHaveLength(1);
  });
});
