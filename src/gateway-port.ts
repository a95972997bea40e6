/**
 * Wires the gateway into the owner of a fleet: what clients ask for over a channel of lines is served here, for as long
 * as their channel stands.
 *
 * @module
 */
import { join } from 'node:path';
import type { Base } from './assemble.ts';
import { HoldfastError } from './base/errors.ts';
import type { Fleet } from './core/fleet.ts';
import type { View } from './core/view.ts';
import type { Channel } from './daemon/channel.ts';
import { errorToJson } from './daemon/wire-error.ts';
import { Endpoints } from './gateway/front/endpoints.ts';
import type { Endpoint, GatewayDeps } from './gateway/front/endpoints.ts';
import { listenHttp } from './gateway/front/http.ts';
import { LineConversation } from './gateway/front/lines.ts';
import { GatewayToken } from './gateway/guard/token.ts';
import { createFiles } from './system/files.ts';
import { createLocks } from './system/locks.ts';
import { VERSION } from './version.ts';

/** The first line of a channel: what is to be served over it. */
export type GatewayAsk =
  /** MCP in lines; `server` alone, or all. */
  | { readonly kind: 'lines'; readonly view?: View; readonly server?: string }
  /** A listener over HTTP, until the channel ends. The answer is one line: `{"listening": {…}}` or `{"error": {…}}`. */
  | {
      readonly kind: 'http';
      readonly view?: View;
      readonly port: number;
      readonly address?: string;
      readonly hosts?: readonly string[];
      readonly origins?: readonly string[];
      /** Lets everybody on this machine in. */
      readonly open?: boolean;
    };

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

function depsOf({ clock, logger }: Base, fleet: Fleet, view: View | undefined): GatewayDeps {
  return { fleet, clock, logger, version: VERSION, ...(view === undefined ? {} : { view }) };
}

/** Listens over HTTP for as long as `signal` allows. Errors: those of `listenHttp` and of the token's file. */
export async function serveHttp(
  base: Base,
  fleet: Fleet,
  ask: Extract<GatewayAsk, { readonly kind: 'http' }>,
): ReturnType<typeof listenHttp> {
  const { port, address, hosts, origins, open, view } = ask;
  const token = open === true ? undefined : (await gatewayToken(base).token()).reveal();
  return listenHttp(depsOf(base, fleet, view), {
    port,
    ...(address === undefined ? {} : { address }),
    ...(hosts === undefined ? {} : { hosts }),
    ...(origins === undefined ? {} : { origins }),
    ...(token === undefined ? {} : { token: () => token }),
  });
}

async function endpointOf(endpoints: Endpoints, server: string | undefined): Promise<Endpoint> {
  if (server === undefined) return endpoints.all();
  const endpoint = await endpoints.of(server);
  if (endpoint !== undefined) return endpoint;
  throw new HoldfastError('ERR_SERVER_UNKNOWN', `no server is named "${server}"`, {
    hint: 'Run "holdfast list" to see the configured servers.',
    data: { server },
  });
}

/** A conversation in lines with one client. The result ends it. */
export async function serveLines(
  base: Base,
  fleet: Fleet,
  about: { readonly view?: View; readonly server?: string; readonly send: (line: string) => void },
): Promise<{ receive(line: string): void; close(): void }> {
  const endpoints = new Endpoints(depsOf(base, fleet, about.view));
  const conversation = new LineConversation(await endpointOf(endpoints, about.server), about.send);
  return {
    receive: (line) => {
      conversation.receive(line).catch((error: unknown) => base.logger.error({ error }, 'a line of a client broke'));
    },
    close: () => {
      conversation.close();
      endpoints.close();
    },
  };
}

/** Serves what was asked for until the channel ends. Resolves with what takes the lines after the first. */
async function serveAsk(base: Base, fleet: Fleet, channel: Channel, ask: GatewayAsk): Promise<(line: string) => void> {
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
