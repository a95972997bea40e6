/**
 * The control API as one table: which request of the socket stands for which method of `Fleet`.
 *
 * Bodies are JSON objects `{view?, …fields}` for GET too: the socket is no browser's business, and RFC 9110 §9.3.1 lets
 * an origin give such content a meaning. Answers are `{"result": …}` or `{"error": {code, message, hint?, data?}}`;
 * streams are NDJSON. No GET changes anything.
 *
 * @module
 */
import type { Fleet } from '../core/fleet.ts';

/** One request of the control API. */
export interface Route {
  readonly http: 'GET' | 'POST';
  /** With `:name` for the server or `:flow` for a sign-in under way, percent-encoded. */
  readonly path: string;
  /** How the answer comes: at once, or as NDJSON lines while it is made. Default `json`. */
  readonly answer?: 'lines';
}

const get = (path: string): Route => ({ http: 'GET', path });
const post = (path: string): Route => ({ http: 'POST', path });
const SERVER = '/v1/servers/:name';
const LOGIN = '/v1/logins/:flow';

/** The route of every method of `Fleet`. `close` ends the daemon; a client that merely leaves sends nothing. */
export const ROUTES = {
  owner: get('/v1/owner'),
  snapshots: get('/v1/servers'),
  snapshot: get(SERVER),
  events: { ...get('/v1/events'), answer: 'lines' },
  settled: get('/v1/settled'),
  reconnect: post(`${SERVER}/reconnect`),
  retryNow: post(`${SERVER}/retry`),
  stopTrying: post(`${SERVER}/stop`),
  reset: post(`${SERVER}/reset`),
  enable: post(`${SERVER}/enable`),
  disable: post(`${SERVER}/disable`),
  approve: post(`${SERVER}/approve`),
  reject: post(`${SERVER}/reject`),
  approval: get(`${SERVER}/approval`),
  add: post('/v1/servers'),
  edit: post(`${SERVER}/edit`),
  remove: post(`${SERVER}/remove`),
  sources: get('/v1/sources'),
  logs: get(`${SERVER}/logs`),
  helperRun: get(`${SERVER}/helper`),
  doctor: get('/v1/doctor'),
  lists: get(`${SERVER}/lists`),
  request: { ...post(`${SERVER}/request`), answer: 'lines' },
  startLogin: post(`${SERVER}/login`),
  finishLogin: post(`${LOGIN}/finish`),
  loginResult: get(LOGIN),
  cancelLogin: post(`${LOGIN}/cancel`),
  logout: post(`${SERVER}/logout`),
  grantStepUp: post(`${SERVER}/step-up`),
  declineStepUp: post(`${SERVER}/step-up/decline`),
  setProfile: post(`${SERVER}/profile`),
  credentials: get('/v1/credentials'),
  close: { ...post('/v1/daemon/stop'), answer: 'lines' },
} as const satisfies Readonly<Record<keyof Fleet, Route>>;

/** What the daemon tells of itself, beside the fleet. */
export const DAEMON_ROUTE = get('/v1/daemon');

/** What a caller must know of a place before it can make its view. */
export const NAMES_ROUTE = get('/v1/names');

/** A method that a request can ask for. */
export type Method = keyof typeof ROUTES | 'daemon' | 'names';

/** Number of this protocol. Both sides refuse another one, except to say who they are and to stop. */
export const PROTOCOL = '1';
/** Header that carries `PROTOCOL`, in both directions. */
export const PROTOCOL_HEADER = 'holdfast-protocol';
/** Header that carries the version of the program, in both directions. */
export const VERSION_HEADER = 'holdfast-version';

/** Where a connection becomes a channel of lines, and the name of that protocol. */
export const CHANNEL_PATH = '/v1/channel';
export const CHANNEL_UPGRADE = 'holdfast-lines';

/** Largest body of a request. */
export const BODY_LIMIT_BYTES = 16 * 1_024 * 1_024;
/** Largest head of a request. */
export const HEAD_LIMIT_BYTES = 16 * 1_024;
/** While an answer is being made, the daemon gives a sign of life this often (`102 Processing`, or an empty line). */
export const BEAT_MS = 5_000;
/** A daemon that gives no sign of life for so long is taken for hung. */
export const SILENCE_MS = 20_000;

/** The path of a request for one server, or for one sign-in. Errors: `URIError` for a name that is no text (a lone surrogate). */
export function pathOf(route: Route, name = ''): string {
  return route.path.replace(/:name|:flow/, () => encodeURIComponent(name));
}

interface Matched {
  readonly method: Method;
  readonly route: Route;
  readonly name: string;
}

const TABLE: readonly (readonly [Method, Route])[] = [
  ...(Object.entries(ROUTES) as [keyof typeof ROUTES, Route][]),
  ['daemon', DAEMON_ROUTE],
  ['names', NAMES_ROUTE],
];

function nameIn(pattern: readonly string[], path: readonly string[]): string | undefined {
  if (pattern.length !== path.length) return undefined;
  let name = '';
  for (const [index, part] of pattern.entries()) {
    const given = path[index] ?? '';
    if (part.startsWith(':')) name = given;
    else if (part !== given) return undefined;
  }
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

/**
 * What a request asks for; `allowed` = the path exists, but not with this verb. The path is compared part by part and
 * never normalised, so that a server may be called `..`.
 */
export function match(http: string, url: string): Matched | { readonly allowed: readonly string[] } {
  const path = (url.split('?', 1)[0] ?? '').split('/');
  const allowed: string[] = [];
  for (const [method, route] of TABLE) {
    const name = nameIn(route.path.split('/'), path);
    if (name === undefined) continue;
    if (route.http === http) return { method, route, name };
    allowed.push(route.http);
  }
  return { allowed };
}
