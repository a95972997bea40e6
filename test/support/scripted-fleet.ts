/**
 * A local fleet on a virtual clock over scripted ports: what each try answers is a list, and every contact is counted.
 *
 * @module
 */
import { silentLogger } from '../../src/base/logger.ts';
import { seededRandom } from '../../src/base/random.ts';
import { Redactor, Secret } from '../../src/base/secret.ts';
import type { ConfigPort, ConfiguredServer, LoadedConfig } from '../../src/core/config-model.ts';
import type { EffectiveEntry, HelperSpec, RemoteEndpoint } from '../../src/core/entry.ts';
import type { Answer, CallFault } from '../../src/core/fault.ts';
import type { Meter } from '../../src/core/meter.ts';
import { DEFAULT_NUMBERS, resolveNumbers } from '../../src/core/numbers.ts';
import type { NumberOverrides } from '../../src/core/numbers.ts';
import type {
  Connector,
  Credentials,
  HeaderOutcome,
  Lists,
  OpenOutcome,
  OpenRequest,
  Session,
} from '../../src/core/ports.ts';
import type { View } from '../../src/core/view.ts';
import { LocalFleet } from '../../src/fleet/local-fleet.ts';
import { MemoryLogins } from '../../src/testing/memory-logins.ts';
import { MemorySignIns } from '../../src/testing/memory-sign-ins.ts';
import { createVirtualClock } from '../../src/testing/virtual-clock.ts';
import type { VirtualClock } from '../../src/testing/virtual-clock.ts';

export const http = (status: number, more: Partial<Extract<Answer, { kind: 'http' }>> = {}): Answer => ({
  kind: 'http',
  status,
  challenges: [],
  ...more,
});
export const REFUSED: Answer = { kind: 'network', errno: 'ECONNREFUSED' };
export const EXIT = (code: number): Answer => ({ kind: 'exit', exit: { code, signal: null, stderr: ['boom'] } });

export const VIEW: View = { configDir: '/cfg', home: '/home/me', variables: {}, path: '/bin' };

/** What one server answers; edit it while the fleet runs. */
export interface Script {
  /**
   * Answers of the next tries, in order; the last one stays. `ok` opens a session, `hang` never answers, `late` opens a
   * session after `lateMs`, whatever it was told meanwhile.
   */
  tries: (Answer | 'ok' | 'hang' | 'late')[];
  /** Answers of our own contacts; empty = well. `hang` never answers by itself. */
  contacts: (Answer | undefined | 'hang')[];
  /** Answers of the next calls; empty = well. `hang` ends with the session, or when it is cancelled. */
  calls: (CallFault | { result: unknown } | 'hang')[];
  readonly opened: {
    readonly at: number;
    readonly headers: readonly string[];
    readonly lastLists?: Lists | undefined;
    /** The PATH that a process would get. */
    readonly path?: string | undefined;
  }[];
  sessions: ScriptedSession[];
  signIn: EffectiveEntry['signIn'];
  /** Outcome of the helper. */
  helper: (fresh: boolean) => HeaderOutcome | Promise<HeaderOutcome>;
  helperTtlMs: number;
  helperRuns: number;
  advertised: boolean;
  numbers: NumberOverrides;
  enabled: boolean;
  approval: ConfiguredServer['approval']['state'];
  /** What an approval would name. */
  hash: string;
  problem: ConfiguredServer['problem'];
  /** What the effective entry is made of: equal contents share a connection. */
  content: string | ((view: View) => string);
  /** The lists of sessions that open from now on. */
  tools: readonly unknown[];
  /** How long a session takes to close. */
  closeMs: number;
  lateMs: number;
  /** Fields of the entry's endpoint as it stands in the file. */
  endpoint: Partial<RemoteEndpoint>;
  /** What was passed over in the entry. */
  notes: readonly string[];
}

export interface ScriptedSession extends Session {
  lists: Lists;
  closed: boolean;
  /** When it was closed whole, ms since the start. */
  closedAt?: number;
  /** `acted` = the server may have acted on it. */
  readonly sent: { readonly method: string; readonly headers: readonly string[]; readonly acted: boolean }[];
}

const helperSpec = ({ helperTtlMs }: Script): HelperSpec => ({
  command: 'print-headers',
  cwd: '/',
  ttlMs: helperTtlMs,
  fromProject: false,
  path: '/bin',
});

