/**
 * The gateway over HTTP: one listener, an endpoint for all servers at `/mcp` and one for each at `/mcp/NAME`.
 *
 * @module
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HoldfastError, errnoOf } from '../../base/errors.ts';
import type { Timer } from '../../base/clock.ts';
import { safeLine } from '../../base/safe-text.ts';
import { Meter } from '../../core/meter.ts';
import { OTHER } from '../../core/metrics.ts';
import { announcementsOf, changeMethod } from '../calls/announcements.ts';
import { crossOriginHeaders, preflightHeaders } from '../guard/cross-origin.ts';
import { createGuard } from '../guard/guard.ts';
import type { GuardRules } from '../guard/guard.ts';
import { HEALTH_PATH, servePage } from '../observe/pages.ts';
import type { WatchDeps } from '../observe/pages.ts';
import { messageText } from '../rpc/answer.ts';
import { createDoor, DOOR_LIMITS } from './door.ts';
import type { DoorLimits } from './door.ts';
import { Endpoints } from './endpoints.ts';
import type { Endpoint, GatewayDeps } from './endpoints.ts';
import { refuse, serve } from './exchange.ts';
import { Listeners } from './listeners.ts';
import { Sessions } from './sessions.ts';

/** Where the gateway listens, and whom it lets in. */
export interface HttpOptions extends GuardRules {
  /** Default `127.0.0.1`. Another one is refused without a token. */
  readonly address?: string;
  /** 0 = any free one. */
  readonly port: number;
  readonly limits?: Partial<DoorLimits>;
}

/** A listening gateway. */
export interface HttpGateway {
  readonly address: string;
  readonly port: number;
  /** The address of the endpoint of all servers. */
  readonly url: string;
  /** Open sessions of legacy clients. */
  readonly sessions: number;
  /** Ends every stream and waits for what is under way, at most a second. */
  close(): Promise<void>;
}

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/;
const SWEEP_MS = 60_000;
const COUNTED: ReadonlySet<string> = new Set(['POST', 'GET', 'DELETE', 'HEAD', 'OPTIONS']);
const FAREWELL_MS = 1_000;

/** Listens. Errors: `ERR_USAGE` for an address that is not of this machine without a token, and for a port that is taken. */
export async function listenHttp(deps: GatewayDeps, options: HttpOptions): Promise<HttpGateway> {
  const { address = '127.0.0.1', port, token, limits } = options;
  if (!LOOPBACK.test(address) && token === undefined)
    throw new HoldfastError('ERR_USAGE', `listening on ${address} needs a token`, {
      hint: 'Leave out the address, or let the token be asked for.',
    });
  const front = new Front(deps, options);
  const server = createDoor((...heard) => front.hear(...heard), deps.clock, { ...DOOR_LIMITS, ...limits });
  await listening(server, port, address);
  const bound = (server.address() as AddressInfo).port;
  const shown = address.includes(':') ? `[${address}]` : address;
  return {
    address,
    port: bound,
    url: `http://${shown}:${bound}/mcp`,
    get sessions() {
      return front.sessions;
    },
    close: async () => {
      front.close();
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

/** What is wrong is the address, whatever the port. */
const NO_ADDRESS: ReadonlySet<string> = new Set(['ENOTFOUND', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'EINVAL', 'EAFNOSUPPORT']);

function listening(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const errno = errnoOf(error) ?? 'unknown';
      const why = errno === 'EADDRINUSE' ? 'is taken' : `cannot be used (${errno})`;
      const hint = NO_ADDRESS.has(errno)
        ? 'Give --host an address of this machine, or leave it out.'
        : 'Name another port, or 0 for any free one.';
      reject(new HoldfastError('ERR_USAGE', `port ${port} of ${address} ${why}`, { hint, cause: error }));
    });
    server.listen(port, address, () => resolve());
  });
}

const nothing = (): void => {};

