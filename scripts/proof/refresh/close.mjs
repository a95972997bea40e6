/**
 * The owner of a fleet ends while a login is being renewed: what was redeemed is kept.
 *
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises';
import { bars, makeWorld } from './world.mjs';

/** From the commit of the authorization server to its answer. */
const HOLD_MS = 700;

/** @param {{ dist: string }} about */
export async function closing({ dist }) {
  const world = await makeWorld({ dist });
  const { as, vault, base } = world;
  const { violations, equal, atLeast } = bars();
  let tookMs = 0;
  try {
    const { createHoldfast } = await world.load('index.js');
    const { id } = await world.login({ profile: 'default' });
    as.fault('token', { holdMs: HOLD_MS, grant: 'refresh_token' }, Infinity);
    const { PATH = '' } = base.host.env;
    const fleet = await createHoldfast({
      servers: { one: { type: 'http', url: as.url } },
      env: { PATH, HOME: world.state, HOLDFAST_CONFIG_DIR: world.state, HOLDFAST_STATE_DIR: world.state },
    });
    for (let n = 0; n < 1_000 && as.counters.redemptions === 0; n += 1) await pause(5);
    equal('redemptions before the end', as.counters.redemptions, 1);
    const began = performance.now();
    await fleet.close();
    tookMs = performance.now() - began;
    equal('generation kept', (await vault.read(id))?.generation, 2);
  } finally {
    await world.close();
  }
  atLeast('the end was put off by (ms)', tookMs, HOLD_MS / 2);
  return { figures: { 'the end was put off by (ms)': Math.round(tookMs) }, violations };
}