export function script(tries: Script['tries'] = ['ok'], more: Partial<Script> = {}): Script {
  return {
    tries,
    contacts: [],
    calls: [],
    opened: [],
    sessions: [],
    signIn: 'none',
    helper: () => ({
      ok: true,
      kind: 'helper',
      headers: { authorization: new Secret('Bearer from-helper') },
      run: { at: 0, durationMs: 5, exitCode: 0, headerNames: ['authorization'], stderr: [], outcome: 'ok' },
    }),
    helperTtlMs: 0,
    helperRuns: 0,
    advertised: false,
    numbers: {},
    enabled: true,
    approval: 'not-needed',
    hash: 'sha256:abc',
    problem: undefined,
    content: '1',
    tools: [{ name: 'echo' }],
    closeMs: 0,
    lateMs: 100_000,
    endpoint: {},
    notes: [],
    ...more,
  };
}

const CLOSED: CallFault = {
  kind: 'closed',
  sent: 'maybe',
  answer: { kind: 'network', errno: 'ECONNABORTED' },
  text: 'The connection ended.',
};

function makeSession(about: Script, request: OpenRequest, clock: VirtualClock, startedAt: number): ScriptedSession {
  let headers = Object.keys(request.headers);
  const ended = new AbortController();
  /** Resolves when the session is closed or the signal aborts; whichever comes first. */
  const over = (signal: AbortSignal | undefined): Promise<'closed' | 'cancelled'> =>
    new Promise((resolve) => {
      ended.signal.addEventListener('abort', () => resolve('closed'));
      signal?.addEventListener('abort', () => resolve('cancelled'));
    });
  const session: ScriptedSession = {
    transport: request.entry.endpoint.kind === 'stdio' ? 'stdio' : 'http',
    era: 'legacy',
    protocolVersion: '2025-11-25',
    capabilities: {},
    lists: { tools: about.tools, prompts: [], resources: [], resourceTemplates: [] },
    onEvent: undefined,
    closed: false,
    sent: [],
    request: async (method, _params, options) => {
      if (ended.signal.aborted) return { ok: false, fault: { ...CLOSED, sent: 'no' } };
      const next = about.calls.shift() ?? { result: { ok: true } };
      const acted = next === 'hang' || 'result' in next || next.sent === 'maybe';
      session.sent.push({ method, headers, acted });
      if (next === 'hang') {
        const how = await over(options?.signal);
        const fault: CallFault = { kind: 'cancelled', sent: 'maybe', text: 'The call was cancelled.' };
        return { ok: false, fault: how === 'closed' ? CLOSED : fault };
      }
      return 'result' in next ? { ok: true, result: next.result } : { ok: false, fault: next };
    },
    contact: async (signal) => {
      const next = about.contacts.shift();
      if (next !== 'hang') return next;
      await over(signal);
      return { kind: 'timeout' };
    },
    setHeaders: (fresh) => {
      headers = Object.keys(fresh);
    },
    stderr: () => [],
    close: async () => {
      session.closed = true;
      ended.abort();
      if (about.closeMs > 0) await clock.sleep(about.closeMs);
      session.closedAt ??= clock.now() - startedAt;
    },
  };
  about.sessions.push(session);
  return session;
}

export interface Rig {
  readonly fleet: LocalFleet;
  readonly clock: VirtualClock;
  readonly scripts: Record<string, Script>;
  /** Tells the fleet that its configuration changed. */
  changed(): Promise<void>;
}

export interface RigOptions {
  readonly seed?: number;
  readonly numbers?: NumberOverrides;
  readonly redactor?: Redactor;
  /** Runs before each reading of the configuration. */
  readonly loading?: () => Promise<void>;
  readonly notLoaded?: LoadedConfig['notLoaded'];
  readonly variables?: readonly string[];
  /** Counts what happens. */
  readonly meter?: Meter;
}

