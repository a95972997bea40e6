/**
 * Rows of the fault matrix: processes, helpers and configuration.
 *
 * @module
 */
import { connected, crashLoop, final, needsAuth, retried } from './expect.mjs';
import { http, plainFile, quote, stdio } from './make.mjs';

const NOTHING_SENT = { tries: 0 };
/** Counts every request, because none may come; a mended server would not help. */
const untouched = (made) => ({ ...made, tries: () => made.mount.count, mend: undefined });

export const LOCAL_ROWS = [
  {
    name: 'stdio ok',
    make: (bench) => stdio(bench),
    expect: connected(1, { snapshot: { transport: 'stdio', tools: 5 } }),
  },
  {
    name: 'stdio: stray lines on stdout',
    make: (bench) => stdio(bench, '--stray-lines', '20', '--stderr-lines', '200'),
    expect: connected(),
  },
  {
    name: 'stdio: command not found',
    make: () => ({ entry: { command: 'holdfast-test-no-such-command' } }),
    expect: final('spawn-not-found'),
  },
  {
    name: 'stdio: not executable',
    make: (bench) => ({ entry: { command: plainFile(bench) } }),
    expect: final('spawn-denied'),
  },
  {
    name: 'stdio: ends with code 3 at every start',
    make: (bench) => stdio(bench, '--crash-at-start', '--exit-code', '3'),
    expect: (numbers) => ({ ...crashLoop()(numbers), snapshot: { exitCode: 3 } }),
  },
  {
    name: 'stdio: ends ×2 then ok',
    make: (bench) => stdio(bench, '--crash-starts', '2'),
    expect: (numbers) => {
      const waits = numbers.respawnDelayMs * 3;
      return connected(3, { waitsMs: () => [waits * 0.5, waits + 3_000] })(numbers);
    },
  },
  {
    name: 'stdio: silent',
    make: (bench) => stdio(bench, '--silent'),
    expect: retried('timeout', { tryMs: (numbers) => numbers.connectTimeoutMs }),
  },
  {
    name: 'headersHelper ends with an error',
    make: (bench) => untouched(http(bench, bench.t.mcpServer(), { headersHelper: 'exit 7' })),
    // Its probes run the helper, so they keep the longer distance.
    expect: helperRetried('helper-failed'),
  },
  {
    name: 'headersHelper hangs',
    make: (bench) => untouched(http(bench, bench.t.mcpServer(), { headersHelper: 'sleep 3600' })),
    expect: helperRetried('helper-timeout', (numbers) => numbers.helperTimeoutMs),
  },
  {
    name: 'headersHelper prints no object of strings',
    make: (bench) => untouched(http(bench, bench.t.mcpServer(), { headersHelper: `echo ${quote('["x"]')}` })),
    expect: final('helper-bad-output', NOTHING_SENT),
  },
  {
    name: 'variable without value and default',
    make: (bench) => untouched(http(bench, bench.t.mcpServer(), { headers: { 'X-Key': '${HOLDFAST_TEST_NONE}' } })),
    expect: final('variable-missing', NOTHING_SENT),
  },
  {
    name: 'variable with a default',
    make: (bench) =>
      http(bench, bench.t.requireHeader({ name: 'X-Key', value: 'fallback' }, bench.t.mcpServer()), {
        headers: { 'X-Key': '${HOLDFAST_TEST_NONE:-fallback}' },
      }),
    expect: connected(),
  },
  {
    name: 'entry without url and command',
    make: () => ({ entry: { type: 'http' }, tries: () => 0 }),
    expect: final('config-invalid', NOTHING_SENT),
  },
  {
    name: 'entry of an unknown type',
    make: (bench) => untouched(http(bench, bench.t.mcpServer(), { type: 'carrier-pigeon' })),
    expect: final('config-invalid', NOTHING_SENT),
  },
  {
    name: 'switched off',
    make: (bench) => untouched(http(bench, bench.t.mcpServer(), { disabled: true })),
    expect: () => ({
      ...needsAuth('forbidden')({ authProbeMs: 0 }),
      status: 'disabled',
      reason: 'disabled-by-user',
      tries: 0,
      next: 'nothing',
    }),
  },
];

/** As `retried`, with the distance that probes of a helper keep; nothing reaches the server. */
function helperRetried(reason, tryMs = () => 0) {
  return (numbers) => ({
    ...retried(reason, { tryMs })(numbers),
    tries: 0,
    next: [numbers.helperGapMs, Math.max(numbers.helperGapMs, numbers.slowProbeMs * 1.5)],
  });
}
