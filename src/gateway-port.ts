/**
 * Wires the gateway into the owner of a fleet: what clients ask for over a channel of lines is served here, for as long
 * as their channel stands.
 *
 * @module
 */
import { lstatSync, readFileSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import type { Base } from './assemble.ts';
import { HoldfastError, errnoOf } from './base/errors.ts';
import type { Fleet } from './core/fleet.ts';
import { viewKey } from './core/view.ts';
import type { View } from './core/view.ts';
import type { Channel } from './daemon/channel.ts';
import { errorToJson } from './daemon/wire-error.ts';
import { nearest } from './fleet/nearest.ts';
import { Endpoints } from './gateway/front/endpoints.ts';
import type { Endpoint, GatewayDeps } from './gateway/front/endpoints.ts';
import { listenHttp } from './gateway/front/http.ts';
import type { HttpGateway, HttpOptions } from './gateway/front/http.ts';
import { LineConversation } from './gateway/front/lines.ts';
import { SharedEndpoints } from './gateway/front/shared-endpoints.ts';
import { liveToken } from './gateway/guard/live-token.ts';
import type { TokenFile } from './gateway/guard/live-token.ts';
import { GatewayToken } from './gateway/guard/token.ts';
import type { PageAsk } from './page-port.ts';
import { collectForCalls } from './system/collector.ts';
import { createFiles } from './system/files.ts';
import { createLocks } from './system/locks.ts';
import { VERSION } from './version.ts';

/** The first line of a channel: what is to be served over it. */
export type GatewayAsk =
  /** MCP in lines; `server` alone, or all. The answer is one line: `{"serving": true}` or `{"error": {…}}`. */
  | { readonly kind: 'lines'; readonly view?: View; readonly server?: string }
  /** A listener over HTTP, until the channel ends. The answer is one line: `{"listening": {…}}` or `{"error": {…}}`. */
  | {
      readonly kind: 'http';
      readonly view?: View;
      /** The first of them that is free is taken; 0 = any. */
      readonly ports: readonly number[];
      readonly address?: string;
      readonly hosts?: readonly string[];
      readonly origins?: readonly string[];
      /** Lets everybody on this machine in. */
      readonly open?: boolean;
    }
  | PageAsk;

/** The token of the gateway of this user. */
export function gatewayToken({ clock, host, folders, redactor }: Base): GatewayToken {
  return new GatewayToken({
    files: createFiles({ clock }),
    locks: createLocks({ clock, platform: host.platform }),
    redactor,
    path: join(folders.state, 'gateway-token'),
    uid: host.uid,
  });
}

async function depsOf(base: Base, fleet: Fleet, view: View | undefined): Promise<GatewayDeps> {
  const { clock, logger, mark } = base;
  return {
    fleet,
    clock,
    logger,
    meter: await base.meter(),
    mark,
    version: VERSION,
    tracing: await base.tracing(),
    ...(view === undefined ? {} : { view }),
  };
}

/** The file of the token as a listener looks at it. */
function tokenFile(path: string, uid: number | undefined): TokenFile {
  const facts = (): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });
  return {
    mark() {
      const found = facts();
      const isOurs =
        found?.isFile() === true && (uid === undefined || (found.uid === uid && (found.mode & 0o077) === 0));
      return isOurs ? `${found.ino} ${found.mtimeMs} ${found.size}` : undefined;
    },
    text: () => readFileSync(path, 'utf8'),
  };
}

async function tokenOf(base: Base): Promise<() => string> {
  const token = gatewayToken(base);
  await token.token();
  const { clock, redactor, host } = base;
  return liveToken({ clock, redactor, file: tokenFile(token.path, host.uid) });
}

type HttpAsk = Extract<GatewayAsk, { readonly kind: 'http' }>;

/** Rules of the ask. An address that stands for no other than itself may be asked for by its own name. */
function rulesOf(
  { address, hosts = [], origins }: HttpAsk,
  token: (() => string) | undefined,
): Omit<HttpOptions, 'port'> {
  const own = address === undefined || /^(?:0\.0\.0\.0|::)$/.test(address) ? [] : [hostOf(address)];
  return {
    hosts: [...hosts, ...own],
    ...(address === undefined ? {} : { address }),
    ...(origins === undefined ? {} : { origins }),
    ...(token === undefined ? {} : { token }),
  };
}

