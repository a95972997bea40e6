/**
 * A small MCP server on its standard streams, without any library, that the misbehaving servers beside it are made from.
 *
 * @module
 */
import { createInterface } from 'node:readline';

export const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

const TOOLS = ['echo', 'exit', 'pid', 'environment', 'large'].map((name) => ({
  name,
  description: `the tool ${name}`,
  inputSchema: { type: 'object' },
}));
const text = (value) => ({ content: [{ type: 'text', text: String(value) }] });

const CALLS = {
  echo: (args) => text(args.text),
  exit: (args) => process.exit(args.code ?? 0),
  pid: () => text(process.pid),
  environment: () => text(JSON.stringify(process.env)),
  large: (args) => text('x'.repeat(args.bytes)),
};

const ANSWERS = {
  initialize: (params) => ({
    protocolVersion: params.protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'mini', version: '1.0.0' },
  }),
  ping: () => ({}),
  'tools/list': () => ({ tools: TOOLS }),
  'tools/call': (params) => CALLS[params.name](params.arguments ?? {}),
};

/** Answers until stdin ends. `overrides` = other answers by method; one that throws an error with `code` and `data` answers with it. */
export function serve(overrides = {}) {
  const answers = { ...ANSWERS, ...overrides };
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const { id, method, params } = JSON.parse(line);
    if (id === undefined || method === undefined) return;
    const answer = answers[method];
    if (answer === undefined) return say({ id, error: { code: -32_601, message: `no method ${method}` } });
    try {
      const result = answer(params ?? {});
      if (result !== undefined) say({ id, result });
    } catch (error) {
      say({ id, error: { code: error.code ?? -32_603, message: error.message, data: error.data } });
    }
  });
}
