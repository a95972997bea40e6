/**
 * Rows of the fault matrix: faults while the server is connected. Each makes four calls and tells which were answered.
 *
 * @module
 */
import { connected } from './expect.mjs';
import { helper, http, stdio } from './make.mjs';

/** A server whose tool calls meet `fault` first, that many times. */
const callsMeet = (times, fault, options) => (bench) => {
  const mcp = bench.t.mcpServer(options);
  const made = http(bench, bench.t.onRpc('tools/call', bench.t.firstThen(times, fault(bench), mcp), mcp));
  return { ...made, mend: undefined, after: fourCalls(made.mount) };
};

const good = (after) => connected(1, { after });

export const SESSION_ROWS = [
  {
    name: 'call → 404 session not found',
    peer: true,
    make: (bench) => {
      const made = http(bench, lostSession(bench, 404));
      return { ...made, mend: undefined, tries: () => 1, after: fourCalls(made.mount) };
    },
    expect: good('✓✓✓✓ · 2 initialize · connected'),
  },
  {
    name: 'call → 400 no valid session',
    make: (bench) => {
      const made = http(bench, lostSession(bench, 400));
      return { ...made, mend: undefined, tries: () => 1, after: fourCalls(made.mount) };
    },
    expect: good('✓✓✓✓ · 2 initialize · connected'),
  },
  {
    name: 'call → 503 ×2',
    peer: true,
    make: callsMeet(2, (bench) => bench.t.status(503)),
    expect: good('✗✗✓✓ · 4 calls seen · connected'),
  },
  {
    name: 'call → reset ×1',
    make: callsMeet(1, (bench) => bench.t.reset()),
    expect: good('✗✓✓✓ · 4 calls seen · connected'),
  },
  {
    name: 'call → 403 bare ×1, contact good',
    make: callsMeet(1, (bench) => bench.t.forbidden()),
    expect: good('✗(ERR_FORBIDDEN)✓✓✓ · 4 calls seen · connected'),
  },
  {
    name: 'call → 401 with OAuth ×1, anonymous, contact good',
    peer: true,
    make: callsMeet(1, (bench) => bench.t.unauthorized(`Bearer resource_metadata="${bench.server.origin}/none"`)),
    expect: good('✗(ERR_NEEDS_AUTH)✓✓✓ · 4 calls seen · connected'),
  },
  {
    name: 'call → 403 insufficient_scope ×1',
    peer: true,
    make: callsMeet(1, (bench) => bench.t.insufficientScope('files:write')),
    expect: good('✗(ERR_FORBIDDEN)✓✓✓ · 4 calls seen · connected'),
  },
  {
    name: 'call → 429 ×1, contact good',
    make: callsMeet(1, (bench) => bench.t.tooMany({ seconds: 1 })),
    expect: good('✗(ERR_RATE_LIMITED)✓✓✓ · 4 calls seen · connected'),
  },
  {
    name: 'call → 200 with an error result that says 401',
    make: callsMeet(
      1,
      (bench) => (exchange) =>
        bench.t.replyJson(exchange, 200, {
          jsonrpc: '2.0',
          id: exchange.message?.id ?? null,
          result: {
            resultType: 'complete',
            isError: true,
            content: [{ type: 'text', text: 'upstream: 401 Unauthorized' }],
          },
        }),
    ),
    expect: good('✓✓✓✓ · 4 calls seen · connected'),
  },
  {
    name: 'call → 401 ×1 with a headersHelper',
    make: (bench) => {
      const mcp = bench.t.mcpServer();
      const refused = bench.t.firstThen(1, bench.t.unauthorized(), mcp);
      const made = http(bench, bench.t.onRpc('tools/call', refused, mcp), {
        headersHelper: helper(bench, { 'X-Turn': 'TURN' }),
      });
      return { ...made, mend: undefined, after: fourCalls(made.mount) };
    },
    // Refused before it was acted on, so it may be sent once more: five calls seen for four made.
    expect: good('✓✓✓✓ · 5 calls seen · connected'),
  },
  {
    name: 'GET stream cut every 0.4 s',
    peer: true,
    make: (bench) => {
      const made = http(bench, bench.t.mcpServer({ era: 'legacy', streamCutMs: 400 }));
      const gets = () => made.mount.hits().filter(({ method }) => method === 'GET').length;
      return {
        ...made,
        mend: undefined,
        async after(tools) {
          const calls = await fourCalls(made.mount)(tools);
          await tools.pause(4_000);
          const { status } = await tools.fleet.snapshot(tools.name);
          // Without back-off there would be ten.
          return `${calls} · ${gets() <= 7 ? 'reopened with back-off' : `reopened ${gets()} times`} · ${status}`;
        },
      };
    },
    expect: good('✓✓✓✓ · 4 calls seen · connected · reopened with back-off · connected'),
  },
  {
    name: 'stdio: the process dies on a call',
    make: (bench) => ({
      ...stdio(bench, '--crash-on-call', 'add'),
      async after(tools) {
        const died = await tryCall(tools, 'add', { a: 1, b: 2 });
        const later = await tryCall(tools, 'echo', { text: 'x' });
        return `${died}${later} · ${(await tools.fleet.snapshot(tools.name)).status}`;
      },
    }),
    expect: (numbers) => ({ ...good('✗✓ · connected')(numbers), tries: 1 }),
  },
];

/** A server that forgets its sessions when the first call comes. */
function lostSession(bench, code) {
  const mcp = bench.t.mcpServer({ era: 'legacy', lostSessionStatus: code });
  let lost = false;
  return (exchange) => {
    if (exchange.message?.method === 'tools/call' && !lost) {
      lost = true;
      mcp.loseSessions();
    }
    return mcp.behaviour(exchange);
  };
}

async function tryCall({ fleet, name }, tool, input, codes = []) {
  try {
    await fleet.request(name, 'tools/call', { name: tool, arguments: input }, { timeoutMs: 20_000 });
    return '✓';
  } catch (error) {
    return codes.includes(error.code) ? `✗(${error.code})` : '✗';
  }
}

const TOLD = ['ERR_FORBIDDEN', 'ERR_RATE_LIMITED', 'ERR_NEEDS_AUTH', 'ERR_CLOSED', 'ERR_INTERNAL'];

/** Four calls, one after the other; what became of them, and what the server saw. */
function fourCalls(mount) {
  return async (tools) => {
    let marks = '';
    for (let call = 0; call < 4; call += 1) marks += await tryCall(tools, 'add', { a: call, b: 1 }, TOLD);
    const seen = mount.hits().filter(({ rpcMethod }) => rpcMethod === 'tools/call').length;
    const { status } = await tools.fleet.snapshot(tools.name);
    return mount.initializes > 1
      ? `${marks} · ${mount.initializes} initialize · ${status}`
      : `${marks} · ${seen} calls seen · ${status}`;
  };
}