/** The name in a segment of a path; a segment that is not well escaped is the name of nobody. */
function nameIn(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** What all requests of one listener share. */
class Front {
  readonly #deps: GatewayDeps;
  readonly #guard: ReturnType<typeof createGuard>;
  /** For the page that tells nothing worth a token. */
  readonly #openGuard: ReturnType<typeof createGuard>;
  readonly #pages: ReadonlySet<string>;
  readonly #watch: WatchDeps;
  readonly #endpoints: Endpoints;
  readonly #sessions: Sessions;
  readonly #listeners = new Listeners();
  readonly #announcing = new Set<string>();
  #sweep: Timer | undefined;

  constructor(deps: GatewayDeps, rules: GuardRules) {
    const meter = deps.meter ?? new Meter();
    this.#deps = { ...deps, meter };
    const open: WatchDeps['open'] = () => ({ sessions: this.#sessions.size, streams: this.#streams });
    this.#watch = { ...deps, meter, open };
    this.#guard = createGuard(rules);
    this.#pages = new Set(rules.origins);
    this.#openGuard = createGuard({ ...rules, token: undefined });
    this.#endpoints = new Endpoints(this.#deps);
    this.#sessions = new Sessions(deps.clock, { ended: (seconds) => meter.observe('serverSessions', {}, seconds) });
    this.#sweepLater();
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  get #streams(): number {
    return this.#sessions.streams + this.#listeners.size;
  }

  hear(request: IncomingMessage, response: ServerResponse, go?: () => void): void {
    response.on('error', nothing);
    this.#count(request, response);
    const { host, origin, authorization } = request.headers;
    const cross = crossOriginHeaders(origin, this.#pages);
    if (cross !== undefined) response.setHeaders(new Map(Object.entries(cross)));
    const isPreflight = cross !== undefined && request.method === 'OPTIONS';
    const isOpen = isPreflight || pathOf(request.url) === HEALTH_PATH;
    const guard = isOpen ? this.#openGuard : this.#guard;
    const refused = guard({ host, origin, authorization });
    if (refused !== undefined) {
      const challenge = refused.status === 401 ? { 'www-authenticate': 'Bearer realm="holdfast"' } : {};
      refuse(response, refused.status, refused.why, { ...challenge, connection: 'close' });
      return;
    }
    if (isPreflight) {
      response.writeHead(204, preflightHeaders(request.headers['access-control-request-headers'])).end();
      return;
    }
    go?.();
    const path = pathOf(request.url);
    const served =
      path === '/mcp'
        ? this.#serveAt(this.#endpoints.all(), path, { request, response })
        : this.#look(path, request, response);
    served.catch((error: unknown) => {
      this.#deps.logger.error({ error }, 'a request to the gateway broke');
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'the gateway broke; its log says why');
    });
  }

  close(): void {
    this.#sweep?.cancel();
    this.#listeners.close();
    this.#sessions.close();
    this.#endpoints.close();
  }

  #count({ method = '' }: IncomingMessage, response: ServerResponse): void {
    const { meter } = this.#watch;
    const known = COUNTED.has(method) ? method : OTHER;
    response.on('close', () => {
      const status = String(response.statusCode);
      meter.count('gatewayRequests', { 'http.request.method': known, 'http.response.status_code': status });
    });
  }

  async #look(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!path.startsWith('/mcp') && (await servePage(path, { request, response }, this.#watch))) return;
    const name = /^\/mcp\/([^/]+)$/.exec(path)?.[1];
    const endpoint = name === undefined ? undefined : await this.#endpoint(name);
    if (endpoint === undefined) {
      const what =
        name === undefined ? 'nothing is served here' : `no server is named "${safeLine(nameIn(name), 100)}"`;
      refuse(response, 404, `${what}: /mcp for all servers, /mcp/NAME for one`);
      return;
    }
    await this.#serveAt(endpoint, path, { request, response });
  }

  #serveAt(
    endpoint: Endpoint,
    path: string,
    { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  ): Promise<void> {
    this.#announce(path, endpoint);
    const { clock } = this.#deps;
    return serve(request, response, { endpoint, path, sessions: this.#sessions, listeners: this.#listeners, clock });
  }

  #endpoint(name: string): Promise<Endpoint | undefined> {
    return this.#endpoints.of(nameIn(name));
  }

  /** From its first request on, changes of an endpoint's lists are told to those who listen there. */
  #announce(path: string, { keeper }: Endpoint): void {
    if (this.#announcing.has(path)) return;
    this.#announcing.add(path);
    keeper.changed.on((lists) => {
      for (const kind of announcementsOf(lists)) {
        const method = changeMethod(kind);
        for (const session of this.#sessions.at(path)) session.stream?.send(messageText(method, undefined), true);
        for (const listener of this.#listeners.at(path)) listener.announce(kind, method);
      }
    });
  }

  #sweepLater(): void {
    this.#sweep = this.#deps.clock.after(
      SWEEP_MS,
      () => {
        this.#sessions.sweep();
        this.#sweepLater();
      },
      { unref: true },
    );
  }
}

function pathOf(url: string | undefined): string {
  if (url === '/mcp') return url;
  const path = (url ?? '/').split('?', 1)[0] ?? '/';
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
