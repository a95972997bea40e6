/**
 * Listens for browsers of this machine, and for nobody else.
 *
 * @module
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HoldfastError, errnoOf } from '../base/errors.ts';
import type { PageDeps } from './deps.ts';
import { PAGE_HEADERS } from './guard/headers.ts';
import { OPENING_MS } from './guard/sessions.ts';
import { refusalOf, visitorOf } from './guard/visitor.ts';
import { readForm } from './http/form.ts';
import { textReply } from './http/reply.ts';
import type { Reply } from './http/reply.ts';
import { Live } from './live.ts';
import { Page } from './page.ts';
import type { Visit } from './page.ts';

/** A page that listens. */
export interface ListeningPage {
  /** `http://127.0.0.1:4657` */
  readonly origin: string;
  readonly port: number;
  /** An address that opens the page in one browser, once. */
  opening(server?: string): { readonly url: string; readonly validMs: number };
  close(): Promise<void>;
}

const ADDRESS = '127.0.0.1';
const HEADER_BYTES = 16_384;
const REQUEST_MS = 30_000;
const FAREWELL_MS = 500;

/** Listens at the first of the ports that is free; 0 = any. Errors: `ERR_USAGE` where none of them is. */
export async function listenPage(deps: PageDeps, ports: readonly number[]): Promise<ListeningPage> {
  const server = createServer({ maxHeaderSize: HEADER_BYTES, requestTimeout: REQUEST_MS });
  const port = await firstFree(server, ports);
  const page = new Page(deps, port);
  const live = new Live(deps);
  server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
    hear({ page, live }, incoming, response).catch((error: unknown) => {
      deps.logger.error({ error }, 'a request to the page broke');
      if (response.headersSent) response.destroy();
      else send(response, textReply('Something broke; the log of the owner says what.\n', 500));
    });
  });
  const origin = `http://${ADDRESS}:${port}`;
  return {
    origin,
    port,
    opening: (name) => ({
      url: `${origin}/open?code=${page.sessions.code()}${name === undefined ? '' : `&server=${encodeURIComponent(name)}`}`,
      validMs: OPENING_MS,
    }),
    close: async () => {
      live.close();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      const timer = deps.clock.after(FAREWELL_MS, () => server.closeAllConnections());
      server.closeIdleConnections();
      await closed;
      timer.cancel();
    },
  };
}

async function firstFree(server: Server, ports: readonly number[]): Promise<number> {
  for (const port of ports) {
    const taken = await bound(server, port);
    if (taken === undefined) return (server.address() as AddressInfo).port;
    if (taken !== 'EADDRINUSE' || port === ports.at(-1))
      throw new HoldfastError(
        'ERR_USAGE',
        `port ${port} ${taken === 'EADDRINUSE' ? 'is taken' : `cannot be used (${taken})`}`,
        {
          hint: 'Name another one with --port, or 0 for any free one.',
        },
      );
  }
  throw new HoldfastError('ERR_USAGE', 'no port was named');
}

/** Why the port cannot be had; `undefined` = it listens there. */
function bound(server: Server, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const failed = (error: Error): void => resolve(errnoOf(error) ?? 'unknown');
    server.once('error', failed);
    server.listen(port, ADDRESS, () => {
      server.off('error', failed);
      resolve(undefined);
    });
  });
}

function send(response: ServerResponse, { status, body, headers }: Reply): void {
  response.writeHead(status, { ...PAGE_HEADERS, ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

async function hear(
  { page, live }: { readonly page: Page; readonly live: Live },
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.on('error', () => {});
  const visitor = visitorOf(incoming.method, incoming.headers);
  const refused = refusalOf(visitor);
  const target = incoming.url ?? '/';
  // A whole address as the target, or one that begins with two slashes, would name another machine.
  if (refused !== undefined || !/^\/(?!\/)/.test(target)) {
    response.setHeader('connection', 'close');
    send(response, textReply(`${refused ?? 'This is no address of the page.'}\n`, 403));
    return;
  }
  const url = new URL(`http://${visitor.host ?? ADDRESS}${target}`);
  const { cookie: cookies } = incoming.headers;
  if (url.pathname === '/events' && visitor.method === 'GET') {
    if (page.sessionOf({ cookies }) === undefined) send(response, textReply('Locked.\n', 401));
    else live.add(response);
    return;
  }
  const visit: Visit = { method: visitor.method, url, cookies, site: visitor.site };
  // What a stranger sends is not read.
  const isOurs = visitor.method === 'POST' && page.sessionOf(visit) !== undefined;
  const form = isOurs ? await readForm(incoming) : undefined;
  if (!incoming.complete && visitor.method === 'POST') response.setHeader('connection', 'close');
  send(response, await page.answer({ ...visit, form }));
}
