/**
 * The command line in memory: scripted ports, and everything that was written.
 *
 * @module
 */
import { COMMANDS } from '../../src/cli/commands.ts';
import type {
  BundlePortAsk,
  ChildAsk,
  DaemonPort,
  DemoServers,
  GatewayPort,
  InstallPort,
  Joined,
  LoginStore,
  PagePort,
  Ports,
} from '../../src/cli/context.ts';
import type { Io } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';
import type { ConfigPort, ConfiguredServer, LoadedConfig } from '../../src/core/config-model.ts';
import type { Fleet, Owner } from '../../src/core/fleet.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import type { View } from '../../src/core/view.ts';
import type { Webhook, WebhookList, WebhookTry } from '../../src/core/webhook.ts';
import { createVirtualClock } from '../../src/testing/virtual-clock.ts';
import type { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { recordingFleet } from './recording-fleet.ts';
import type { Recorded } from './recording-fleet.ts';

export { COMMANDS };

export const OWNER: Owner = { kind: 'daemon', pid: 4321, version: '0.1.0', startedAt: '2026-01-01T00:00:00.000Z' };
export const VIEW: View = { configDir: '/home/me/.config/holdfast', home: '/home/me', variables: {}, path: '/bin' };

const LONGEST_MS = 600_000;

/** What the terminal is like. */
export interface TerminalFacts {
  readonly isTTY: boolean;
  readonly color: boolean;
  readonly columns: number;
  readonly stdin: string;
  readonly answers: readonly string[];
  /** What is typed without being shown, one line each; `\u0003` is Ctrl-C. A number waits so many ms first. */
  readonly hidden: readonly (string | number)[];
}

/** A command line in memory. */
export interface CliRig {
  readonly clock: VirtualClock;
  /** Calls that the fleet heard. */
  readonly calls: readonly Recorded[];
  /** Which ports were opened, in order. */
  readonly opened: readonly string[];
  /** Methods of the configuration port that were called, with their arguments. */
  readonly writes: readonly { readonly method: string; readonly args: readonly unknown[] }[];
  readonly edited: readonly (readonly string[])[];
  /** Commands that were run for the person. */
  readonly children: readonly ChildAsk[];
  readonly bundles: readonly BundlePortAsk[];
  /** Webhooks that were sent a test, one list for each command. */
  readonly tested: readonly (readonly Webhook[])[];
  /** Addresses that were opened in the browser. */
  readonly browsed: readonly string[];
  /** To which servers the fleets of this process were limited. */
  readonly limited: readonly (readonly string[])[];
  out: string;
  err: string;
  interrupt(): void;
  /** Types a command line and gives its exit code. */
  type(...words: readonly string[]): Promise<number>;
  /** Types one and parses what came out. */
  json<T = Record<string, unknown>>(...words: readonly string[]): Promise<T>;
}

/** What the rig is made from. */
export interface RigOptions {
  readonly snapshots?: readonly Snapshot[];
  readonly fleet?: { [M in keyof Fleet]?: Fleet[M] };
  readonly servers?: readonly ConfiguredServer[];
  readonly loaded?: Partial<LoadedConfig>;
  readonly config?: Partial<ConfigPort>;
  /** Whether a daemon runs; default no. */
  readonly daemon?: boolean;
  /** The running daemon is older than this program. */
  readonly outdated?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly view?: Partial<View>;
  readonly terminal?: Partial<TerminalFacts>;
  readonly demo?: DemoServers;
  readonly platform?: NodeJS.Platform;
  /** Version of Node. */
  readonly node?: string;
  /** Who the daemon is. */
  readonly owner?: Owner;
  /** Whether the browser can be started; default yes. */
  readonly browser?: boolean;
  /** Files that the machine has. */
  readonly has?: readonly string[];
  readonly logins?: Partial<LoginStore>;
  readonly gateway?: GatewayPort;
  readonly install?: InstallPort;
  readonly page?: PagePort;
  readonly menu?: Ports['menu'];
  readonly webhooks?: WebhookList;
  /** What came of a test of this webhook; `undefined` = taken. */
  readonly tryWebhook?: (hook: Webhook) => WebhookTry | undefined;
  /** What a command under `run` does; default: ends with 0. */
  readonly child?: (ask: ChildAsk) => Promise<number>;
}

/** A configured server of our own file. */
export function configured(name: string, more: Partial<ConfiguredServer> = {}): ConfiguredServer {
  const source = {
    client: 'holdfast',
    scope: 'own',
    file: '/home/me/.config/holdfast/servers.json',
    line: 3,
    pointer: `mcpServers.${name}`,
  } as const;
  return {
    name,
    source,
    entry: {
      name,
      source,
      endpoint: { kind: 'http', url: `https://${name}.example/mcp`, headers: {} },
      settings: { protocolEra: 'auto', numbers: {} },
    },
    approval: { state: 'not-needed', summary: [], difference: [] },
    enabled: true,
    shadows: [],
    ...more,
  };
}

const NO_LOGINS: LoginStore = {
  place: '/home/me/.local/state/holdfast/credentials',
  list: async () => [],
  notices: () => [],
  remove: async () => false,
  exported: async () => undefined,
  writePrivate: async () => undefined,
  readText: async () => '',
  imported: () => Promise.reject(new Error('not scripted')),
  serverOfFlow: async () => undefined,
};

/** A rig. Without snapshots the fleet is empty. */
export function cliRig(options: RigOptions = {}): CliRig {
  const clock = createVirtualClock();
  const snapshots = options.snapshots ?? [];
  const opened: string[] = [];
  const writes: { method: string; args: readonly unknown[] }[] = [];
  const edited: (readonly string[])[] = [];
  const children: ChildAsk[] = [];
  const bundles: BundlePortAsk[] = [];
  const tested: (readonly Webhook[])[] = [];
  const browsed: string[] = [];
  const hidden = [...(options.terminal?.hidden ?? [])];
  const limited: (readonly string[])[] = [];
  const interrupt = new AbortController();
  const answers = [...(options.terminal?.answers ?? [])];
  const { fleet, calls } = recordingFleet({
    snapshots: async () => snapshots,
    settled: async () => snapshots,
    sources: async () => ({ files: [], notLoaded: [], variables: [] }),
    owner: async () => OWNER,
    close: async () => undefined,
    async *events() {
      // Nothing happens.
    },
    ...options.fleet,
  });
  const loaded: LoadedConfig = {
    servers: options.servers ?? [],
    notLoaded: [],
    files: [],
    variables: [],
    ...options.loaded,
  };
  const written =
    (method: string) =>
    async (...args: readonly unknown[]) => {
      writes.push({ method, args });
      return {
        file: '/home/me/.config/holdfast/servers.json',
        line: 7,
        pointer: 'mcpServers.x',
        action: 'added' as const,
      };
    };
  const config: ConfigPort = {
    load: async () => loaded,
    resolve: () => Promise.reject(new Error('not scripted')),
    watch: () => () => undefined,
    add: written('add'),
    edit: written('edit'),
    remove: written('remove'),
    setEnabled: async (...args) => void writes.push({ method: 'setEnabled', args }),
    approve: async (...args) => void writes.push({ method: 'approve', args }),
    reject: async (...args) => void writes.push({ method: 'reject', args }),
    setProfile: async (...args) => void writes.push({ method: 'setProfile', args }),
    ...options.config,
  };
  const open = (what: string): Fleet => {
    opened.push(what);
    return fleet;
  };
  const viewOf: Ports['view'] = async (files) => ({
    ...VIEW,
    ...options.view,
    ...(files.length === 0 ? {} : { files }),
  });
  const join = (what: string, started: boolean): Joined => ({
    fleet: open(what),
    owner: options.owner ?? OWNER,
    view: viewOf,
    started,
    outdated: options.outdated === true,
  });
  const daemon: DaemonPort = {
    connect: async () => (options.daemon === true ? join('connect', false) : undefined),
    ensure: async () => join('ensure', options.daemon !== true || options.outdated === true),
    report: async () =>
      options.daemon === true ? { record: { owner: OWNER }, lines: ['daemon, pid 4321'] } : undefined,
    stop: async () => {
      opened.push('stop');
      return options.daemon === true ? OWNER : undefined;
    },
    run: async () => 'ended',
  };
  const facts: TerminalFacts = {
    isTTY: false,
    color: false,
    columns: 100,
    stdin: '',
    answers: [],
    hidden: [],
    ...options.terminal,
  };
  const rig = { out: '', err: '' };
  const io: Io = {
    out: (line) => void (rig.out += `${line}\n`),
    raw: (data) => void (rig.out += String(data)),
    err: (line) => void (rig.err += `${line}\n`),
    errRaw: (text) => void (rig.err += text),
    isTTY: facts.isTTY,
    errIsTTY: facts.isTTY,
    stdinIsTTY: facts.isTTY,
    columns: facts.columns,
    rows: 40,
    color: facts.color,
    animate: facts.isTTY,
    stdin: async () => facts.stdin,
    ask: async (question) => {
      rig.err += question;
      return answers.shift() ?? '';
    },
    hidden: async ({ signal, typed }) => {
      const next = hidden.shift();
      if (typeof next === 'number') {
        await clock.sleep(next, signal).catch(() => undefined);
        return signal.aborted ? { kind: 'ended' } : io.hidden({ signal, ...(typed === undefined ? {} : { typed }) });
      }
      if (next === '\u0003') return { kind: 'interrupted' };
      if (next !== undefined) {
        typed?.(next.length);
        return { kind: 'line', text: next };
      }
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ kind: 'ended' }));
        if (signal.aborted) resolve({ kind: 'ended' });
      });
    },
  };
  const ports: Ports = {
    clock,
    env: options.env ?? {},
    place: { home: '/home/me', cwd: '/code/app' },
    version: '0.1.0',
    program: 'holdfast',
    signal: interrupt.signal,
    interrupted: () => interrupt.signal.aborted,
    outputFault: () => undefined,
    view: viewOf,
    config: async () => config,
    inProcess: async (_view, only) => {
      limited.push(only);
      return open('in-process');
    },
    daemon,
    demo: async () => {
      if (options.demo === undefined) throw new Error('no demonstration is scripted');
      return options.demo;
    },
    openUrl: async (url) => {
      browsed.push(url);
      return options.browser ?? true;
    },
    machine: {
      platform: options.platform ?? 'darwin',
      hostname: () => 'box',
      node: options.node ?? 'v20.19.0',
      has: (path) => options.has?.includes(path) === true,
    },
    logins: async () => ({ ...NO_LOGINS, ...options.logins }),
    gateway: async () => {
      if (options.gateway === undefined) throw new Error('no gateway is scripted');
      return options.gateway;
    },
    menu: async (ask) => {
      if (options.menu === undefined) throw new Error('no menu is scripted');
      return options.menu(ask);
    },
    page: async () => {
      if (options.page === undefined) throw new Error('no page is scripted');
      return options.page;
    },
    install: async () => {
      if (options.install === undefined) throw new Error('no client files are scripted');
      return options.install;
    },
    webhooks: async () => options.webhooks ?? { hooks: [], problems: [] },
    tryWebhooks: async (hooks) => {
      tested.push(hooks);
      return hooks.map(
        (hook) =>
          options.tryWebhook?.(hook) ?? {
            took: true,
            answer: 'HTTP 204',
            httpStatus: 204,
            durationMs: 12,
            id: 'test_1',
          },
      );
    },
    bundle: async (ask) => void bundles.push(ask),
    child: async (ask) => {
      children.push(ask);
      return options.child === undefined ? 0 : options.child(ask);
    },
    edit: async (command, args) => {
      edited.push([command, ...args]);
      return 0;
    },
    asset: async (path) => `asset ${path}\n`,
  };
  return Object.assign(rig, {
    clock,
    calls,
    opened,
    writes,
    edited,
    children,
    bundles,
    tested,
    browsed,
    limited,
    interrupt: () => interrupt.abort(),
    async type(...words: readonly string[]): Promise<number> {
      rig.out = '';
      rig.err = '';
      const ended = { yes: false };
      const running = run(words, ports, io).finally(() => {
        ended.yes = true;
      });
      // Time goes by itself, but only while somebody waits for it: loading code takes none.
      const limit = clock.now() + LONGEST_MS;
      while (!ended.yes && clock.now() < limit) await (clock.pending > 0 ? clock.advance(50) : clock.settle());
      return running;
    },
    async json<T>(...words: readonly string[]): Promise<T> {
      await this.type(...words);
      return JSON.parse(rig.out) as T;
    },
  });
}
