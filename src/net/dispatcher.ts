/**
 * The one HTTP client of the process: pooled sockets, proxy settings and connection limits shared by every request. What
 * it is made of takes longer to load than all else of a start, so that waits for the first request.
 *
 * @module
 */
import type { AddressPolicy } from './address-policy.ts';
import type { LeanInit, LeanResponse } from './lean-request.ts';
import { proxyRule, type Env } from './proxy-env.ts';
import type { Lookup } from './resolve.ts';

/** What `fetch` takes, and from where its URL comes. */
export interface FetchInit extends RequestInit {
  /**
   * For URLs that a server names. The request is refused (`AddressRefused`) before a byte is sent where the policy
   * forbids the literal or resolved address; redirects are then never followed here.
   */
  readonly addressPolicy?: AddressPolicy;
}

/** The part of `fetch` that is used here: the URL is never a `Request`. */
export type Fetch = (url: string | URL, init?: FetchInit) => Promise<Response>;

/** The shared client. Who creates it closes it. */
export interface Http {
  /**
   * `fetch` on the shared sockets. What fails on the way through a proxy is a `ProxiedError`. Only connecting has a time-out of its own (10 s); every other limit is the caller's
   * `signal`, so that a stream may stay silent as long as its owner allows.
   */
  readonly fetch: Fetch;
  /** The same for the address of an entry, light enough for a thousand open streams. Never follows a redirect. */
  readonly request: (url: URL, init: LeanInit) => Promise<LeanResponse>;
  /** Whether a request to this URL goes through a proxy, so that its network errors are the proxy's. */
  viaProxy(url: string | URL): boolean;
  /** Drops every socket at once, open streams included. Requests after it are refused. */
  close(): Promise<void>;
}

/** What the client needs from the machine. */
export interface HttpOptions {
  /** `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, lower case too. */
  readonly env: Env;
  /** Default: the system's resolver. */
  readonly lookup?: Lookup;
}

/** The part that needs sockets. */
export type Sockets = Omit<Http, 'viaProxy'>;

/** Creates the client; see `createSockets`. */
export function createHttp(options: HttpOptions): Http {
  const proxyOf = proxyRule(options.env);
  let sockets: Sockets | undefined;
  let loading: Promise<Sockets> | undefined;
  let isClosed = false;
  const load = (): Promise<Sockets> => {
    loading ??= import('./sockets.ts').then(({ createSockets }) => {
      sockets = createSockets(options, proxyOf);
      if (isClosed) void sockets.close();
      return sockets;
    });
    return loading;
  };
  return {
    fetch: async (url, init) => (sockets ?? (await load())).fetch(url, init),
    request: (url, init) =>
      sockets === undefined ? load().then((made) => made.request(url, init)) : sockets.request(url, init),
    viaProxy: (url) => proxyOf(new URL(url)) !== undefined,
    close: async () => {
      isClosed = true;
      await (await loading)?.close();
    },
  };
}
