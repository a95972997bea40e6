/**
 * A running daemon, found or started. However many ask at once, one daemon is the result.
 *
 * @module
 */
import { dirname } from 'node:path';
import { HoldfastError, errnoOf } from '../base/errors.ts';
import { safeLine } from '../base/safe-text.ts';
import type { Locks } from '../core/machine.ts';
import type { View } from '../core/view.ts';
import type { RemoteFleet } from './client.ts';
import type { Caller } from './exchange.ts';
import { greet, incompatible } from './greet.ts';
import type { Greeting, Running } from './greet.ts';
import { LogFile } from './log-file.ts';
import { checkFolder } from './socket-guard.ts';
import type { SocketFiles } from './socket-files.ts';
import type { Launch, Started } from './spawn-daemon.ts';
import { untilGone } from './stop.ts';

/** What starting needs. */
export interface StartOptions extends Caller {
  readonly files: SocketFiles;
  readonly locks: Locks;
  readonly launch: Launch;
  readonly logPath: string;
  readonly view?: View;
  /** How long a new daemon may take to answer; default 10 s. */
  readonly waitMs?: number;
}

/** The daemon, and whether this call started it. */
export interface Ensured {
  readonly fleet: RemoteFleet;
  readonly started: boolean;
}

const WAIT_MS = 10_000;
const POLL_MS = 25;
/** What an older daemon may finish before it makes way. */
const DRAIN_MS = 10_000;
/** Longest wait for the turn to start one: another starter may be waiting for an older daemon to leave. */
const TURN_MS = 35_000;
const TAIL_LINES = 10;

function usable(found: Greeting, version: string): Running | undefined {
  if (found.state !== 'running' || found.age === 'older') return undefined;
  if (!found.compatible) throw incompatible(found.owner, version);
  return found;
}

function notStarted(what: string, log: LogFile, from: number): HoldfastError {
  const tail = log.tail(TAIL_LINES, from).map((line) => safeLine(line, 400));
  const end = tail.length === 0 ? '' : `; its last words: ${tail.at(-1)}`;
  return new HoldfastError('ERR_DAEMON_UNREACHABLE', `the daemon ${what}${end}`, {
    hint: `Read ${log.path}, or run with --no-daemon.`,
    data: { log: log.path, tail },
  });
}

// Its folder cannot be written: a read-only home, a full disk.
function unwritable(path: string, error: unknown): unknown {
  const code = errnoOf(error);
  if (error instanceof HoldfastError || code === undefined) return error;
  return new HoldfastError('ERR_DAEMON_UNREACHABLE', `the daemon has no place to live: ${dirname(path)}: ${code}`, {
    hint: 'Make the folder writable, or run with --no-daemon.',
    cause: error,
  });
}

async function untilAnswers(options: StartOptions, child: Started, failed: (what: string) => Error): Promise<Running> {
  const { clock, view, waitMs = WAIT_MS } = options;
  const limit = clock.monotonic() + waitMs;
  for (;;) {
    // Asked before the greeting: a process that lost the race has ended, and then the winner answers.
    const ended = child.ended();
    const found = await greet(options, view);
    if (found.state === 'running') return found;
    if (ended !== undefined) throw failed(`ended at its start (${ended})`);
    if (clock.monotonic() >= limit) throw failed(`did not answer within ${Math.round(waitMs / 1_000)} s`);
    await clock.sleep(POLL_MS);
  }
}

async function start(options: StartOptions): Promise<Running> {
  const log = new LogFile(options.logPath);
  try {
    const from = log.size();
    return await untilAnswers(options, options.launch(log.fd), (what) => notStarted(what, log, from));
  } finally {
    log.close();
  }
}

async function findOrStart(options: StartOptions): Promise<Ensured> {
  const found = await greet(options, options.view);
  const good = usable(found, options.version);
  if (good !== undefined) return { fleet: good.fleet, started: false };
  if (found.state === 'running') await found.fleet.stop({ drainMs: DRAIN_MS });
  if (found.state !== 'absent') await untilGone(options);
  return { fleet: (await start(options)).fleet, started: true };
}

/**
 * The fleet of the running daemon, or of a new one. An older daemon is asked to finish, to stop and to make way.
 * Errors: `ERR_DAEMON_UNREACHABLE` with the end of the log when a new one does not come up within 10 s,
 * `ERR_DAEMON_VERSION` for a daemon of another major version that is newer, `ERR_SOCKET_UNSAFE`.
 */
export async function ensureDaemon(options: StartOptions): Promise<Ensured> {
  const found = usable(await greet(options, options.view), options.version);
  if (found !== undefined) return { fleet: found.fleet, started: false };
  const { socketPath, guard, files, locks, logPath } = options;
  try {
    for (const path of [logPath, socketPath]) files.makeFolder(dirname(path));
    checkFolder(socketPath, guard);
    return await locks.withLock(`${socketPath}.start.lock`, () => findOrStart(options), TURN_MS);
  } catch (error) {
    throw unwritable(logPath, error);
  }
}
