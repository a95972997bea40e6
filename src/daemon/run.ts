/**
 * The daemon itself: takes the socket, makes the fleet, serves it until there is a reason to end, and leaves nothing
 * behind.
 *
 * @module
 */
import { dirname } from 'node:path';
import { iso } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { HoldfastError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Fleet, Owner } from '../core/fleet.ts';
import { pipeKey } from './challenge.ts';
import type { Channel } from './channel.ts';
import { IdleWatch } from './idle.ts';
import { readLedger, writeLedger } from './ledger.ts';
import { serveFleet } from './server.ts';
import type { ControlServer, ServeOptions } from './server.ts';
import type { DaemonPaths } from './socket-path.ts';
import type { Census, Memory } from './status.ts';

/** The fleet that a daemon owns. */
export interface OwnedFleet {
  readonly fleet: Fleet;
  readonly figures: () => Census;
  readonly names?: ServeOptions['names'];
  /** Talks with clients that opened a channel of lines. What it rejects with is logged, and ends that channel alone. */
  readonly converse?: (channel: Channel) => Promise<void>;
}

/** What a daemon is made from. */
export interface RunOptions extends Pick<ServeOptions, 'guard' | 'locks' | 'unique' | 'clock' | 'logger'> {
  readonly paths: DaemonPaths;
  readonly pid: number;
  readonly version: string;
  /** Called once the socket is this process's: nobody else is an owner then. */
  readonly makeFleet: (owner: Owner) => Promise<OwnedFleet>;
  readonly memory: () => Memory;
  /** Aborted by SIGTERM, SIGINT or SIGHUP. */
  readonly signal: AbortSignal;
  /** Calls back for an exception that nobody caught; the result ends that. */
  readonly onCrash?: (listener: (error: unknown) => void) => () => void;
  /** Life without servers and without clients; default 10 min. */
  readonly idleMs?: number;
}

/** Why a daemon ended; `lost` = its socket was removed. After `crash` the exit code must say so. */
export type EndCause = 'stop' | 'signal' | 'idle' | 'lost' | 'crash';

const IDLE_MS = 600_000;
const HELD_CHECK_MS = 5_000;
/** Closing a process takes 5 s at most (stdin, TERM, KILL); what is not closed then is left to the guardian. */
const CLOSE_MS = 10_000;

interface End {
  readonly cause: EndCause;
  readonly drainMs: number;
}

/** Settled once, from outside. */
class Once<T> {
  readonly promise: Promise<T>;
  settle!: (value: T) => void;
  fail!: (reason: unknown) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
    });
  }
}

async function closeWithin(fleet: Fleet, clock: Clock, logger: Logger): Promise<void> {
  const late = new Once<'late'>();
  const timer = clock.after(CLOSE_MS, () => late.settle('late'));
  try {
    const outcome = await Promise.race([fleet.close(), late.promise]);
    if (outcome === 'late') logger.warn({ limitMs: CLOSE_MS }, 'the fleet did not close in time');
  } catch (error) {
    logger.error({ error }, 'the fleet could not be closed in order');
  } finally {
    timer.cancel();
  }
}

