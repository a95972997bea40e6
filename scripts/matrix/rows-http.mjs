/**
 * Rows of the fault matrix: what a server over HTTP answers, and how it fails to.
 *
 * @module
 */
import { connected, final, retried, waitsFor } from './expect.mjs';
import { at, http } from './make.mjs';

const status = (code) => (bench) => http(bench, bench.t.status(code));
const twice = (fault) => (bench) =>
  http(bench, bench.t.firstThen(2, fault(bench), bench.t.mcpServer({ era: 'legacy' })));
const deadline = (numbers) => numbers.connectTimeoutMs;

export const HTTP_ROWS = [
  {
    name: 'ok',
    peer: true,
    make: (bench) => http(bench, bench.t.mcpServer({ era: 'legacy' })),
    expect: connected(1, { snapshot: { era: 'legacy', transport: 'http', tools: 5 } }),
  },
  {
    name: 'ok, 2026-07-28',
    make: (bench) => http(bench, bench.t.mcpServer({ era: 'modern' })),
    expect: connected(1, { snapshot: { era: 'modern', transport: 'http', tools: 5 } }),
  },
  {
    name: 'ok, no type',
    make: (bench) => http(bench, bench.t.mcpServer(), { type: undefined }),
    expect: connected(1, { snapshot: { transport: 'http' } }),
  },
  { name: '400', make: status(400), expect: final('http-4xx', { snapshot: { httpStatus: 400 } }) },
  { name: '404', peer: true, make: status(404), expect: final('http-404', { snapshot: { httpStatus: 404 } }) },
  {
    name: '404, no type',
    make: (bench) => http(bench, bench.t.status(404), { type: undefined }),
    expect: final('http-404'),
  },
  {
    name: '404 to POST, 405 to GET, no type: the first error is told',
    make: (bench) => http(bench, bench.t.onHttp('GET', bench.t.status(405), bench.t.status(404)), { type: undefined }),
    expect: final('http-404', { snapshot: { httpStatus: 404 } }),
  },
  { name: '405', make: status(405), expect: final('http-4xx') },
  { name: '406', make: status(406), expect: final('http-4xx') },
  { name: '410', make: status(410), expect: final('http-404') },
  { name: '415', make: status(415), expect: final('http-4xx') },
  { name: '408', make: status(408), expect: retried('timeout', { snapshot: { httpStatus: 408 } }) },
  { name: '425', make: status(425), expect: retried('timeout') },
  {
    name: '429 (Retry-After: 1)',
    peer: true,
    make: (bench) => http(bench, bench.t.tooMany({ seconds: 1 })),
    // Never before the time that the server names, so the first wait is a second at least.
    expect: (numbers) => {
      const plain = retried('http-429')(numbers);
      const waits = numbers.startupRetries * 1_000;
      return { ...plain, ms: [Math.max(plain.ms[0], waits - 50), plain.ms[1] + waits] };
    },
  },
  {
    name: '429 ×2 then ok',
    peer: true,
    make: twice((bench) => bench.t.tooMany({ seconds: 1 })),
    expect: connected(3, { waitsMs: () => [2_000, 3_000] }),
  },
  {
    name: '429 (Retry-After: 120)',
    make: (bench) => http(bench, bench.t.tooMany({ seconds: 120 })),
    expect: waitsFor('http-429', 120_000),
  },
  {
    name: '429 (Retry-After: a date in 90 s)',
    make: (bench) => http(bench, bench.t.tooMany({ dateInMs: 90_000 })),
    expect: waitsFor('http-429', 90_000),
  },
  {
    name: '429 (Retry-After: a day)',
    make: (bench) => http(bench, bench.t.tooMany({ seconds: 86_400 })),
    expect: waitsFor('http-429', 86_400_000),
  },
  { name: '500', peer: true, make: status(500), expect: retried('http-5xx', { snapshot: { httpStatus: 500 } }) },
  { name: '501', make: status(501), expect: final('http-4xx', { snapshot: { httpStatus: 501 } }) },
  { name: '502', make: status(502), expect: retried('http-5xx') },
  { name: '503', peer: true, make: status(503), expect: retried('http-5xx') },
  {
    name: '503 ×2 then ok',
    peer: true,
    make: twice((bench) => bench.t.status(503)),
    expect: connected(3),
  },
  { name: '504', make: status(504), expect: retried('http-5xx') },
  {
    name: 'refused',
    peer: true,
    make: async (bench) => {
      const port = await bench.t.startRefusingPort();
      return { ...at(port.url), close: () => port.close() };
    },
    expect: retried('refused'),
  },
  {
    name: 'name that does not resolve',
    make: () => at('http://holdfast-test.invalid/mcp'),
    // A resolver may take its time to say no.
    expect: (numbers) => {
      const plain = retried('dns')(numbers);
      return { ...plain, ms: [plain.ms[0], plain.ms[1] + 4 * numbers.connectTimeoutMs] };
    },
  },
  {
    name: 'proxy that refuses',
    make: async (bench) => {
      const port = await bench.t.startRefusingPort();
      const proxy = `http://127.0.0.1:${port.port}`;
      return {
        ...at('http://holdfast-test.invalid/mcp'),
        env: { HTTP_PROXY: proxy, http_proxy: proxy, NO_PROXY: '', no_proxy: '' },
        close: () => port.close(),
      };
    },
    expect: retried('proxy'),
  },
  { name: 'TCP reset', peer: true, make: (bench) => http(bench, bench.t.reset()), expect: retried('reset') },
  {
    name: 'TCP reset when the connection opens',
    make: async (bench) => {
      const port = await bench.t.startBrokenPort('reset');
      return { ...at(port.url), tries: () => port.connections, close: () => port.close() };
    },
    expect: retried('reset'),
  },
  {
    name: 'TCP reset in the middle of an answer',
    make: (bench) => http(bench, bench.t.reset('in-answer')),
    expect: retried('reset'),
  },
  { name: 'reset ×2 then ok', peer: true, make: twice((bench) => bench.t.reset()), expect: connected(3) },
  {
    name: 'hang (accept, never answer)',
    peer: true,
    make: (bench) => http(bench, bench.t.hang()),
    expect: retried('timeout', { tryMs: deadline }),
  },
  {
    name: 'hang, no type: one deadline for all transports',
    make: (bench) => http(bench, bench.t.hang(), { type: undefined }),
    expect: retried('timeout', { tryMs: deadline }),
  },
  {
    name: 'hang before HTTP',
    make: async (bench) => {
      const port = await bench.t.startBrokenPort('silent');
      return { ...at(port.url), close: () => port.close() };
    },
    expect: retried('timeout', { tryMs: deadline }),
  },
  {
    name: 'open stream, no message',
    peer: true,
    make: (bench) => http(bench, bench.t.silentStream()),
    expect: retried('timeout', { tryMs: deadline }),
  },
  {
    name: 'one byte now and then',
    make: (bench) => http(bench, bench.t.slowLoris(100)),
    expect: retried('timeout', { tryMs: deadline }),
  },
  {
    name: 'slow initialise 8 s',
    peer: true,
    make: (bench) => http(bench, bench.t.mcpServer({ era: 'legacy', initializeDelayMs: bench.slowMs })),
    expect: connected(1, { extraMs: (numbers) => numbers.slowMs }),
  },
  { name: '200 text/html', peer: true, make: (bench) => http(bench, bench.t.html()), expect: final('not-mcp') },
  {
    name: '200 with JSON that is no message',
    make: (bench) => http(bench, (exchange) => bench.t.replyJson(exchange, 200, { status: 'ok' })),
    expect: final('not-mcp'),
  },
  {
    name: '200 with a message cut short',
    make: (bench) => http(bench, bench.t.brokenJson()),
    expect: final('protocol-error'),
  },
  {
    name: '200 with another media type',
    make: (bench) => http(bench, bench.t.wrongContentType()),
    expect: final('not-mcp'),
  },
  {
    name: '200 with a JSON-RPC error to everything',
    make: (bench) =>
      http(bench, (exchange) =>
        bench.t.replyJson(exchange, 200, {
          jsonrpc: '2.0',
          id: exchange.message?.id ?? null,
          error: { code: -32_603, message: 'Internal error' },
        }),
      ),
    expect: final('protocol-error'),
  },
];
