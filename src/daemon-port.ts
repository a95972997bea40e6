/**
 * Wires the daemon into the command line: its folders, its process, its socket.
 *
 * @module
 */
import { viewAskOf } from './assemble.ts';
import type { Base } from './assemble.ts';
import { systemClock } from './base/clock.ts';
import { HoldfastError } from './base/errors.ts';
import type { DaemonPort, Joined, Ports } from './cli/context.ts';
import { makeViewFrom } from './config/view.ts';
import type { ViewAsk } from './config/view.ts';
import type { Fleet, Owner } from './core/fleet.ts';
import type { PlaceNames } from './core/config-model.ts';
import type { View } from './core/view.ts';
import type { Begun } from './daemon-conversation.ts';
import { RemoteFleet } from './daemon/client.ts';
import type { Caller } from './daemon/exchange.ts';
import { isAbsent } from './daemon/dial.ts';
import { GREETING_SILENCE_MS, greet, incompatible } from './daemon/greet.ts';
import type { Running } from './daemon/greet.ts';
import { readLedger } from './daemon/ledger.ts';
import { socketFiles } from './daemon/socket-files.ts';
import { daemonPaths } from './daemon/socket-path.ts';
import type { DaemonPaths } from './daemon/socket-path.ts';
import type { Ensured } from './daemon/start.ts';
import type { Memory } from './daemon/status.ts';
import { compareVersions, sameMajor } from './daemon/version.ts';
import type { GatewayAsk } from './gateway-port.ts';
import type { Host } from './host.ts';
import { programFile } from './program-file.ts';
import { quickFacts } from './system/facts.ts';
import { VERSION } from './version.ts';

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

async function start(base: Base, paths: DaemonPaths, caller: Caller): Promise<Ensured> {
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
      args: [programFile(host), 'daemon', 'run'],
      env: host.env,
      cwd: host.home,
    }),
  });
}

/** The view of this place, made from what the daemon says of its files; read here where the daemon cannot say. */
async function viewThrough(fleet: RemoteFleet, ask: ViewAsk, read: () => Promise<View>): Promise<View> {
  try {
    return await makeViewFrom(ask, (view) => fleet.names(view), quickFacts);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'ERR_USAGE') return read();
    throw error;
  }
}

