/**
 * A page over a scripted fleet, on real loopback sockets: what browsers and others send it, and what it answers.
 *
 * @module
 */
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { systemClock } from '../../src/base/clock.ts';
import type { Clock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { ConfiguredServer } from '../../src/core/config-model.ts';
import type { FleetEvent } from '../../src/core/events.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import type { LoginPlace } from '../../src/core/login-place.ts';
import type { TerminalNotice } from '../../src/web/guard/terminal-codes.ts';
import { listenPage } from '../../src/web/listen.ts';
import type { ListeningPage } from '../../src/web/listen.ts';
import { recordingFleet } from './recording-fleet.ts';
import type { Recorded } from './recording-fleet.ts';

/** An answer, read whole. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What is sent. */
export interface PageAsk {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  /** A body that is no form. */
  readonly body?: string;
}

/** A browser that was let in. */
export interface Visitor {
  readonly cookie: string;
  readonly csrf: string;
  readonly get: (path: string, ask?: PageAsk) => Promise<PageAnswer>;
  /** As the page's own forms do; `form` without its proof. */
  readonly post: (path: string, form?: Readonly<Record<string, string>>, ask?: PageAsk) => Promise<PageAnswer>;
}

/** The page and everything around it. */
export interface PageRig {
  readonly page: ListeningPage;
  readonly calls: readonly Recorded[];
  /** What the terminal has shown. */
  readonly notices: readonly TerminalNotice[];
  readonly send: (path: string, ask?: PageAsk) => Promise<PageAnswer>;
  /** Opens the page in a new browser. */
  readonly visitor: () => Promise<Visitor>;
  close(): Promise<void>;
}

/** What the rig is made from. */
export interface PageRigOptions {
  readonly snapshots?: readonly Snapshot[];
  readonly fleet?: { [M in keyof Fleet]?: Fleet[M] };
  readonly servers?: readonly ConfiguredServer[];
  readonly loginPlaceOf?: (name: string) => LoginPlace | undefined;
  readonly clock?: Clock;
  readonly home?: string;
}

const LIMIT_MS = 10_000;

function exchange(origin: string, path: string, ask: PageAsk): Promise<PageAnswer> {
  const body = ask.form === undefined ? ask.body : new URLSearchParams(ask.form).toString();
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const outgoing = request(
      {
        hostname,
        port,
        path,
        method: ask.method ?? 'GET',
        timeout: LIMIT_MS,
        headers: {
          ...(ask.form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
          ...ask.headers,
        },
      },
      (incoming) => {
        const parts: Buffer[] = [];
        incoming.on('data', (part: Buffer) => parts.push(part));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(parts).toString('utf8'),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Events of a fleet in which nothing happens. */
async function* silence(signal: AbortSignal): AsyncIterable<FleetEvent> {
  yield* [];
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
}

/** The value of the cookie that an answer sets. */
export function cookieOf({ headers }: PageAnswer): string {
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

/** Starts it. Who starts it closes it. */
export async function startPageRig(options: PageRigOptions = {}): Promise<PageRig> {
  const snapshots = options.snapshots ?? [];
  const { fleet, calls } = recordingFleet({
    owner: async () => ({ kind: 'daemon', pid: 4_711, version: '0.1.0', startedAt: '2026-01-01T00:00:00.000Z' }),
    snapshots: async () => snapshots,
    snapshot: async (name) => snapshots.find((one) => one.name === name) ?? Promise.reject(new Error(`no ${name}`)),
    sources: async () => ({ files: [], notLoaded: [], variables: [] }),
    lists: async () => ({ tools: [], prompts: [], resources: [], resourceTemplates: [] }),
    logs: async () => [],
    events: (signal) => silence(signal),
    ...options.fleet,
  });
  const notices: TerminalNotice[] = [];
  const page = await listenPage(
    {
      fleet,
      config: { load: async () => ({ servers: options.servers ?? [], notLoaded: [], files: [], variables: [] }) },
      view: { configDir: '/cfg', home: options.home ?? '/home/me', variables: {}, path: '/bin' },
      commandOf: async (name) => `run ${name}`,
      loginPlaceOf: async (name) => options.loginPlaceOf?.(name),
      clock: options.clock ?? systemClock,
      logger: silentLogger,
      version: '0.1.0',
      program: 'holdfast',
      suffix: '',
      assets: new Map([['page.css', { type: 'text/css; charset=utf-8', text: 'body{}' }]]),
      show: (notice) => void notices.push(notice),
    },
    [0],
  );
  const send: PageRig['send'] = (path, ask = {}) => exchange(page.origin, path, ask);
  return {
    page,
    calls,
    notices,
    send,
    async visitor() {
      const { pathname, search } = new URL(page.opening().url);
      const cookie = cookieOf(await send(`${pathname}${search}`));
      const home = await send('/add', { headers: { cookie } });
      const csrf = /name="csrf" value="([^"]+)"/.exec(home.text)?.[1] ?? '';
      return {
        cookie,
        csrf,
        get: (path, ask = {}) => send(path, { ...ask, headers: { cookie, ...ask.headers } }),
        post: (path, form = {}, ask = {}) =>
          send(path, {
            method: 'POST',
            form: { csrf, ...form },
            ...ask,
            headers: { cookie, origin: page.origin, 'sec-fetch-site': 'same-origin', ...ask.headers },
          }),
      };
    },
    close: () => page.close(),
  };
}
