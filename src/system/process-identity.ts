/**
 * Who a process is, beyond its number: boot, start time and process namespace, so that a number used again, a restart of
 * the machine and another container are told apart.
 *
 * @module
 */
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** A process, named so that no other one ever has the same name. Absent parts are unknown on this system. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  readonly bootId?: string;
  /** Clock ticks from boot to the start of the process. */
  readonly startTime?: string;
  readonly pidNamespace?: string;
}

async function textOf(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text?.trim();
}

// Field 22 of proc(5) stat; the name in field 2 may hold blanks and brackets, so counting begins after the last one.
async function startTimeOf(pid: number | 'self'): Promise<string | undefined> {
  const line = await textOf(`/proc/${pid}/stat`);
  return line
    ?.slice(line.lastIndexOf(')') + 2)
    .split(' ')
    .at(19);
}

/** The identity of this process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const bootId = await textOf('/proc/sys/kernel/random/boot_id');
  const startTime = await startTimeOf('self');
  const pidNamespace = await readlink('/proc/self/ns/pid').catch(() => undefined);
  const own = await textOf('/proc/self/stat');
  return {
    pid: Number(own?.split(' ')[0] ?? 0),
    host: hostname(),
    ...(bootId === undefined ? {} : { bootId }),
    ...(startTime === undefined ? {} : { startTime }),
    ...(pidNamespace === undefined ? {} : { pidNamespace }),
  };
}

/** Whether a process lives, as seen from `self`. `unknown` = it cannot be judged from here, and must be taken for alive. */
export async function lifeOf(other: ProcessIdentity, self: ProcessIdentity): Promise<'alive' | 'dead' | 'unknown'> {
  if (self.bootId === undefined || other.bootId === undefined || other.startTime === undefined) return 'unknown';
  if (other.bootId !== self.bootId) return other.host === self.host ? 'dead' : 'unknown';
  if (other.pidNamespace !== self.pidNamespace) return 'unknown';
  return (await startTimeOf(other.pid)) === other.startTime ? 'alive' : 'dead';
}
