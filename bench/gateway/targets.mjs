/**
 * Starts what is measured, and reads what its processes use. Linux only: figures come from `/proc`.
 *
 * @module
 */
import { fork, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const TICKS_PER_SECOND = 100;
const START_MS = 30_000;

export const file = (name) => fileURLToPath(new URL(name, import.meta.url));
export const ECHO = file('echo-stdio.mjs');

export const sleep = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Starts a script of this folder that says its port. */
export async function startScript(script, args = [], env = {}) {
  const mark = randomUUID();
  const child = fork(file(script), args, { env: { ...process.env, ...env, BENCH_MARK: mark } });
  const { port } = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
  });
  const who = { mark, pid: child.pid };
  return { kind: 'http', port, path: '/', who, stop: () => stopAll(who) };
}

/** A port that nobody listens on now. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts a program; with `listens`, resolves when its port answers. What it says is kept for the case that it fails. */
export async function startProgram([program, ...args], { env, port, cwd }) {
  const mark = randomUUID();
  const child = spawn(program, args, { cwd, env: { ...env, BENCH_MARK: mark }, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  const keep = (bytes) => {
    if (said.length < 4_000) said += bytes;
  };
  child.stderr.on('data', keep);
  if (port !== undefined) child.stdout.on('data', keep);
  let ended = false;
  child.once('exit', () => (ended = true));
  child.once('error', (error) => {
    said += error.message;
    ended = true;
  });
  const who = { mark, pid: child.pid };
  const target = { child, who, said: () => said, stop: () => stopAll(who) };
  const until = performance.now() + START_MS;
  for (let listens = port === undefined; !listens; listens = await answers(port)) {
    if (ended || performance.now() > until) {
      await stopAll(who);
      throw new Error(`it did not begin to listen: ${said.trim().split('\n').slice(-3).join(' / ')}`);
    }
    await sleep(100);
  }
  return target;
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

const readOf = (pid, name) => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
};

/**
 * The processes of a target: what it started, and what carries its mark though it went to the background. A program that
 * gives itself a title loses the mark. Echo servers that it started are told apart.
 */
export function processesOf({ mark, pid: first }) {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = new Set();
  for (const pid of pids) {
    const parent = Number(readOf(pid, 'stat').split(') ')[1]?.split(' ')[1]);
    const isOurs = Number(pid) === first || found.has(parent) || readOf(pid, 'environ').includes(`BENCH_MARK=${mark}`);
    if (isOurs && readOf(pid, 'cmdline') !== '') found.add(Number(pid));
  }
  const upstream = [...found].filter((pid) => readOf(pid, 'cmdline').includes('echo-stdio.mjs') && pid !== first);
  return { own: [...found].filter((pid) => !upstream.includes(pid)), upstream };
}

async function stopAll(who) {
  for (const signal of ['SIGTERM', 'SIGTERM', 'SIGKILL']) {
    const { own, upstream } = processesOf(who);
    for (const pid of [...own, ...upstream]) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended.
      }
    }
    for (let tries = 0; tries < 20 && processesOf(who).own.length > 0; tries += 1) await sleep(100);
  }
}

/** User and system time so far of processes, in microseconds. */
export function cpuOf(pids) {
  let ticks = 0;
  for (const pid of pids) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return (ticks / TICKS_PER_SECOND) * 1e6;
}

/** Resident memory of processes, in bytes. */
export function rssOf(pids) {
  let kb = 0;
  for (const pid of pids) kb += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0);
  return kb * 1_024;
}
