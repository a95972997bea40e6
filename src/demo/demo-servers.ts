/**
 * The servers of the demonstration: one for each thing that Holdfast does, with a name that tells it.
 *
 * @module
 */
import type { Status } from '../core/snapshot.ts';
import { firstThen, firstWhile, legacySseServer, mcpServer, mountSignIn, status } from '../testing/index.ts';
import type { FaultServer } from '../testing/index.ts';

/** How long the server called `heals` refuses its header. */
export const HEALS_AFTER_MS = 5_000;

/** An entry as it stands in the file. */
export type DemoEntry = Readonly<Record<string, unknown>>;

/** Where an entry is made. */
export interface DemoPlace {
  readonly server: FaultServer;
  /** The Node that runs the local processes. */
  readonly node: string;
  /** The program of the local processes. */
  readonly program: string;
  /** A folder that goes away with the demonstration. */
  readonly folder: string;
}

/** One server of the demonstration. */
export interface DemoServer {
  readonly name: string;
  /** What it shows, in words. */
  readonly what: string;
  /** The status it comes to rest in. */
  readonly settles: Status;
  /** Makes the server and its entry. */
  readonly make: (place: DemoPlace) => DemoEntry;
}

const stdio = (place: DemoPlace, ...args: readonly string[]): DemoEntry => ({
  command: place.node,
  args: [place.program, ...args],
});

/** Every server, in the order of the file. */
export const DEMO_SERVERS: readonly DemoServer[] = [
  {
    name: 'local',
    what: 'a process on this machine, over its standard streams',
    settles: 'connected',
    make: (place) => stdio(place, '--name', 'local'),
  },
  {
    name: 'crashes',
    what: 'a process that dies after two seconds and is started again',
    settles: 'connected',
    make: (place) =>
      stdio(place, '--crash-after', '2000', '--crash-starts', '1', '--state', `${place.folder}/crashes.starts`),
  },
  {
    name: 'flaky',
    what: 'answers 503 twice, then works',
    settles: 'connected',
    make: ({ server }) => ({
      type: 'http',
      url: server.mount('/flaky', firstThen(2, status(503), mcpServer({ era: 'legacy', name: 'flaky' }))).url,
    }),
  },
  {
    name: 'modern',
    what: 'speaks the revision without sessions',
    settles: 'connected',
    make: ({ server }) => ({
      type: 'http',
      url: server.mount('/modern', mcpServer({ era: 'modern', name: 'modern' })).url,
    }),
  },
  {
    name: 'old',
    what: 'speaks HTTP+SSE, the transport of 2024; its entry has no type',
    settles: 'connected',
    make: ({ server }) => ({ url: server.mount('/old', legacySseServer({ name: 'old' })).url }),
  },
  {
    name: 'heals',
    what: 'refuses its header for five seconds, then takes it; nobody has to do anything',
    settles: 'connected',
    make: ({ server }) => ({
      type: 'http',
      url: server.mount('/heals', firstWhile(HEALS_AFTER_MS, status(401), mcpServer({ name: 'heals' }))).url,
      headers: { 'X-Api-Key': 'demonstration-key' },
      // Half a minute is right for real servers and long for somebody who watches.
      holdfast: { authProbeMs: 3_000 },
    }),
  },
  {
    name: 'sign-in',
    what: 'wants a sign-in and says where',
    settles: 'needs-auth',
    make: ({ server }) => ({ type: 'http', url: mountSignIn(server, '/sign-in').url }),
  },
  {
    name: 'gone',
    what: 'has nothing at its address: 404',
    settles: 'failed',
    make: ({ server }) => ({ type: 'http', url: server.mount('/gone', status(404)).url }),
  },
  {
    name: 'off',
    what: 'switched off by its entry; nothing is contacted',
    settles: 'disabled',
    make: (place) => ({ ...stdio(place, '--name', 'off'), disabled: true }),
  },
];
