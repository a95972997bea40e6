/**
 * Starts what is measured, and reads what its process used.
 *
 * @module
 */
import { fork } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

const file = (name) => new URL(name, import.meta.url);

/** Starts a script of this folder; resolves when it listens. */
export async function start(script, args = [], execArgv = []) {
  const child = fork(file(script), args, { execArgv });
  const { port } = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
  });
  const ask = (question) =>
    new Promise((resolve) => {
      child.once('message', resolve);
      child.send(question);
    });
  const stop = async () => {
    const gone = new Promise((resolve) => {
      child.once('exit', resolve);
    });
    if (child.connected) child.disconnect();
    await gone;
  };
  return { pid: child.pid, port, ask, stop };
}

/** User and system time of a process so far, in microseconds; Linux only. */
export function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1e6;
}

/** Resident memory of a process, in bytes. */
export function rssOf(pid) {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return Number(kb) * 1_024;
}

/** The process with all that it started. */
export function familyOf(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap((child) => familyOf(child))];
}
