/**
 * Every number a user can feel, in one frozen table (BEHAVIOUR §4). Each can be set per server (the key, in the entry)
 * and by an environment variable: Claude Code's name where it exists, `HOLDFAST_…` elsewhere. The entry wins.
 *
 * @module
 */

/** One row of the table. */
export interface NumberRow {
  readonly default: number;
  readonly unit: 'ms' | 'count' | 'bytes';
  /** Environment variable that sets it. */
  readonly env: string;
  /** Smallest value accepted. */
  readonly min: number;
  readonly what: string;
  readonly source: string;
}

const ms = (value: number, env: string, what: string, source: string): NumberRow => ({
  default: value,
  unit: 'ms',
  env,
  min: 0,
  what,
  source,
});
const count = (value: number, env: string, what: string, source: string): NumberRow => ({
  ...ms(value, env, what, source),
  unit: 'count',
});
const CC = 'Claude Code';
const OURS = 'ours';

/** Every number a user can feel, by key: default, unit, environment variable, meaning and source. */
export const NUMBERS = {
  connectTimeoutMs: ms(30_000, 'MCP_TIMEOUT', 'one connect try, era probe and fallbacks included', CC),
  eraProbeMs: ms(7_000, 'HOLDFAST_ERA_PROBE_MS', 'wait for the answer to the era probe, inside the connect try', OURS),
  startupRetries: count(
    3,
    'HOLDFAST_STARTUP_RETRIES',
    'retries after the first try at startup, transient causes only',
    'Claude Code 2.1.121',
  ),
  startupDelayMs: ms(
    1_000,
    'HOLDFAST_STARTUP_DELAY_MS',
    'wait before the first startup retry; doubles (× random 0.5–1)',
    'Claude Code 2.1.121',
  ),
  reconnectTries: count(5, 'HOLDFAST_RECONNECT_TRIES', 'tries after a loss, HTTP and SSE', 'Claude Code docs'),
  reconnectDelayMs: ms(
    1_000,
    'HOLDFAST_RECONNECT_DELAY_MS',
    'wait before the first reconnect try; doubles (× random 0.5–1; jitter is ours)',
    'Claude Code docs',
  ),
  retryCapMs: ms(30_000, 'HOLDFAST_RETRY_CAP_MS', 'longest wait between quick retries', 'Claude Code docs'),
  retryAfterInlineMs: ms(
    30_000,
    'HOLDFAST_RETRY_AFTER_INLINE_MS',
    'longest Retry-After that is waited in pending',
    OURS,
  ),
  retryAfterCapMs: ms(3_600_000, 'HOLDFAST_RETRY_AFTER_CAP_MS', 'longest Retry-After that is honoured', OURS),
  slowProbeMs: ms(
    60_000,
    'HOLDFAST_SLOW_PROBE_MS',
    'first slow probe after the quick retries (± 50 %), doubling',
    'ours: a server that starts late is found',
  ),
  slowProbeCapMs: ms(300_000, 'HOLDFAST_SLOW_PROBE_CAP_MS', 'longest wait between slow probes', OURS),
  authProbeMs: ms(
    30_000,
    'HOLDFAST_AUTH_PROBE_MS',
    'first probe while credentials are missing or rejected (± 50 %), doubling',
    OURS,
  ),
  authProbeCapMs: ms(
    300_000,
    'HOLDFAST_AUTH_PROBE_CAP_MS',
    'longest wait between those probes in the first hour',
    OURS,
  ),
  authProbeLateMs: ms(1_800_000, 'HOLDFAST_AUTH_PROBE_LATE_MS', 'wait between those probes after the first hour', OURS),
  halfOpenMs: ms(5_000, 'HOLDFAST_HALF_OPEN_MS', 'least time between two tries that calls provoke', OURS),
  provenMs: ms(60_000, 'HOLDFAST_PROVEN_MS', 'life after which a session gives the retry budget back', OURS),
  livenessMs: ms(
    120_000,
    'HOLDFAST_LIVENESS_MS',
    'between two contacts of an idle remote server (± 50 %); 0 = none',
    OURS,
  ),
  respawnDelayMs: ms(1_000, 'HOLDFAST_RESPAWN_DELAY_MS', 'wait before a process is started again; doubles', OURS),
  respawnCapMs: ms(30_000, 'HOLDFAST_RESPAWN_CAP_MS', 'longest wait before a process is started again', OURS),
  crashLoopDeaths: count(5, 'HOLDFAST_CRASH_LOOP_DEATHS', 'deaths within the window that make a crash loop', OURS),
  crashLoopWindowMs: ms(60_000, 'HOLDFAST_CRASH_LOOP_WINDOW_MS', 'window in which deaths are counted', OURS),
  crashLoopProbeMs: ms(300_000, 'HOLDFAST_CRASH_LOOP_PROBE_MS', 'wait between starts in a crash loop', OURS),
  respawnTries: count(
    10,
    'HOLDFAST_RESPAWN_TRIES',
    'starts in a row without a proven session before a crash loop is told, however slow the deaths are',
    OURS,
  ),
  parallelStdio: count(3, 'MCP_SERVER_CONNECTION_BATCH_SIZE', 'parallel connects, stdio', CC),
  parallelRemote: count(20, 'MCP_REMOTE_SERVER_CONNECTION_BATCH_SIZE', 'parallel connects, remote', CC),
  slotMs: ms(1_000, 'HOLDFAST_SLOT_MS', 'a try of a remote server gives its parallel slot back after this', OURS),
  slotStdioMs: ms(
    3_000,
    'HOLDFAST_SLOT_STDIO_MS',
    'a start of a process gives its parallel slot back after this',
    OURS,
  ),
  firstByteMs: ms(60_000, 'HOLDFAST_FIRST_BYTE_MS', 'first response byte of a call', CC),
  callIdleMs: ms(
    300_000,
    'CLAUDE_CODE_MCP_TOOL_IDLE_TIMEOUT',
    'a call over the network without response or progress',
    CC,
  ),
  callIdleStdioMs: ms(1_800_000, 'HOLDFAST_CALL_IDLE_STDIO_MS', 'a call to a process without response or progress', CC),
  callTotalMs: ms(100_000_000, 'MCP_TOOL_TIMEOUT', 'one call, progress or not', CC),
  startWaitMs: ms(5_000, 'MCP_CONNECT_TIMEOUT_MS', 'start wait of a headless run', CC),
  helperTimeoutMs: ms(10_000, 'HOLDFAST_HELPER_TIMEOUT_MS', 'one run of a headersHelper', CC),
  helperOutputBytes: {
    ...ms(65_536, 'HOLDFAST_HELPER_OUTPUT_BYTES', 'output of a headersHelper', OURS),
    unit: 'bytes',
  },
  helperGapMs: ms(60_000, 'HOLDFAST_HELPER_GAP_MS', 'least time between two background runs of a headersHelper', OURS),
  helperFailures: count(
    5,
    'HOLDFAST_HELPER_FAILURES',
    'failures in a row after which a headersHelper waits for a call, a change or a person',
    OURS,
  ),
  listRetries: count(3, 'HOLDFAST_LIST_RETRIES', 'retries of a list', 'Claude Code 2.1.191'),
  metadataTimeoutMs: ms(10_000, 'HOLDFAST_METADATA_TIMEOUT_MS', 'one OAuth metadata request', OURS),
  metadataBytes: { ...ms(1_048_576, 'HOLDFAST_METADATA_BYTES', 'one OAuth metadata document', OURS), unit: 'bytes' },
  metadataRedirects: count(5, 'HOLDFAST_METADATA_REDIRECTS', 'redirects of a metadata request, followed by hand', OURS),
  tokenTimeoutMs: ms(8_000, 'HOLDFAST_TOKEN_TIMEOUT_MS', 'one request to an OAuth token endpoint', OURS),
  tokenBytes: { ...ms(65_536, 'HOLDFAST_TOKEN_BYTES', 'one answer of an OAuth token endpoint', OURS), unit: 'bytes' },
  refreshAheadMs: ms(
    60_000,
    'HOLDFAST_REFRESH_AHEAD_MS',
    'a token is refreshed this long before it ends, at most 20 % of its life, ± 10 %',
    OURS,
  ),
  refreshGapMs: ms(60_000, 'HOLDFAST_REFRESH_GAP_MS', 'least time between two refreshes that a 401 asks for', OURS),
  leaseWaitMs: ms(15_000, 'HOLDFAST_LEASE_WAIT_MS', 'longest wait for another process that refreshes', OURS),
  loginMs: ms(600_000, 'HOLDFAST_LOGIN_MS', 'life of a sign-in that waits for a person', OURS),
  stepUpTries: count(3, 'HOLDFAST_STEP_UP_TRIES', 'authorizations for one call', 'conformance suite'),
  stepUpRestMs: ms(60_000, 'HOLDFAST_STEP_UP_REST_MS', 'cool-down after the last of them', OURS),
  stepUpWaitMs: ms(300_000, 'HOLDFAST_STEP_UP_WAIT_MS', 'a call that waits for a person to grant rights', OURS),
  messageBytes: { ...ms(10_485_760, 'HOLDFAST_MESSAGE_BYTES', 'one JSON-RPC message', OURS), unit: 'bytes' },
  stdinGraceMs: ms(2_000, 'HOLDFAST_STDIN_GRACE_MS', 'from the end of stdin to SIGTERM when a process is closed', OURS),
  termGraceMs: ms(3_000, 'HOLDFAST_TERM_GRACE_MS', 'from SIGTERM to SIGKILL when a process is closed', OURS),
  stderrBytes: { ...ms(65_536, 'HOLDFAST_STDERR_BYTES', 'stderr kept of each process', OURS), unit: 'bytes' },
  wakeGapMs: ms(5_000, 'HOLDFAST_WAKE_GAP_MS', 'gap of a heartbeat that is taken for a sleep of the machine', OURS),
  wakeSpreadMs: ms(5_000, 'HOLDFAST_WAKE_SPREAD_MS', 'spread of the wave of contacts after a sleep', OURS),
  viewIdleMs: ms(43_200_000, 'HOLDFAST_VIEW_IDLE_MS', 'a project nobody asked about is let go after this', OURS),
} as const satisfies Record<string, NumberRow>;

