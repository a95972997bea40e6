/**
 * What the clients are let loose on: the demonstration's servers, a daemon in a home of its own, and `serve` in front.
 *
 * @module
 */
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startDemoFleet } from '../../dist/demo/demo-fleet.js';

const SETTLED_MS = 30_000;

/** Runs a program to its end; its output and its exit code. Never rejects. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      { timeout: 60_000, maxBuffer: 64 * 1024 * 1024, ...options },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : (error.code ?? -1), stdout, stderr }),
    );
    child.stdin?.end(options.input ?? '');
  });
}

/** Starts everything and waits until every server of the demonstration has come to rest. Who starts it closes it. */
export async function openStage(root) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-clients-'));
  const home = join(folder, 'home');
  const project = join(folder, 'project');
  for (const path of [home, project]) mkdirSync(path, { mode: 0o700 });
  // Few variables: many clients hand on no more than these.
  const env = { HOME: home, PATH: process.env.PATH, LANG: 'C.UTF-8', NO_COLOR: '1' };
  const program = join(root, 'dist', 'bin.cjs');
  const holdfast = (args) => run(process.execPath, [program, ...args], { env, cwd: project });

  const demo = await startDemoFleet({
    node: process.execPath,
    program: join(root, 'dist', 'testing', 'stdio-server.js'),
  });
  const config = ['--config', demo.configFile];
  await holdfast(['daemon', 'start']);
  const listener = spawn(process.execPath, [program, 'serve', '--port', '0', '--json', ...config], {
    env,
    cwd: project,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => {
    listener.once('exit', resolve);
  });
  const url = await new Promise((resolve, reject) => {
    listener.stdout.once('data', (text) => resolve(JSON.parse(text).url));
    void ended.then((code) => reject(new Error(`serve ended with ${code}`)));
  });
  const stage = {
    url,
    env,
    home,
    project,
    folder,
    /** Runs `holdfast …`; the clients' entries name the demonstration's file. */
    holdfast: (...args) => holdfast([...args, ...config]),
    token: (await holdfast(['token', 'show'])).stdout.trim(),
    /** What a client is told to start. */
    bridge: { command: process.execPath, args: [program, 'serve', '--stdio', ...config] },
    servers: demo.describe,
    async close() {
      listener.kill('SIGINT');
      await ended;
      await holdfast(['daemon', 'stop']);
      await demo.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  for (const began = performance.now(); ; await pause(500)) {
    const { stdout } = await holdfast(['status', '--json', ...config]);
    const { servers } = JSON.parse(stdout);
    if (demo.isSettled(servers)) return stage;
    if (performance.now() - began < SETTLED_MS) continue;
    await stage.close();
    throw new Error(
      `the demonstration has not come to rest: ${servers.map((s) => `${s.name} ${s.status}`).join(', ')}`,
    );
  }
}
