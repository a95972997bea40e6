/**
 * `npm run proof:newcomer`: the path of somebody who has never seen this, measured. From a fresh clone to the settled
 * demonstration fleet; and from "needs-auth" to "connected" by typing only what the program printed.
 *
 * @module
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { follow } from './newcomer/follow.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'holdfast-newcomer-'));
const clone = join(folder, 'clone');
const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`;
let wrong = 0;

function tell(what, ms, isGood, more = '') {
  if (!isGood) wrong += 1;
  console.log(`${isGood ? ' ' : '✗'} ${what.padEnd(58)} ${seconds(ms).padStart(8)}  ${more}`);
}

/** A home in which nothing is. */
function freshHome() {
  const home = mkdtempSync(join(folder, 'home-'));
  const run = join(home, 'run');
  mkdirSync(run, { mode: 0o700 });
  const bin = join(home, 'bin');
  mkdirSync(bin);
  symlinkSync(join(clone, 'dist', 'bin.cjs'), join(bin, 'holdfast'));
  const { PATH, npm_config_cache, npm_config_registry } = process.env;
  return {
    HOME: home,
    XDG_RUNTIME_DIR: run,
    PATH: `${bin}:${PATH}`,
    LANG: 'C.UTF-8',
    npm_config_cache,
    npm_config_registry,
  };
}

function timed(command, args, options) {
  const began = performance.now();
  const ran = spawnSync(command, args, { encoding: 'utf8', ...options });
  return { ...ran, ms: performance.now() - began };
}

try {
  const cloned = timed('git', ['clone', '--quiet', '--no-hardlinks', root, clone], {});
  tell('git clone', cloned.ms, cloned.status === 0, cloned.stderr.trim());
  const env = { ...process.env, CI: undefined };
  const installed = timed('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: clone, env });
  tell('npm ci', installed.ms, installed.status === 0, installed.status === 0 ? '' : installed.stderr.slice(-500));
  const started = timed('npm', ['start'], { cwd: clone, env: { ...env, ...freshHome() } });
  const summary = /^\d+ of \d+ connected.*$/m.exec(started.stdout)?.[0] ?? started.stderr.slice(-500);
  tell(
    'npm start: built, nine servers settled',
    started.ms,
    summary.startsWith('6 of 9 connected; 1 needs you; 1 failed; 1 off'),
    summary,
  );
  const whole = cloned.ms + installed.ms + started.ms;
  tell('from a fresh clone to the settled fleet', whole, started.status === 0, '3 commands');

  const { startAuthServer } = await import(pathToFileURL(join(clone, 'dist', 'testing', 'index.js')).href);
  const world = await startAuthServer({ resources: { '/mcp': {} } });
  try {
    const home = freshHome();
    execFileSync('holdfast', ['add', 'notion', world.url], { cwd: home.HOME, env: home, stdio: 'ignore' });
    const path = await follow('notion', { cwd: home.HOME, env: home });
    const commands = path.typed.map(({ words }) => `holdfast ${words.join(' ').replace(/[\da-f]{32}/, 'ID')}`);
    tell(
      'from "needs-auth" to "connected" by printed steps alone',
      path.ms,
      path.connected && path.typed.length <= 4,
      `${path.typed.length} commands, ${path.lines} lines read: ${commands.join(' → ')}`,
    );
    execFileSync('holdfast', ['daemon', 'stop'], { cwd: home.HOME, env: home, stdio: 'ignore' });
  } finally {
    await world.close();
  }
} catch (error) {
  wrong += 1;
  console.log(`✗ ${error?.stack ?? error}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = wrong === 0 ? 0 : 1;
