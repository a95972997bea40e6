/**
 * Every figure that is told to whoever watches from outside, as one table: the page in docs/reference, the text of
 * `/metrics` and the meter are made from it. Names and buckets of calls are those of the OpenTelemetry conventions for
 * MCP (semantic-conventions-genai, docs/gen-ai/mcp.md).
 *
 * @module
 */

/** One figure. */
export interface Metric {
  /** As OpenTelemetry writes names. */
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly unit: 's' | '1';
  readonly labels: readonly string[];
  /** One sentence for people. */
  readonly what: string;
  /** Sets of label values that are kept apart; what comes later is counted under `_OTHER`. */
  readonly most: number;
}

/** Upper bounds of the histograms, in seconds (OpenTelemetry conventions for MCP). */
export const BUCKETS: readonly number[] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

/** What stands in a label where there are too many values, or where a value is none that is known. */
export const OTHER = '_OTHER';

const counter = <const L extends readonly string[]>(name: string, labels: L, what: string) =>
  ({ name, kind: 'counter', unit: '1', labels, what, most: 2_000 }) as const;
const gauge = <const L extends readonly string[]>(name: string, labels: L, what: string) =>
  ({ name, kind: 'gauge', unit: '1', labels, what, most: 5_000 }) as const;
const histogram = <const L extends readonly string[]>(name: string, labels: L, what: string) =>
  ({ name, kind: 'histogram', unit: 's', labels, what, most: 500 }) as const;

/** The table. Ids are ours; names are public and stable. */
export const METRICS = {
  clientOperations: histogram(
    'mcp.client.operation.duration',
    ['server', 'mcp.method.name', 'error.type'],
    'Requests to servers, waits for a connection and repetitions included.',
  ),
  clientSessions: histogram('mcp.client.session.duration', ['server'], 'Connections to servers that have ended.'),
  serverOperations: histogram(
    'mcp.server.operation.duration',
    ['mcp.method.name', 'error.type'],
    'Requests of the clients of the gateway.',
  ),
  serverSessions: histogram('mcp.server.session.duration', [], 'Sessions of clients of the gateway that have ended.'),
  toolCalls: counter(
    'holdfast.tool.calls',
    ['server', 'gen_ai.tool.name', 'outcome'],
    'Calls of tools, by the name that the server gives them: `ok`, `tool_error` (the tool says that it failed), `error`, or `limited` (not sent: more than the entry allows clients of the gateway).',
  ),
  connectionState: gauge(
    'holdfast.connection.state',
    ['server', 'state'],
    '1 for the state that a server is in, 0 for the others.',
  ),
  connectionReason: gauge(
    'holdfast.connection.reason',
    ['server', 'reason'],
    '1 for the reason of the state, where it has one.',
  ),
  connectionAttempts: counter(
    'holdfast.connection.attempts',
    ['server', 'phase', 'outcome', 'reason'],
    'Tries to connect that have ended, by phase, with the reason where they failed.',
  ),
  connectDurations: histogram(
    'holdfast.connection.connect.duration',
    ['server', 'outcome'],
    'How long the tries to connect took.',
  ),
  reconnects: counter(
    'holdfast.reconnects',
    ['server', 'cause'],
    'Connections that stand again after they were lost, by the reason of the loss; `session-renewed` where the server had only forgotten the session.',
  ),
  retryNext: {
    ...gauge('holdfast.retry.next', ['server'], 'Time until the next try, where one waits.'),
    unit: 's',
  },
  authEvents: counter(
    'holdfast.auth.events',
    ['server', 'kind', 'outcome'],
    'Refreshed tokens and sign-ins, by outcome.',
  ),
  tokenExpires: {
    ...gauge('holdfast.auth.token.expires', ['server'], 'Time until the access token ends, where one is held.'),
    unit: 's',
  },
  helperRuns: histogram('holdfast.headers_helper.duration', ['server', 'outcome'], 'Runs of a headersHelper.'),
  gatewayRequests: counter(
    'holdfast.gateway.requests',
    ['http.request.method', 'http.response.status_code'],
    'HTTP requests to the gateway, refused ones included.',
  ),
  gatewaySessions: gauge('holdfast.gateway.sessions', [], 'Open sessions of clients (MCP up to 2025-11-25).'),
  gatewayStreams: gauge('holdfast.gateway.streams', [], 'Open streams on which clients hear of changes.'),
  buildInfo: gauge('holdfast.build.info', ['version'], 'Always 1; its label says which version runs.'),
} as const satisfies Readonly<Record<string, Metric>>;

/** The id of a figure. */
export type MetricId = keyof typeof METRICS;

/** The values of its labels, by label. */
export type LabelsOf<Id extends MetricId> = { readonly [L in (typeof METRICS)[Id]['labels'][number]]: string };

type OfKind<K extends Metric['kind']> = {
  [Id in MetricId]: (typeof METRICS)[Id]['kind'] extends K ? Id : never;
}[MetricId];

/** Figures that only rise. */
export type CounterId = OfKind<'counter'>;
/** Figures that are looked at when somebody asks. */
export type GaugeId = OfKind<'gauge'>;
/** Figures that are spread over buckets. */
export type HistogramId = OfKind<'histogram'>;
