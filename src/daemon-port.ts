/**
 * Wires the daemon into the command line: its folders, its process, its socket.
 *
 * @module
 */
import { join } from 'node:path';
import type { Base } from './assemble.ts';
import { systemClock } from './base/clock.ts';
import type { DaemonPort } from './cli/context.ts';
import type { RemoteFleet } from './daemon/client.ts';
import type { Caller } from './daemon/exchange.ts';
import { connectDaemon } from './daemon/greet.ts';
import { socketFiles } from './daemon/socket-files.ts';
import { daemonPaths } from './daemon/socket-path.ts';
import type { DaemonPaths } from './daemon/socket-path.ts';
import type { Memory } from './daemon/status.ts';
import type { Host } from './host.ts';
import { VERSION } from './version.ts';

/**
 * A daemon lives long beside other programs: small generations and compact code. Measured with 1,000 flapping servers:
 * 142 MB instead of 367 MB, at 17 ms of event-loop lag (p99) instead of 8.
 */
const MEMORY_FLAGS = ['--optimize-for-size', '--max-semi-space-size=2'] as const;

/** What of the process the daemon needs. */
export interface DaemonWorld {
  readonly host: Host;
  memory(): Memory;
  /** Calls back for an exception that nobody caught; the result ends that. */
  onCrash(listener: (error: unknown) => void): () => void;
}

function pathsOf({ host, folders }: Base): DaemonPaths {
  return daemonPaths({
    runtimeDir: folders.runtime,
    stateDir: folders.state,
    sessionDir: host.env['XDG_RUNTIME_DIR'],
    tmpDir: host.tmp,
    uid: host.uid,
    windows: host.platform === 'win32',
  });
}

async function ensure(base: Base, paths: DaemonPaths, caller: Caller): ReturnType<DaemonPort['ensure']> {
  const [{ ensureDaemon }, { launcher }, { createLocks }] = await Promise.all([
    import('./daemon/start.ts'),
    import('./daemon/spawn-daemon.ts'),
    import('./system/locks.ts'),
  ]);
  const { host, clock } = base;
  return ensureDaemon({
    ...caller,
    files: socketFiles,
    locks: createLocks({ clock, platform: host.platform }),
    logPath: paths.log,
    launch: launcher({
      execPath: host.node,
      args: [...MEMORY_FLAGS, join(host.dist, 'bin.js'), 'daemon', 'run'],
      env: host.env,
      cwd: host.home,
    }),
  });
}

async function run(
  base: Base,
  paths: DaemonPaths,
  world: DaemonWorld & { signal: AbortSignal },
): ReturnType<DaemonPort['run']> {
  const [{ runDaemon }, { LogFile, fileLogger }, { createLocks }, { assembleConfig, assembleFleet }] =
    await Promise.all([
      import('./daemon/run.ts'),
      import('./daemon/log-file.ts'),
      import('./system/locks.ts'),
      import('./assemble.ts'),
    ]);
  const { host, clock, redactor } = base;
  socketFiles.makeFolder(base.folders.state);
  const log = new LogFile(paths.log);
  const logged: Base = { ...base, logger: fileLogger(log, clock, (text) => redactor.redact(text)) };
  try {
    const cause = await runDaemon({
      guard: { uid: host.uid, files: socketFiles },
      locks: createLocks({ clock, platform: host.platform }),
      unique: String(host.pid),
      clock,
      logger: logged.logger,
      paths,
      pid: host.pid,
      version: VERSION,
      makeFleet: async () => {
        const fleet = await assembleFleet(logged, await assembleConfig(logged), { kind: 'daemon' });
        return { fleet, figures: () => fleet.figures() };
      },
      memory: () => world.memory(),
      signal: world.signal,
      onCrash: (listener) => world.onCrash(listener),
    });
    return cause === 'crash' ? 'crash' : 'ended';
  } finally {
    log.close();
  }
}

/** The daemon of this user, for the command line. */
export function daemonPort(base: Base, world: DaemonWorld): DaemonPort {
  const paths = pathsOf(base);
  const { key } = paths;
  const caller: Caller = {
    socketPath: paths.socket,
    guard: { uid: base.host.uid, files: socketFiles },
    clock: systemClock,
    version: VERSION,
    ...(key === undefined ? {} : { key: () => socketFiles.readText(key) }),
  };
  const connect = (): Promise<RemoteFleet | undefined> => connectDaemon(caller);
  return {
    connect,
    ensure: () => ensure(base, paths, caller),
    async report() {
      const fleet = await connect();
      if (fleet === undefined) return undefined;
      const { daemonLines } = await import('./daemon/status.ts');
      const record = await fleet.daemon();
      return { record, lines: daemonLines(record) };
    },
    async stop() {
      const fleet = await connect();
      if (fleet === undefined) return undefined;
      const owner = await fleet.owner();
      await fleet.stop();
      return owner;
    },
    run: (signal) => run(base, paths, { ...world, signal }),
  };
}