const hostOf = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/** Listens over HTTP, at the first free port of the ask. Errors: those of `listenHttp` and of the token's file. */
export async function serveHttp(base: Base, fleet: Fleet, ask: HttpAsk): Promise<HttpGateway> {
  collectForCalls();
  const rules = rulesOf(ask, ask.open === true ? undefined : await tokenOf(base));
  const deps = await depsOf(base, fleet, ask.view);
  const [port = 0, ...others] = ask.ports;
  try {
    const gateway = await listenHttp(deps, { ...rules, port });
    // Servers are connected from now on, not from the first question on.
    fleet.snapshots(ask.view).catch((error: unknown) => base.logger.error({ error }, 'the servers are not known'));
    return gateway;
  } catch (error) {
    const isTaken = error instanceof HoldfastError && errnoOf(error.cause) === 'EADDRINUSE';
    if (!isTaken || others.length === 0) throw error;
    return serveHttp(base, fleet, { ...ask, ports: others });
  }
}

async function endpointOf(
  endpoints: Endpoints,
  server: string | undefined,
  { fleet, view }: GatewayDeps,
): Promise<Endpoint> {
  if (server === undefined) return endpoints.all();
  const endpoint = await endpoints.of(server);
  if (endpoint !== undefined) return endpoint;
  const names = (await fleet.snapshots(view)).map(({ name }) => name);
  throw new HoldfastError('ERR_SERVER_UNKNOWN', `no server is named "${server}"`, {
    hint: 'Run "holdfast list" to see the configured servers.',
    data: { server, nearest: nearest(server, names) },
  });
}

/** What the conversations of a fleet share. */
const shared = new WeakMap<Fleet, SharedEndpoints>();

/** A conversation in lines with one client. The result ends it. */
export async function serveLines(
  base: Base,
  fleet: Fleet,
  about: { readonly view?: View; readonly server?: string; readonly send: (line: string) => void },
): Promise<{ receive(line: string): void; close(): void }> {
  collectForCalls();
  const deps = await depsOf(base, fleet, about.view);
  const known = shared.get(fleet) ?? new SharedEndpoints();
  shared.set(fleet, known);
  const key = about.view === undefined ? '' : viewKey(about.view);
  const { endpoints, release } = known.take(key, () => new Endpoints(deps));
  const endpoint = await endpointOf(endpoints, about.server, deps).catch((error: unknown) => {
    release();
    throw error;
  });
  const conversation = new LineConversation(endpoint, about.send);
  return {
    receive: (line) => {
      conversation.receive(line).catch((error: unknown) => base.logger.error({ error }, 'a line of a client broke'));
    },
    close: () => {
      conversation.close();
      release();
    },
  };
}

/** Serves what was asked for until the channel ends. Resolves with what takes the lines after the first. */
async function serveAsk(base: Base, fleet: Fleet, channel: Channel, ask: GatewayAsk): Promise<(line: string) => void> {
  if (ask.kind === 'page') return (await import('./page-port.ts')).servePageTo(base, fleet, channel, ask);
  if (ask.kind === 'http') {
    const gateway = await serveHttp(base, fleet, ask);
    const { url, port, address } = gateway;
    channel.onEnd(() => void gateway.close());
    channel.send(JSON.stringify({ listening: { url, port, address } }));
    return () => {};
  }
  const { view, server } = ask;
  const conversation = await serveLines(base, fleet, {
    send: (line) => channel.send(line),
    ...(view === undefined ? {} : { view }),
    ...(server === undefined ? {} : { server }),
  });
  channel.onEnd(() => conversation.close());
  channel.send('{"serving":true}');
  return (line) => conversation.receive(line);
}

/** Serves what a client of the daemon asks for in its first line. */
export function serveChannel(base: Base, fleet: Fleet, channel: Channel): void {
  const waiting: string[] = [];
  let receive: ((line: string) => void) | undefined;
  let asked = false;
  const begin = async (first: string): Promise<void> => {
    const ask = JSON.parse(first) as GatewayAsk;
    receive = await serveAsk(base, fleet, channel, ask);
    for (const line of waiting.splice(0)) receive(line);
  };
  channel.onLine((line) => {
    if (receive !== undefined) receive(line);
    else if (asked) waiting.push(line);
    else {
      asked = true;
      begin(line).catch((error: unknown) => {
        channel.send(JSON.stringify({ error: errorToJson(error) }));
        channel.end();
      });
    }
  });
}