/** A running fleet of scripted servers. */
export function rig(scripts: Record<string, Script>, options: RigOptions = {}): Rig {
  const clock = createVirtualClock();
  const started = clock.now();
  const listeners = new Set<() => void>();
  /** As the watch of the files does. */
  const announce = (): void => {
    for (const listener of listeners) listener();
  };
  const source = (name: string): ConfiguredServer['source'] => ({
    client: 'holdfast',
    scope: 'own',
    file: '/cfg/servers.json',
    line: 1,
    pointer: `mcpServers.${name}`,
  });
  const find = (name: string): Script => scripts[name] as Script;
  const connector: Connector = {
    open: async (request): Promise<OpenOutcome> => {
      const about = find(request.entry.name);
      about.opened.push({
        at: clock.now() - started,
        headers: Object.keys(request.headers),
        lastLists: request.lastLists,
        path: request.entry.endpoint.kind === 'stdio' ? request.entry.endpoint.path : undefined,
      });
      const next = about.tries.length > 1 ? about.tries.shift() : about.tries[0];
      if (next === 'hang')
        await new Promise<void>((resolve) => request.signal.addEventListener('abort', () => resolve()));
      if (next === 'hang') return { ok: false, answer: { kind: 'timeout' } };
      if (next === 'late') await clock.sleep(about.lateMs);
      if (next === 'ok' || next === 'late' || next === undefined)
        return { ok: true, session: makeSession(about, request, clock, started) };
      return { ok: false, answer: next };
    },
    close: async () => undefined,
  };
  const credentials: Credentials = {
    headers: async (entry, { fresh }) => {
      const about = find(entry.name);
      if (about.signIn === 'helper') {
        about.helperRuns += 1;
        return about.helper(fresh);
      }
      const kind = about.signIn === 'headers' ? 'headers' : 'none';
      return { ok: true, kind, headers: kind === 'headers' ? { authorization: new Secret('Bearer static') } : {} };
    },
    advertises: async (endpoint) => ({ offered: find(new URL(endpoint.url).pathname.slice(1)).advertised }),
    forget: () => ['forgot the output of the helper'],
  };
  const config: ConfigPort = {
    load: async () => {
      await options.loading?.();
      return {
        servers: Object.entries(scripts).map(([name, about]): ConfiguredServer => ({
          name,
          source: source(name),
          entry: {
            name,
            source: source(name),
            endpoint:
              about.signIn === 'stdio'
                ? { kind: 'stdio', command: 'x', args: [], env: {} }
                : { kind: 'http', url: `http://127.0.0.1/${name}`, headers: {}, ...about.endpoint },
            settings: { protocolEra: 'auto', numbers: about.numbers },
          },
          ...(about.problem === undefined ? {} : { problem: about.problem }),
          approval: { state: about.approval, hash: about.hash, summary: [], difference: [] },
          enabled: about.enabled,
          shadows: [],
          notes: about.notes,
        })),
        notLoaded: options.notLoaded ?? [],
        files: [],
        variables: options.variables ?? [],
      };
    },
    resolve: async (server, view): Promise<EffectiveEntry> => {
      const about = find(server.name);
      const content = typeof about.content === 'string' ? about.content : about.content(view);
      return {
        name: server.name,
        source: server.source,
        key: content.includes('#') ? content : `${server.name}#${content}`,
        endpoint:
          about.signIn === 'stdio'
            ? { kind: 'stdio', command: 'x', args: [], env: {}, cwd: '/', path: view.path }
            : {
                kind: 'http',
                url: `http://127.0.0.1/${server.name}`,
                headers: {},
                ...(about.signIn === 'helper' ? { helper: helperSpec(about) } : {}),
              },
        settings: { protocolEra: 'auto', numbers: about.numbers },
        signIn: about.signIn,
      };
    },
    watch: (_view, changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    add: () => Promise.reject(new Error('not scripted')),
    edit: () => Promise.reject(new Error('not scripted')),
    remove: () => Promise.reject(new Error('not scripted')),
    setEnabled: async (_view, server, enabled) => {
      find(server.name).enabled = enabled;
      announce();
    },
    approve: async (_view, server) => {
      find(server.name).approval = 'approved';
      announce();
    },
    setProfile: () => Promise.reject(new Error('not scripted')),
    reject: async (_view, server) => {
      find(server.name).approval = 'rejected';
      announce();
    },
  };
  const fleet = new LocalFleet({
    clock,
    random: seededRandom(options.seed ?? 1),
    logger: silentLogger,
    redactor: options.redactor ?? new Redactor(),
    connector,
    credentials,
    signIns: new MemorySignIns(() => undefined, clock, new MemoryLogins(clock)),
    config,
    numbers: options.numbers === undefined ? DEFAULT_NUMBERS : resolveNumbers(options.numbers),
    owner: { kind: 'in-process', pid: 1, version: '0' },
    view: VIEW,
    ...(options.meter === undefined ? {} : { meter: options.meter }),
  });
  return {
    fleet,
    clock,
    scripts,
    changed: async () => {
      announce();
      await clock.settle();
    },
  };
}

/** The fleet, opened and advanced by `ms`. */
export async function started(about: Rig, ms = 0): Promise<void> {
  await about.fleet.snapshots();
  await about.clock.advance(ms);
}
