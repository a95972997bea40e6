/**
 * Wires the real world together: the only place where floors meet that do not know each other. Heavy parts are loaded
 * when they are first needed, because the command line starts more often than it connects.
 *
 * @module
 */
import { join } from 'node:path';
import { systemClock } from './base/clock.ts';
import type { Clock } from './base/clock.ts';
import { silentLogger } from './base/logger.ts';
import type { Logger } from './base/logger.ts';
import { systemRandom } from './base/random.ts';
import type { Random } from './base/random.ts';
import { Redactor } from './base/secret.ts';
import { Vital } from './base/vital.ts';
import type { RunHelper } from './auth/vault/redeem-detached.ts';
import type { ViewAsk } from './config/view.ts';
import type { ConfigPort } from './core/config-model.ts';
import type { Elicit } from './core/elicitation.ts';
import type { Owner } from './core/fleet.ts';
import type { KeptLists } from './core/kept-lists.ts';
import type { Files } from './core/machine.ts';
import type { Meter } from './core/meter.ts';
import { numbersFromEnv, resolveNumbers } from './core/numbers.ts';
import type { Tracing } from './core/tracing.ts';
import type { View } from './core/view.ts';
import type { LocalFleet } from './fleet/local-fleet.ts';
import type { Host } from './host.ts';
import { foldersOf } from './system/paths.ts';
import type { OpenedStore } from './store/open-store.ts';
import type { Folders } from './system/paths.ts';
import { VERSION } from './version.ts';

/** What every part is made from. */
export interface Base {
  readonly host: Host;
  readonly folders: Folders;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly redactor: Redactor;
  /** By what a gateway of ours is known again, should one of its own servers lead to it. */
  readonly mark: string;
  /** What the end of this process waits for. */
  readonly vital: Vital;
  /** Counts for whoever watches this process; one, made when it is first needed. */
  readonly meter: () => Promise<Meter>;
  /** The traces of this process; looked for once, when they are first needed. */
  readonly tracing: () => Promise<Tracing>;
}

/** The parts of the world that a caller may replace. */
export type BaseOptions = Partial<Pick<Base, 'clock' | 'random' | 'logger'>>;

async function tracingOf(logger: Logger): Promise<Tracing> {
  return (await import('./system/tracing.ts')).loadTracing(VERSION, logger);
}

/** Told to whoever connects, so no secret; `node:crypto` would cost every start of a command some milliseconds. */
function markOf({ pid }: Host, random: Random): string {
  return [pid, random.next(), random.next()].map((part) => part.toString(36).replace('0.', '')).join('-');
}

/** The base of this process. */
export function makeBase(host: Host, options: BaseOptions = {}): Base {
  const { random = systemRandom } = options;
  let meter: Promise<Meter> | undefined;
  let tracing: Promise<Tracing> | undefined;
  return {
    host,
    folders: foldersOf(host),
    clock: options.clock ?? systemClock,
    random,
    logger: options.logger ?? silentLogger,
    redactor: new Redactor(),
    mark: markOf(host, random),
    vital: new Vital(),
    meter: () => {
      meter ??= import('./core/meter.ts').then(({ Meter: Made }) => new Made());
      return meter;
    },
    tracing: () => {
      tracing ??= tracingOf(options.logger ?? silentLogger);
      return tracing;
    },
  };
}

/** Servers given in code, by name, in the form in which they would stand in a file. */
export type CodeServers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Where servers given in code are said to stand: a file beside the caller that exists for this process alone, so that relative paths begin at its folder. */
export function codeFile(base: Base): string {
  return join(base.host.cwd, '(given in code)');
}

/** Files in which the servers given in code stand, too. */
function withCode(files: Files, path: string, servers: CodeServers): Files {
  const text = JSON.stringify({ mcpServers: servers }, null, 2);
  return {
    ...files,
    readText: async (asked, limit) => (asked === path ? text : files.readText(asked, limit)),
    real: async (asked) => (asked === path ? path : files.real(asked)),
    facts: async (asked, options) =>
      asked === path
        ? { size: text.length, mode: 0o400, uid: 0, mtimeMs: 0, kind: 'file' }
        : files.facts(asked, options),
  };
}

/** The configuration of this machine, and of the servers given in code. */
export async function assembleConfig(base: Base, servers?: CodeServers): Promise<ConfigPort> {
  const [{ createConfig }, { createFiles }, { createLocks }] = await Promise.all([
    import('./config/config.ts'),
    import('./system/files.ts'),
    import('./system/locks.ts'),
  ]);
  const { clock, redactor, logger, host, folders } = base;
  const files = createFiles({ clock });
  return createConfig({
    files: servers === undefined ? files : withCode(files, codeFile(base), servers),
    locks: createLocks({ clock, platform: host.platform }),
    clock,
    redactor,
    logger,
    stateDir: folders.state,
    platform: host.platform,
  });
}

