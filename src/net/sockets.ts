/**
 * The sockets of the HTTP client: our own connections for plain requests to entries, agents of undici for each reach and
 * each proxy for all others, and what is sent over them.
 *
 * @module
 */
import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { systemClock } from '../base/clock.ts';
import { AddressRefused, admits, reachOf, type AddressPolicy, type Reach } from './address-policy.ts';
import { literalAddress } from './address.ts';
import type { FetchInit, HttpOptions, Sockets } from './dispatcher.ts';
import { h1Request } from './h1/h1-request.ts';
import { Origin, type Connect } from './h1/origin.ts';
import type { Target } from './h1/request-bytes.ts';
import { leanRequest, type LeanInit, type LeanResponse } from './lean-request.ts';
import type { ProxyRule } from './proxy-env.ts';
import { lookupWithin, resolveWith, systemLookup, type Lookup } from './resolve.ts';
import { agentPart, buildConnector, proxyParts, whole } from './undici-parts.ts';
import { ProxiedError } from './unsent.ts';

/** Limits of the sockets. No figure here is one that a user sets. */
const CONNECT_MS = 10_000;
const ATTEMPT_MS = 2_500;
const KEEP_ALIVE_MS = 4_000;
/** Per origin; one gateway may carry a thousand servers with a stream each. */
const CONNECTIONS = 2_048;

const LIMITS = {
  connections: CONNECTIONS,
  keepAliveTimeout: KEEP_ALIVE_MS,
  // A server's own hint may shorten the life of an idle socket, not lengthen it: after a sleep old sockets are dead.
  keepAliveMaxTimeout: KEEP_ALIVE_MS,
  headersTimeout: 0,
  bodyTimeout: 0,
} as const;
const SOCKET = { timeout: CONNECT_MS, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: ATTEMPT_MS } as const;

// The same function as the global one but for its types, which name undici's own classes.
const send = (url: URL, init: object): Promise<Response> =>
  (whole().fetch as unknown as (url: URL, init: object) => Promise<Response>)(url, init);

/**
 * Creates the sockets of a client. Extra certificate authorities come from `NODE_EXTRA_CA_CERTS`, which Node reads at its start.
 * Through a proxy only literal addresses are checked: the proxy resolves names.
 */
export function createSockets({ lookup = systemLookup }: HttpOptions, proxyOf: ProxyRule): Sockets {
  let isClosed = false;
  const agents = new Map<string, Dispatcher>();
  const agentFor = (url: URL, reach: Reach): Dispatcher => {
    const proxy = proxyOf(url);
    const key = proxy ?? `direct:${reach}`;
    const known = agents.get(key);
    if (known !== undefined) return known;
    const made = proxy === undefined ? directAgent(reach, lookup) : throughProxy(proxy);
    agents.set(key, made);
    if (isClosed) void made.destroy();
    return made;
  };
  const origins = new Map<string, Origin>();
  const originFor = (url: URL): Origin => {
    const known = origins.get(url.origin);
    if (known !== undefined) return known;
    const made = new Origin(connectTo(url, lookup), systemClock, { connections: CONNECTIONS, keepMs: KEEP_ALIVE_MS });
    origins.set(url.origin, made);
    if (isClosed) made.close();
    return made;
  };
  // A URL of an entry is asked thousands of times: what it means is worked out once.
  const routes = new WeakMap<URL, Route>();
  const routeOf = (url: URL): Route => {
    const { href } = url;
    const known = routes.get(url);
    if (known?.href === href) return known;
    const path = url.pathname + url.search;
    const way: Route['send'] =
      proxyOf(url) === undefined
        ? ownWay(originFor(url), { path, host: url.host })
        : (init) => leanRequest({ origin: url.origin, path, dispatcher: agentFor(url, 'any') }, init);
    const made = { href, send: way };
    routes.set(url, made);
    return made;
  };
  const guarded = async (url: URL, init: FetchInit, policy: AddressPolicy): Promise<Response> => {
    const reach = await reachOf(url, policy, resolveWith(lookup));
    const literal = literalAddress(url);
    if (literal !== undefined && !admits(reach, literal)) throw new AddressRefused();
    return send(url, { ...init, redirect: 'manual', dispatcher: agentFor(url, reach) });
  };
  const sendTo = (url: URL, { addressPolicy, ...init }: FetchInit): Promise<Response> =>
    addressPolicy === undefined
      ? send(url, { ...init, dispatcher: agentFor(url, 'any') })
      : guarded(url, init, addressPolicy);
  return {
    fetch: async (url, init = {}) => {
      const target = new URL(url);
      try {
        return await sendTo(target, init);
      } catch (error) {
        throw proxyOf(target) === undefined ? error : new ProxiedError(error);
      }
    },
    request: (url, init) => {
      try {
        return routeOf(url).send(init);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    close: async () => {
      isClosed = true;
      for (const origin of origins.values()) origin.close();
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
  };
}

/** How requests for one URL are sent. */
interface Route {
  readonly href: string;
  readonly send: (init: LeanInit) => Promise<LeanResponse>;
}

function ownWay(origin: Origin, target: Target): Route['send'] {
  return (init) => h1Request(origin, target, init);
}

/** Opens sockets to the origin of a URL, wherever its name leads. */
function connectTo(url: URL, lookup: Lookup): Connect {
  const connect = buildConnector({ ...SOCKET, lookup: lookupWithin('any', lookup) });
  const { protocol, hostname, host, port } = url;
  const to = { protocol, hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname, host, port };
  return (opened, failed) => {
    // It returns the socket that is being opened, which its types do not say.
    const opening: unknown = connect(to, (error, socket) => {
      if (socket) opened(socket);
      else failed(error);
    });
    return (reason) => (opening as Partial<Socket> | undefined)?.destroy?.(reason);
  };
}

/** An agent whose sockets open only to addresses of the reach: what was checked is what is connected to. */
function directAgent(reach: Reach, lookup: Lookup): Dispatcher {
  const Agent = agentPart();
  return new Agent({ ...LIMITS, connect: { ...SOCKET, lookup: lookupWithin(reach, lookup) } });
}

/** An agent that tunnels https and asks for http in the absolute form, as proxies in the field expect. */
function throughProxy(uri: string): Dispatcher {
  try {
    const { Pool, ProxyAgent } = proxyParts();
    return new ProxyAgent({
      ...LIMITS,
      uri,
      proxyTunnel: false,
      proxyTls: SOCKET,
      factory: (origin: URL | string, options: object) => new Pool(origin, { ...LIMITS, ...options }),
      // A proxy that accepts the connection and never answers CONNECT must not hold the try for ever.
      clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: CONNECT_MS }),
    });
  } catch (cause) {
    // The text is left out: a proxy URL may hold a password.
    throw Object.assign(new Error('the proxy setting is not a usable URL', { cause }), { code: 'ECONNPROXY' });
  }
}
