/**
 * Rows of the fault matrix: redirects, TLS, versions, HTTP+SSE, lists.
 *
 * @module
 */
import { connected, final, retried } from './expect.mjs';
import { at, http } from './make.mjs';

const deadline = (numbers) => numbers.connectTimeoutMs;

/** A server of its own that speaks TLS with a bad certificate. */
const tls = (kind) => async (bench) => {
  const server = await bench.t.startFaultServer({ tls: kind });
  const mount = server.mount('/mcp', bench.t.mcpServer());
  return { ...at(mount.url), close: () => server.close() };
};

export const TRANSPORT_ROWS = [
  {
    name: 'redirect to another origin',
    make: (bench) => http(bench, bench.t.redirect('https://holdfast-test.invalid/mcp')),
    expect: final('redirected', { snapshot: { redirectTo: 'https://holdfast-test.invalid/mcp' } }),
  },
  {
    name: 'redirect from http to https of the same host',
    make: (bench) => http(bench, bench.t.redirect(`https://127.0.0.1:${bench.server.port}/mcp`, 301)),
    expect: final('redirected'),
  },
  {
    name: 'redirect to another path of the same origin',
    make: (bench) => {
      bench.server.mount(`${bench.path}-moved`, bench.t.mcpServer());
      return { ...http(bench, bench.t.redirect(`${bench.path}-moved`, 308)), mend: undefined };
    },
    expect: connected(),
  },
  { name: 'TLS, self-signed', make: tls('self-signed'), expect: final('tls') },
  { name: 'TLS, expired', make: tls('expired'), expect: final('tls') },
  {
    name: 'TLS to a server that speaks none',
    make: (bench) => at(`https://127.0.0.1:${bench.server.port}${bench.path}`),
    expect: final('tls'),
  },
  {
    name: 'version unsupported, earlier era',
    make: (bench) => http(bench, bench.t.mcpServer({ era: 'legacy', answerVersion: '1999-01-01' })),
    expect: final('version-unsupported'),
  },
  {
    name: 'version unsupported, modern era',
    make: (bench) => http(bench, bench.t.mcpServer({ era: 'modern', modernVersions: ['2099-01-01'] })),
    expect: final('version-unsupported'),
  },
  {
    name: 'legacy SSE server',
    peer: true,
    make: (bench) => ({ ...http(bench, bench.t.legacySseServer(), { type: undefined }), mend: undefined }),
    expect: connected(1, { snapshot: { transport: 'sse', tools: 5 } }),
  },
  {
    name: 'legacy SSE server, type sse',
    make: (bench) => {
      const made = http(bench, bench.t.legacySseServer(), { type: 'sse' });
      return {
        ...made,
        mend: undefined,
        tries: () => made.mount.hits().filter(({ method }) => method === 'GET').length,
      };
    },
    expect: connected(1, { snapshot: { transport: 'sse' } }),
  },
  {
    name: 'legacy SSE server, type http',
    make: (bench) => http(bench, bench.t.legacySseServer()),
    expect: final('http-4xx', { snapshot: { httpStatus: 405 } }),
  },
  {
    name: 'type sse, server that has no GET',
    make: (bench) => ({ ...http(bench, bench.t.mcpServer({ era: 'modern' }), { type: 'sse' }), mend: undefined }),
    expect: final('http-4xx', { snapshot: { httpStatus: 405 } }),
  },
  {
    name: 'type sse, stream without endpoint',
    make: (bench) => ({
      ...http(bench, bench.t.legacySseServer({ endpointDelayMs: 'never' }), { type: 'sse' }),
      mend: undefined,
    }),
    expect: retried('timeout', { tryMs: deadline }),
  },
  {
    name: 'tools/list → 500',
    peer: true,
    make: (bench) => http(bench, bench.t.onRpc('tools/list', bench.t.status(500), bench.t.mcpServer())),
    expect: (numbers) => {
      const good = connected()(numbers);
      return { ...good, reason: 'lists-failed', ms: [0, good.ms[1] + 10_000] };
    },
  },
  {
    name: 'tools/list → 500 ×2 then ok',
    make: (bench) =>
      http(bench, bench.t.onRpc('tools/list', bench.t.firstThen(2, bench.t.status(500), bench.good), bench.good)),
    expect: (numbers) => {
      const good = connected(1, { snapshot: { tools: 5 } })(numbers);
      return { ...good, ms: [0, good.ms[1] + 10_000] };
    },
  },
  {
    name: 'lists in many pages',
    make: (bench) => http(bench, bench.t.mcpServer({ extraTools: 95, pageSize: 7 })),
    expect: connected(1, { snapshot: { tools: 100 } }),
  },
];