async function run(
  base: Base,
  paths: DaemonPaths,
  world: DaemonWorld & { signal: AbortSignal },
): ReturnType<DaemonPort['run']> {
  const [
    { runDaemon },
    { LogFile, fileLogger },
    { placeReader },
    { createLocks },
    { assembleConfig, assembleFleet },
    { attachWebhooks },
  ] = await Promise.all([
    import('./daemon/run.ts'),
    import('./daemon/log-file.ts'),
    import('./place-reader.ts'),
    import('./system/locks.ts'),
    import('./assemble.ts'),
    import('./webhooks-port.ts'),
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
        const config = await assembleConfig(logged);
        const fleet = await assembleFleet(logged, config, { kind: 'daemon', relays: true });
        attachWebhooks(logged, fleet, []);
        return {
          fleet,
          figures: () => fleet.figures(),
          names: placeReader({ config, files: quickFacts, refresh: (view) => fleet.refresh(view) }),
          converse: async (channel) => {
            // Loaded when the first client comes: a daemon without a gateway is smaller. With no file descriptor left it
            // cannot be loaded, and can be for the next client.
            const { serveChannel } = await import('./gateway-port.ts');
            serveChannel(logged, fleet, channel);
          },
        };
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

/** A conversation with the daemon, and whose it is. */
export interface Conversation extends Begun {
  readonly owner: Owner;
  readonly fleet: Fleet;
  readonly view: View;
}

/** The daemon as the gateway needs it, too. */
export interface GatewayDaemon extends DaemonPort {
  /** Opens a conversation about the place of these files. Errors: `ERR_DAEMON_UNREACHABLE` where none runs and none is to be started. */
  converse(
    ask: (view: View) => GatewayAsk,
    about: { readonly start: boolean; readonly files: readonly string[] },
  ): Promise<Conversation>;
}

const noneRuns = (): HoldfastError =>
  new HoldfastError('ERR_DAEMON_UNREACHABLE', 'no daemon runs', { hint: 'Run: holdfast daemon start' });

/** The daemon of this user, for the command line. */
export function daemonPort(base: Base, world: DaemonWorld, read: Ports['view']): GatewayDaemon {
  const paths = pathsOf(base);
  const { key } = paths;
  const caller: Caller = {
    socketPath: paths.socket,
    guard: { uid: base.host.uid, files: socketFiles },
    clock: systemClock,
    version: VERSION,
    pid: () => readLedger(paths.ledger, socketFiles)?.pid,
    ...(key === undefined ? {} : { key: () => socketFiles.readText(key) }),
  };
  const through = (fleet: RemoteFleet, files: readonly string[]): Promise<View> =>
    viewThrough(fleet, viewAskOf(base, { files }), () => read(files));
  const joined = (fleet: RemoteFleet, owner: Owner, started: boolean): Joined => ({
    fleet,
    owner,
    view: (files) => through(fleet, files),
    started,
    outdated: compareVersions(owner.version, VERSION) < 0,
  });
  // One question instead of two: who tells the names of the place says who it is. What else can be the matter is told by
  // the greeting.
  const atOnce = async (files: readonly string[]): Promise<Joined | undefined> => {
    const fleet = new RemoteFleet(caller);
    const asking = new RemoteFleet({ silenceMs: GREETING_SILENCE_MS, ...caller });
    try {
      let owner: Owner | undefined;
      let found: Pick<PlaceNames, 'notLoaded' | 'problems'> = {};
      const names = async (place: View): Promise<PlaceNames> => {
        const told = await asking.names(place);
        ({ owner } = told);
        const { notLoaded, problems } = told;
        found = { ...(notLoaded === undefined ? {} : { notLoaded }), ...(problems === undefined ? {} : { problems }) };
        return told;
      };
      const view = await makeViewFrom(viewAskOf(base, { files }), names, quickFacts);
      if (owner === undefined || !sameMajor(owner.version, VERSION)) return undefined;
      const other = joined(fleet, owner, false);
      return {
        ...other,
        ...found,
        view: async (asked) => (asked === files ? view : other.view(asked)),
      };
    } catch (error) {
      // A daemon that hangs is not asked a second time.
      if (error instanceof HoldfastError && error.code === 'ERR_DAEMON_UNREACHABLE' && !isAbsent(error)) throw error;
      return undefined;
    }
  };
  const found = async (): Promise<Running | undefined> => {
    const greeting = await greet(caller);
    if (greeting.state !== 'running') return undefined;
    if (!greeting.compatible) throw incompatible(greeting.owner, VERSION);
    return greeting;
  };
  const connect: DaemonPort['connect'] = async (expect) => {
    const quick = expect === undefined ? undefined : await atOnce(expect);
    if (quick !== undefined) return quick;
    const running = await found();
    return running === undefined ? undefined : joined(running.fleet, running.owner, false);
  };
  const ensure: DaemonPort['ensure'] = async () => {
    const { fleet, started } = await start(base, paths, caller);
    return joined(fleet, await fleet.owner(), started);
  };
  return {
    connect,
    ensure,
    async converse(ask, { start: starts, files }) {
      const { beginConversation } = await import('./daemon-conversation.ts');
      const running = starts ? await ensure() : await connect();
      if (running === undefined) throw noneRuns();
      const { fleet, owner } = running;
      try {
        const view = await running.view(files);
        return { ...(await beginConversation(caller, ask(view))), owner, fleet, view };
      } catch (error) {
        await fleet.close();
        throw error;
      }
    },
    async report() {
      const running = await found();
      if (running === undefined) return undefined;
      const { daemonLines } = await import('./daemon/status.ts');
      const record = await running.fleet.daemon();
      return { record, lines: daemonLines(record) };
    },
    stop: async () => (await import('./daemon/stop.ts')).stopDaemon(caller),
    run: (signal) => run(base, paths, { ...world, signal }),
  };
}
