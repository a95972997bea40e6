/**
 * The daemon as a command line handles it: find it, start it, stop it. What only starting needs is loaded when it starts.
 *
 * @module
 */
import { HoldfastError } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Fleet, Owner } from '../core/fleet.ts';
import type { Locks } from '../core/machine.ts';
import type { View } from '../core/view.ts';
import { connectDaemon, greet } from './greet.ts';
import type { RemoteFleet } from './client.ts';
import type { Caller } from './exchange.ts';
import { readLedger } from './ledger.ts';
import type { SocketFiles } from './socket-files.ts';
import type { DaemonPaths } from './socket-path.ts';
import type { DaemonCommand } from './spawn-daemon.ts';
import type { DaemonStatus } from './status.ts';

/** Where and as who. */
export interface ControlOptions {
  readonly paths: DaemonPaths;
  /** `undefined` on Windows. */
  readonly uid: number | undefined;
  readonly version: string;
  readonly clock: Clock;
  readonly files: SocketFiles;
  /** Asked for when a daemon has to be started. */
  readonly locks: () => Promise<Locks>;
  readonly command: DaemonCommand;
  /** View of calls that carry none. */
  readonly view?: View;
  /** Longest time without a sign of life from a daemon; default 10 s for the greeting, then 20 s. */
  readonly silenceMs?: number;
}

/** The handle. */
export interface DaemonControl {
  /** The running daemon, or `undefined`; never starts one. */
  connect(): Promise<Fleet | undefined>;
  /** The running daemon, or a new one. */
  ensure(): Promise<{ readonly fleet: Fleet; readonly started: boolean }>;
  /** Asks the daemon to end and waits until its process has gone. `undefined` when none ran. */
  stop(): Promise<Owner | undefined>;
  /** What the running daemon tells of itself, as a record and in lines for people, or `undefined`. */
  report(): Promise<{ readonly record: DaemonStatus; readonly lines: readonly string[] } | undefined>;
}

const GONE_MS = 25_000;
const POLL_MS = 25;

function callerOf({ paths, uid, version, clock, files, silenceMs }: ControlOptions): Caller {
  const { key } = paths;
  return {
    socketPath: paths.socket,
    guard: { uid, files },
    version,
    clock,
    ...(silenceMs === undefined ? {} : { silenceMs }),
    ...(key === undefined ? {} : { key: () => files.readText(key)?.trim() }),
  };
}

// A daemon that hangs is named by the pid that it wrote down, so that a person can end it.
function named(error: unknown, { paths, files }: ControlOptions): unknown {
  if (!(error instanceof HoldfastError) || error.code !== 'ERR_DAEMON_UNREACHABLE') return error;
  const owner = readLedger(paths.ledger, files);
  if (owner === undefined) return error;
  return new HoldfastError(error.code, error.message, {
    hint: `If process ${owner.pid} is the daemon and hangs, end it: kill -9 ${owner.pid}`,
    data: { ...error.data, pid: owner.pid },
    cause: error,
  });
}

async function untilGone(caller: Caller, pid: number | undefined): Promise<void> {
  const limit = caller.clock.monotonic() + GONE_MS;
  while (caller.clock.monotonic() < limit) {
    const found = await greet(caller);
    if (found.state === 'absent' || (found.state === 'running' && found.owner.pid !== pid)) return;
    await caller.clock.sleep(POLL_MS);
  }
  throw new HoldfastError('ERR_DAEMON_UNREACHABLE', 'the daemon does not end');
}

async function stop(options: ControlOptions): Promise<Owner | undefined> {
  const caller = callerOf(options);
  const found = await greet(caller);
  if (found.state === 'absent') return undefined;
  if (found.state === 'stopping') {
    const owner = readLedger(options.paths.ledger, options.files);
    await untilGone(caller, owner?.pid);
    return owner;
  }
  await found.fleet.stop();
  await untilGone(caller, found.owner.pid);
  return found.owner;
}

async function report(fleet: RemoteFleet | undefined): ReturnType<DaemonControl['report']> {
  if (fleet === undefined) return undefined;
  const [record, { daemonLines }] = await Promise.all([fleet.daemon(), import('./status.ts')]);
  return { record, lines: daemonLines(record) };
}

async function orNamed<T>(options: ControlOptions, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw named(error, options);
  }
}

/** The daemon of these paths. Every error is one of `connectDaemon`, `ensureDaemon` or `RemoteFleet`. */
export function daemonControl(options: ControlOptions): DaemonControl {
  const { paths, view, files, locks, command } = options;
  const caller = callerOf(options);
  return {
    connect: () => orNamed(options, () => connectDaemon(caller, view)),
    ensure: () =>
      orNamed(options, async () => {
        const running = await greet(caller, view);
        if (running.state === 'running' && running.age === 'same') return { fleet: running.fleet, started: false };
        const [{ ensureDaemon }, { launcher }] = await Promise.all([import('./start.ts'), import('./spawn-daemon.ts')]);
        const rest = view === undefined ? {} : { view };
        const launch = launcher(command);
        return ensureDaemon({ ...caller, ...rest, files, locks: await locks(), launch, logPath: paths.log });
      }),
    stop: () => orNamed(options, () => stop(options)),
    report: () => orNamed(options, async () => report(await connectDaemon(caller, view))),
  };
}