/** From where a caller looks. */
export interface Lookout {
  /** `--config FILE…`, absolute: nothing else is read. */
  readonly files?: readonly string[];
  readonly profile?: string;
  /** Default: the working folder of the process. */
  readonly cwd?: string;
}

/** What the view of a caller in this process is made from. */
export function viewAskOf({ host, folders }: Base, lookout: Lookout = {}): ViewAsk {
  const profile = lookout.profile ?? (host.env['HOLDFAST_PROFILE'] || undefined);
  return {
    cwd: lookout.cwd ?? host.cwd,
    env: host.env,
    home: host.home,
    platform: host.platform,
    configDir: folders.config,
    ...(lookout.files === undefined || lookout.files.length === 0 ? {} : { files: lookout.files }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** The view of a caller in this process. */
export async function assembleView(base: Base, config: ConfigPort, lookout: Lookout = {}): Promise<View> {
  const [{ makeView }, { createFiles }] = await Promise.all([import('./config/view.ts'), import('./system/files.ts')]);
  return makeView(viewAskOf(base, lookout), config, createFiles({ clock: base.clock }));
}

/** The logins of this machine, and the leases under which they are renewed. */
export async function assembleStore(base: Base): Promise<OpenedStore> {
  const [{ openStore }, { createFiles }, { createLocks }] = await Promise.all([
    import('./store/open-store.ts'),
    import('./system/files.ts'),
    import('./system/locks.ts'),
  ]);
  const { clock, logger, folders, host } = base;
  const { env, node, uid, platform } = host;
  const locks = createLocks({ clock, platform });
  return openStore({ folder: folders.state, files: createFiles({ clock }), locks, clock, logger, env, node, uid });
}

/** The last good lists of this machine's servers. */
async function assembleKeptLists({ clock, folders, logger }: Base): Promise<KeptLists> {
  const [{ createKeptLists }, { createFiles }] = await Promise.all([
    import('./store/kept-lists.ts'),
    import('./system/files.ts'),
  ]);
  return createKeptLists({ folder: folders.state, files: createFiles({ clock }), logger });
}

/** What is particular about a fleet. */
export interface FleetAsk {
  readonly kind: Owner['kind'];
  readonly view?: View;
  readonly elicit?: Elicit | undefined;
  /** Calls come through a gateway, from clients that servers may ask. */
  readonly relays?: boolean | undefined;
  /** A process that may be killed at any moment redeems in others that outlive it. Default: it redeems itself. */
  readonly redeem?: RunHelper;
}

/** A fleet that owns its connections. Who opens it closes it. */
export async function assembleFleet(base: Base, config: ConfigPort, about: FleetAsk): Promise<LocalFleet> {
  const [
    { LocalFleet: Local },
    { createConnector },
    { createAuth },
    { shellSpawner },
    { createHttp },
    opened,
    tracing,
    meter,
  ] = await Promise.all([
    import('./fleet/local-fleet.ts'),
    import('./transport/connector.ts'),
    import('./auth/auth.ts'),
    import('./auth/helper/shell.ts'),
    import('./net/dispatcher.ts'),
    assembleStore(base),
    base.tracing(),
    base.meter(),
  ]);
  const keptLists = await assembleKeptLists(base);
  const { clock, random, logger, redactor, host } = base;
  const http = createHttp({ env: host.env });
  const connector = createConnector({
    clock,
    random,
    logger,
    redactor,
    env: host.env,
    platform: host.platform,
    http,
    elicit: about.elicit,
    relays: about.relays,
    mark: base.mark,
  });
  const { credentials, signIns } = createAuth({
    clock,
    random,
    logger,
    redactor,
    vital: base.vital,
    store: opened.store,
    lease: opened.lease,
    pid: host.pid,
    ...(about.redeem === undefined ? {} : { redeem: about.redeem }),
    spawn: shellSpawner({ windows: host.platform === 'win32' }),
    baseEnv: host.env,
    fetch: http.fetch,
  });
  return new Local({
    clock,
    random,
    logger,
    redactor,
    connector,
    credentials,
    signIns,
    storeNotices: () => opened.store.notices(),
    examine: async (ask) => {
      const { examinerOf } = await import('./doctor-port.ts');
      return examinerOf(base, { fetch: http.fetch, signIns, notices: () => opened.store.notices() })(ask);
    },
    config,
    keptLists,
    meter,
    tracing,
    numbers: resolveNumbers(numbersFromEnv(host.env)),
    owner: { kind: about.kind, pid: host.pid, version: VERSION },
    ...(about.view === undefined ? {} : { view: about.view }),
  });
}
