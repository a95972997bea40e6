/**
 * What a server can answer on connect, and what must come of it: the rows of docs/reference/faults.md, checked one by one.
 *
 * @module
 */
import type { ConnectContext } from '../../src/core/classify.ts';
import type { Answer, Challenge } from '../../src/core/fault.ts';
import type { ReasonId } from '../../src/core/reasons.ts';

/** One row. */
export interface FaultRow {
  /** Requirement that the row belongs to. */
  readonly id: string;
  /** The answer in words. */
  readonly what: string;
  readonly answer: Answer;
  /** Default: nothing sent, no sign-in advertised, no token held. */
  readonly context?: Partial<ConnectContext>;
  readonly reason: ReasonId;
  readonly status: 'failed' | 'needs-auth';
  /** Quick retries follow. */
  readonly quick: boolean;
}

/** A `Bearer` challenge with these parameters. */
export const bearer = (params: Readonly<Record<string, string>> = {}): Challenge => ({ scheme: 'bearer', params });

const NO_SCOPE = bearer({ error: 'insufficient_scope', scope: 'files:read files:write' });

const http = (
  status: number,
  rest: { challenges?: readonly Challenge[]; retryAfterMs?: number; location?: string; text?: string } = {},
): Answer => ({ kind: 'http', status, challenges: [], ...rest });
const network = (errno: string, viaProxy = false): Answer => ({ kind: 'network', errno, viaProxy });
const spawn = (errno: string): Answer => ({ kind: 'spawn', errno });

type Outcome = Pick<FaultRow, 'reason' | 'status' | 'quick'>;
const retried = (reason: ReasonId): Outcome => ({ reason, status: 'failed', quick: true });
const final = (reason: ReasonId): Outcome => ({ reason, status: 'failed', quick: false });
const needsAuth = (reason: ReasonId): Outcome => ({ reason, status: 'needs-auth', quick: false });

const each = (id: string, cases: readonly (readonly [string, Answer])[], outcome: Outcome): readonly FaultRow[] =>
  cases.map(([what, answer]) => ({ id, what, answer, ...outcome }));
const errnos = (names: readonly string[], viaProxy = false): readonly (readonly [string, Answer])[] =>
  names.map((name) => [viaProxy ? `${name} through a proxy` : name, network(name, viaProxy)]);
const statuses = (list: readonly number[]): readonly (readonly [string, Answer])[] =>
  list.map((status) => [`HTTP ${status}`, http(status)]);

const HEADERS = { sent: 'headers' } as const;
const HELPER = { sent: 'helper' } as const;
const TOKEN = { sent: 'oauth', tokenHeld: true, offersOAuth: true } as const;
const OFFERED = { offersOAuth: true } as const;

/** 401 and 403: the first row that fits wins. */
const AUTH_ROWS: readonly FaultRow[] = [
  {
    id: 'connect.step-up',
    what: '403 insufficient_scope, a token held',
    answer: http(403, { challenges: [bearer({ realm: 'x' }), NO_SCOPE] }),
    context: TOKEN,
    ...needsAuth('step-up-required'),
  },
  {
    id: 'connect.401-headers',
    what: '401, the entry sends headers',
    answer: http(401),
    context: HEADERS,
    ...needsAuth('credentials-rejected'),
  },
  {
    id: 'connect.403-headers',
    what: '403, the entry sends headers',
    answer: http(403),
    context: HEADERS,
    ...needsAuth('credentials-rejected'),
  },
  {
    id: 'connect.403-headers',
    what: '403 insufficient_scope, the entry sends headers',
    answer: http(403, { challenges: [NO_SCOPE] }),
    context: HEADERS,
    ...needsAuth('credentials-rejected'),
  },
  {
    id: 'connect.helper-rejected',
    what: '401, the entry sends the output of a helper',
    answer: http(401),
    context: HELPER,
    ...needsAuth('credentials-rejected'),
  },
  {
    id: 'connect.helper-rejected',
    what: '403, the entry sends the output of a helper',
    answer: http(403),
    context: HELPER,
    ...needsAuth('credentials-rejected'),
  },
  {
    id: 'connect.offers-sign-in-too',
    what: '401, the entry sends headers, the server advertises OAuth',
    answer: http(401, { challenges: [bearer({ resource_metadata: 'https://api.example/prm' })] }),
    context: { ...HEADERS, ...OFFERED },
    ...needsAuth('credentials-rejected'),
  },
  {
    id: 'connect.401-token',
    what: '401, an OAuth token held',
    answer: http(401, { challenges: [bearer({ error: 'invalid_token' })] }),
    context: TOKEN,
    ...needsAuth('sign-in-expired'),
  },
  {
    id: 'connect.401-sign-in',
    what: '401, nothing sent, the server advertises OAuth',
    answer: http(401, { challenges: [bearer({ resource_metadata: 'https://api.example/prm' })] }),
    context: OFFERED,
    ...needsAuth('sign-in-required'),
  },
  {
    id: 'connect.403-sign-in',
    what: '403, nothing sent, the server advertises OAuth',
    answer: http(403),
    context: OFFERED,
    ...needsAuth('sign-in-required'),
  },
  {
    id: 'connect.401-bare',
    what: '401, nothing sent, no sign-in advertised',
    answer: http(401),
    ...needsAuth('credentials-required'),
  },
  {
    id: 'connect.403-bare',
    what: '403, nothing sent, no sign-in advertised',
    answer: http(403),
    ...needsAuth('forbidden'),
  },
  {
    id: 'connect.403-bare',
    what: '403 insufficient_scope, nothing sent, no sign-in advertised',
    answer: http(403, { challenges: [NO_SCOPE] }),
    ...needsAuth('forbidden'),
  },
  {
    id: 'connect.403-bare',
    what: '403 without insufficient_scope, an OAuth token held',
    answer: http(403),
    context: TOKEN,
    ...needsAuth('forbidden'),
  },
];

