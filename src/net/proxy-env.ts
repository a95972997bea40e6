/**
 * Which proxy a URL goes through, by the environment variables that every HTTP tool knows.
 *
 * @module
 */

/** Environment variables, handed in. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Answers for one URL: the proxy's URL, or `undefined` for a direct connection. */
export type ProxyRule = (url: URL) => string | undefined;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };
const LOOPBACK = /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * `HTTPS_PROXY` for https, `HTTP_PROXY` for http, minus `NO_PROXY` (`*`, `host`, `.host`, `*.host`, each with an
 * optional `:port`); lower case names win, as in curl. Loopback never goes through a proxy: a server on this machine
 * means this machine.
 */
export function proxyRule(env: Env): ProxyRule {
  const proxies: Readonly<Record<string, string | undefined>> = {
    'https:': proxyUrl(env['https_proxy'] || env['HTTPS_PROXY']),
    'http:': proxyUrl(env['http_proxy'] || env['HTTP_PROXY']),
  };
  const exceptions = (env['no_proxy'] || env['NO_PROXY'] || '')
    .toLowerCase()
    .split(/[,\s]+/)
    .filter(Boolean);
  return (url) => {
    const proxy = proxies[url.protocol];
    if (proxy === undefined || LOOPBACK.test(url.hostname)) return undefined;
    const port = url.port || DEFAULT_PORTS[url.protocol];
    return exceptions.some((entry) => excepts(entry, url.hostname, port)) ? undefined : proxy;
  };
}

function excepts(entry: string, hostname: string, port: string | undefined): boolean {
  if (entry === '*') return true;
  // A bare IPv6 address has colons of its own, so a port is only read after a name, an IPv4 address or a bracket.
  const [, host = entry, entryPort] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
  if (entryPort !== undefined && entryPort !== port) return false;
  const bare = host.replace(/^\*?\./, '');
  return hostname === bare || hostname === `[${bare}]` || hostname.endsWith(`.${bare}`);
}

/** `proxy:3128` means `http://proxy:3128`, as in curl. */
function proxyUrl(value: string | undefined): string | undefined {
  const text = value?.trim();
  if (!text) return undefined;
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
}
