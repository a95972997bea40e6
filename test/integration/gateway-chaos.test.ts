/**
 * The proof of the gateway under cuts and kills, with small counts: `npm run proof:gateway-chaos` has the whole ones.
 */
import { beforeAll, expect, test } from 'vitest';
import { chaos } from '../../scripts/proof/chaos/chaos.mjs';
import { builtDist } from '../support/build.ts';

let dist = '';

beforeAll(async () => {
  dist = await builtDist();
}, 120_000);

test('[gateway.chaos] cuts and kills cross no answers, repeat no call, and lose none that was surely not done', async () => {
  const about = { dist, seconds: 6, clients: 10, calls: 60, cutMs: 2_000, killMs: 2_500, rotateMs: 2_000 };
  const { violations, figures } = await chaos(about);
  expect(violations).toEqual([]);
  expect(figures['calls']).toBe(600);
  expect(figures['crossed / done twice']).toBe('0 / 0');
}, 120_000);