/** Everything else. */
const OTHER_ROWS: readonly FaultRow[] = [
  ...each(
    'connect.refused',
    errnos(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN']),
    retried('refused'),
  ),
  ...each('connect.reset', errnos(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ECONNABORTED']), retried('reset')),
  ...each('connect.reset', [['a system error without a row of its own', network('ESOMETHING')]], retried('reset')),
  ...each(
    'connect.timeout',
    [
      ['the limit of the try', { kind: 'timeout' }],
      ...errnos(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']),
    ],
    retried('timeout'),
  ),
  ...each('connect.408-425', statuses([408, 425]), retried('timeout')),
  ...each('connect.dns', errnos(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_FAIL']), retried('dns')),
  ...each(
    'connect.proxy',
    [
      ...errnos(['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT'], true),
      ['the proxy refuses the tunnel', network('UND_ERR_ABORTED', true)],
      ['HTTP 407', http(407)],
    ],
    retried('proxy'),
  ),
  ...each('connect.reset', errnos(['ECONNRESET'], true), retried('reset')),
  ...each(
    'connect.tls',
    errnos([
      'CERT_HAS_EXPIRED',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'EPROTO',
    ]),
    final('tls'),
  ),
  ...each('connect.tls', errnos(['CERT_HAS_EXPIRED'], true), final('tls')),
  ...each('connect.5xx', statuses([500, 502, 503, 504, 507, 520, 599]), retried('http-5xx')),
  ...each('connect.429', [['HTTP 429', http(429, { retryAfterMs: 5_000 })]], retried('http-429')),
  ...each('connect.404-410', statuses([404, 410]), final('http-404')),
  ...each('connect.other-4xx', statuses([400, 402, 405, 406, 409, 415, 422, 451, 501]), final('http-4xx')),
  ...each(
    'connect.redirected',
    [301, 302, 303, 307, 308].map((status) => [
      `HTTP ${status} to another origin`,
      http(status, { location: 'https://elsewhere.example/mcp' }),
    ]),
    final('redirected'),
  ),
  ...each(
    'connect.not-mcp',
    [
      ['200 with HTML', { kind: 'not-mcp', status: 200, contentType: 'text/html' }],
      ['HTTP 204 to a request', http(204)],
      ['bytes that are not HTTP', network('HPE_INVALID_CONSTANT')],
    ],
    final('not-mcp'),
  ),
  ...each(
    'connect.protocol',
    [
      ['a message against the protocol', { kind: 'protocol', text: 'result without id' }],
      ['a redirect without a target', http(302)],
      ['more headers than are accepted', network('UND_ERR_HEADERS_OVERFLOW')],
    ],
    final('protocol-error'),
  ),
  ...each(
    'connect.protocol',
    [['no common protocol version', { kind: 'version', text: 'only 1999-01-01' }]],
    final('version-unsupported'),
  ),
  ...each(
    'connect.spawn-not-found',
    [
      ['ENOENT when the command is started', spawn('ENOENT')],
      ['ENOTDIR when the command is started', spawn('ENOTDIR')],
    ],
    final('spawn-not-found'),
  ),
  ...each(
    'connect.spawn-denied',
    ['EACCES', 'EPERM', 'ENOEXEC', 'EISDIR'].map((errno) => [`${errno} when the command is started`, spawn(errno)]),
    final('spawn-denied'),
  ),
  ...each(
    'connect.exited',
    [
      ['the process ended with a code', { kind: 'exit', exit: { code: 1, signal: null, stderr: [] } }],
      ['the process ended by a signal', { kind: 'exit', exit: { code: null, signal: 'SIGKILL', stderr: [] } }],
      ['the machine is short of processes (EAGAIN)', spawn('EAGAIN')],
    ],
    retried('exited'),
  ),
];

/** All rows. */
export const FAULT_TABLE: readonly FaultRow[] = [...AUTH_ROWS, ...OTHER_ROWS];

/** The context of a row, whole. */
export function contextOf(row: FaultRow): ConnectContext {
  return { sent: 'none', offersOAuth: false, tokenHeld: false, ...row.context };
}
