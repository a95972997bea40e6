/**
 * The owner of a fleet ends while a login is being renewed: what was redeemed is kept.
 *
 * @module
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** An impatient person: every signal comes twice, while the daemon waits for the answer. @param {{ dist: string }} about */
export async function interrupted({ dist, signal = 'SIGINT' }) {
  const world = await makeWorld({ dist });
  const { as, vault, base, state } = world;
  const { violations, equal, atLeast } = bars();
  const children = [];
  let tookMs = 0;
  let said = '';
  try {
    const { id } = await world.login({ profile: 'default' });
    as.fault('token', { holdMs: 2 * HOLD_MS, grant: 'refresh_token' }, Infinity);
    const file = join(state, 'servers.json');
    writeFileSync(file, JSON.stringify({ mcpServers: { one: { type: 'http', url: as.url } } }));
    mkdirSync(join(state, 'home'));
    const env = { ...base.host.env, HOME: join(state, 'home'), HOLDFAST_CONFIG_DIR: state, HOLDFAST_STATE_DIR: state };
    const program = join(dist, 'bin.js');
    const daemon = spawn(process.execPath, [program, 'daemon', 'run'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    children.push(daemon);
    const ended = once(daemon, 'exit');
    daemon.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    const asking = async () => {
      // Until the socket is there, no daemon is found.
      for (let n = 0; n < 50 && as.counters.redemptions === 0; n += 1) {
        const args = [program, 'status', '--config', file, '--wait', '0s'];
        children.push(execFile(process.execPath, args, { env }, () => undefined));
        await pause(400);
      }
    };
    void asking();
    for (let n = 0; n < 4_000 && as.counters.redemptions === 0; n += 1) await pause(5);
    equal('redemptions before the end', as.counters.redemptions, 1);
    const began = performance.now();
    for (let n = 0; n < 3; n += 1) {
      daemon.kill(signal);
      await pause(50);
    }
    await ended;
    tookMs = performance.now() - began;
    equal('generation kept', (await vault.read(id))?.generation, 2);
    equal('redemptions', as.counters.redemptions, 1);
    equal('why it did not end at once was told', said.includes('is being renewed'), true);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await world.close();
  }
  atLeast('the end was put off by (ms)', tookMs, HOLD_MS / 2);
  return { figures: { 'the end was put off by (ms)': Math.round(tookMs) }, violations };
}