/** The key of a number. */
export type NumberId = keyof typeof NUMBERS;

/** Values that differ from the table. */
export type NumberOverrides = { readonly [K in NumberId]?: number };

/** All numbers, resolved for one server. */
export type Numbers = { readonly [K in NumberId]: number };

/** The defaults, as plain values. */
export const DEFAULT_NUMBERS: Numbers = Object.freeze(
  Object.fromEntries(Object.entries(NUMBERS).map(([key, value]) => [key, value.default])) as Record<NumberId, number>,
);

/** The numbers with overrides laid over the defaults, later ones winning. */
export function resolveNumbers(...overrides: readonly NumberOverrides[]): Numbers {
  return Object.assign({}, DEFAULT_NUMBERS, ...overrides) as Numbers;
}

/** Overrides that environment variables ask for. Values that are not whole numbers of at least `min` are passed over. */
export function numbersFromEnv(env: Readonly<Record<string, string | undefined>>): NumberOverrides {
  const found: Partial<Record<NumberId, number>> = {};
  for (const [key, spec] of Object.entries(NUMBERS) as [NumberId, NumberRow][]) {
    const text = env[spec.env];
    if (text === undefined || !/^\d{1,12}$/.test(text)) continue;
    const value = Number(text);
    if (value >= spec.min) found[key] = value;
  }
  return found;
}

/** The environment variables of the table; a caller sends their values along in its view. */
export const NUMBER_VARIABLES: readonly string[] = Object.values(NUMBERS).map((spec) => spec.env);
