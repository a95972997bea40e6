/**
 * The floors of the house as data: which folder lives on which floor, and what it may import. The architecture test
 * holds it, and the picture in docs/architecture.md is printed from it.
 *
 * @module
 */

/** One folder of `src/`. `.` is the files of `src/` itself. */
export interface Floor {
  readonly level: number;
  readonly what: string;
  /** Folders of lower floors. */
  readonly may: readonly string[];
  /** Modules of node; `*` = all that are not forbidden everywhere. */
  readonly node: readonly string[] | '*';
  /** Packages. */
  readonly packages: readonly string[];
}

const LOW = ['base', 'core'];

/** Every folder, by name. A folder that is not named here is refused. */
export const FLOORS: Readonly<Record<string, Floor>> = {
  base: {
    level: 0,
    what: 'clock, random, secret, errors, emitter, logger, safe text',
    may: [],
    node: ['node:util', 'node:crypto'],
    packages: [],
  },
  core: {
    level: 1,
    what: 'pure: entries, faults, reasons, numbers, states and step, actions, ports',
    may: ['base'],
    node: [],
    packages: [],
  },
  system: {
    level: 2,
    what: 'adapters to files, locks, environment and traces',
    may: LOW,
    node: '*',
    packages: ['@opentelemetry/api'],
  },
  net: {
    level: 2,
    what: 'HTTP: own connections, guarded fetch, challenges, Retry-After',
    may: LOW,
    node: '*',
    packages: ['undici', 'ipaddr.js'],
  },
  config: {
    level: 3,
    what: 'files of every client, variables, edits, approval, watching',
    may: LOW,
    node: ['node:crypto', 'node:path', 'node:util', 'node:url', 'node:os'],
    packages: ['jsonc-parser'],
  },
  auth: {
    level: 3,
    what: 'headers, headersHelper, discovery, sign-in, refresh, revocation',
    may: [...LOW, 'net'],
    node: '*',
    packages: ['jose'],
  },
  transport: {
    level: 3,
    what: 'stdio, Streamable HTTP in both eras, HTTP+SSE',
    may: [...LOW, 'net'],
    node: '*',
    packages: ['@modelcontextprotocol/client', 'cross-spawn'],
  },
  webhooks: {
    level: 3,
    what: 'events to addresses of the person’s choice, signed',
    may: [...LOW, 'net'],
    node: ['node:crypto'],
    packages: [],
  },
  // The keyring's package is loaded by a process of its own.
  store: { level: 3, what: 'credential store and lease', may: LOW, node: '*', packages: [] },
  fleet: {
    level: 4,
    what: 'one connection’s effects, the set of connections, views',
    may: LOW,
    node: [],
    packages: [],
  },
  daemon: {
    level: 5,
    what: 'owner process, control API, remote fleet',
    may: [...LOW, 'fleet'],
    node: '*',
    packages: [],
  },
  doctor: { level: 5, what: 'looking for what is wrong', may: [...LOW, 'net'], node: '*', packages: [] },
  cli: { level: 6, what: 'verbs and their output', may: LOW, node: '*', packages: [] },
  menu: { level: 6, what: 'the menu', may: LOW, node: '*', packages: [] },
  web: { level: 6, what: 'the page', may: LOW, node: '*', packages: [] },
  gateway: { level: 6, what: 'one endpoint before all servers', may: LOW, node: '*', packages: [] },
  testing: {
    level: 6,
    what: 'virtual clock, fault server, in-memory world',
    may: [...LOW, 'fleet'],
    node: '*',
    packages: [],
  },
  demo: { level: 7, what: 'the demo fleet', may: [...LOW, 'testing'], node: '*', packages: [] },
  '.': {
    level: 8,
    what: 'public list, wiring, the one place that touches the process',
    may: [
      ...LOW,
      'system',
      'net',
      'config',
      'auth',
      'transport',
      'store',
      'webhooks',
      'fleet',
      'daemon',
      'doctor',
      'cli',
      'menu',
      'web',
      'gateway',
      'testing',
      'demo',
    ],
    node: '*',
    packages: ['cross-spawn'],
  },
};

/** Modules that would bring the world in through the back door. */
export const FORBIDDEN_NODE: readonly string[] = [
  'node:process',
  'node:timers',
  'node:timers/promises',
  'node:perf_hooks',
];

/** The only files that may touch the world directly; everywhere else it comes in as an argument. */
export const WORLD_FILES: Readonly<Record<string, readonly string[]>> = {
  'src/base/clock.ts': ['Date', 'setTimeout', 'setImmediate', 'performance'],
  'src/base/random.ts': ['Math.random'],
  'src/bin.ts': ['process'],
  'src/main.ts': ['process'],
  'src/host.ts': ['process'],
  // Signals to a process group have no other door than `process.kill`.
  'src/transport/process/group.ts': ['node:process'],
  'src/auth/helper/shell.ts': ['node:process'],
  // Moves time by hand, but has to let the real event loop turn between two steps.
  'src/testing/virtual-clock.ts': ['node:timers/promises'],
  // A program of its own.
  'src/testing/stdio-server.ts': ['node:process'],
};