class Daemon {
  readonly #options: RunOptions;
  readonly #owner: Owner;
  readonly #bornAt: number;
  readonly #fleet = new Once<Fleet>();
  readonly #end = new Once<End>();
  readonly #closed = new Once<void>();
  #names: ServeOptions['names'];
  #converse: OwnedFleet['converse'];
  #census: () => Census = () => ({
    views: 0,
    connections: 0,
    enabled: 0,
    servers: { connected: 0, pending: 0, 'needs-auth': 0, failed: 0, disabled: 0 },
  });

  constructor(options: RunOptions) {
    this.#options = options;
    this.#bornAt = options.clock.now();
    this.#owner = { kind: 'daemon', pid: options.pid, version: options.version, startedAt: iso(this.#bornAt) };
  }

  async run(): Promise<EndCause> {
    const { clock, logger } = this.#options;
    const server = await this.#serve();
    const stopListening = this.#listen();
    const idle = new IdleWatch(clock, this.#options.idleMs ?? IDLE_MS, () =>
      this.#end.settle({ cause: 'idle', drainMs: 0 }),
    );
    try {
      const owned = await this.#options.makeFleet(this.#owner);
      const { fleet } = owned;
      this.#census = owned.figures;
      this.#names = owned.names;
      this.#converse = owned.converse;
      this.#fleet.settle(fleet);
      this.#writeLedger();
      logger.info({ pid: this.#owner.pid, version: this.#owner.version }, 'the daemon owns the connections');
      this.#watchSocket(server);
      idle.watch(() => server.clients > 0 || this.#census().enabled > 0);
      const { cause, drainMs } = await this.#end.promise;
      logger.info({ cause }, 'the daemon is ending');
      await server.drain(drainMs);
      await closeWithin(fleet, clock, logger);
      return cause;
    } catch (error) {
      this.#fleet.fail(error);
      throw error;
    } finally {
      idle.stop();
      stopListening();
      this.#removeLedger();
      this.#closed.settle();
      await server.close();
    }
  }

  #serve(): Promise<ControlServer> {
    const { paths, guard, logger, clock, locks, unique } = this.#options;
    guard.files.makeFolder(dirname(paths.ledger));
    return serveFleet({
      socketPath: paths.socket,
      guard,
      locks,
      unique,
      clock,
      logger,
      owner: this.#owner,
      fleet: this.#fleet.promise,
      ...(paths.key === undefined ? {} : { key: pipeKey(paths.key, guard.files) }),
      onStop: ({ drainMs }) => {
        this.#end.settle({ cause: 'stop', drainMs });
        return this.#closed.promise;
      },
      onChannel: async (channel) => {
        if (this.#converse === undefined) channel.end();
        else await this.#converse(channel);
      },
      status: () => Promise.resolve(this.#status()),
      names: async (view) => {
        await this.#fleet.promise;
        if (this.#names === undefined) throw new HoldfastError('ERR_USAGE', 'this daemon reads no files for callers');
        return this.#names(view);
      },
    });
  }

  #status(): Awaited<ReturnType<ServeOptions['status']>> {
    const { clock, memory, paths } = this.#options;
    return {
      schema: 'daemon/v1',
      owner: this.#owner,
      socket: paths.socket,
      log: paths.log,
      uptimeMs: Math.max(0, Math.round(clock.now() - this.#bornAt)),
      memory: memory(),
      ...this.#census(),
    };
  }

  #listen(): () => void {
    const { signal, onCrash, logger } = this.#options;
    const end = (): void => this.#end.settle({ cause: 'signal', drainMs: 0 });
    const off = onCrash?.((error) => {
      logger.error({ error }, 'the daemon met an exception that nobody caught');
      this.#end.settle({ cause: 'crash', drainMs: 0 });
    });
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
    return () => {
      off?.();
      signal.removeEventListener('abort', end);
    };
  }

  // Nobody finds a daemon whose socket is gone, and the next command starts another: then this one is a second owner.
  #watchSocket(server: ControlServer): void {
    const look = (): void => {
      if (server.held()) timer = this.#options.clock.after(HELD_CHECK_MS, look, { unref: true });
      else this.#end.settle({ cause: 'lost', drainMs: 0 });
    };
    let timer = this.#options.clock.after(HELD_CHECK_MS, look, { unref: true });
    void this.#closed.promise.then(() => timer.cancel());
  }

  #removeLedger(): void {
    const { paths, guard, logger } = this.#options;
    try {
      // A successor may have written its own.
      if (readLedger(paths.ledger, guard.files)?.pid === this.#owner.pid) guard.files.remove(paths.ledger);
    } catch (error) {
      logger.warn({ error }, 'the ledger could not be removed');
    }
  }

  #writeLedger(): void {
    const { paths, guard, logger } = this.#options;
    const before = readLedger(paths.ledger, guard.files);
    if (before !== undefined) logger.warn({ pid: before.pid }, 'the last daemon did not end in order');
    try {
      writeLedger(paths.ledger, this.#owner, guard.files);
    } catch (error) {
      logger.warn({ error }, 'the ledger could not be written');
    }
  }
}

/**
 * Is the daemon until a client stops it, a signal comes, an exception is not caught, its socket is removed (looked at
 * every 5 s), or it has had nothing to do for 10 min (no server that is not switched off, no client). Whoever calls it ends the process then.
 * Errors: `ERR_DAEMON_RUNNING` when another one is; those of `serveFleet` and of `makeFleet`.
 */
export function runDaemon(options: RunOptions): Promise<EndCause> {
  return new Daemon(options).run();
}
