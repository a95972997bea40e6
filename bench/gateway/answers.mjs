/**
 * The answers of an echo server, without any SDK: what a call costs here is the same for every target.
 *
 * @module
 */

const CAPABILITIES = { tools: { listChanged: false } };

/** Ten tools of about 600 bytes. */
const tools = (count) =>
  Array.from({ length: count }, (_, i) => ({
    name: i === 0 ? 'echo' : `tool${i}`,
    description: `Says the text again, for measurements. ${'It has a description of a common length. '.repeat(6)}`,
    inputSchema: {
      type: 'object',
      properties: {
        text: { type: 'string', description: 'What is to be said again.' },
        times: { type: 'integer', minimum: 1, maximum: 10, description: 'How many times it is to be said.' },
      },
      required: ['text'],
      additionalProperties: false,
    },
  }));

/** The answer to a message; `undefined` for a notification. */
export function answerTo({ id, method, params }, count = 10) {
  if (id === undefined) return undefined;
  const result = (value) => ({ jsonrpc: '2.0', id, result: value });
  switch (method) {
    case 'initialize':
      return result({
        protocolVersion: params.protocolVersion,
        capabilities: CAPABILITIES,
        serverInfo: { name: 'echo', version: '1.0.0' },
      });
    case 'tools/list':
      return result({ tools: tools(count) });
    case 'tools/call':
      return result({ content: [{ type: 'text', text: params.arguments.text }] });
    case 'ping':
      return result({});
    default:
      return { jsonrpc: '2.0', id, error: { code: -32_601, message: 'Method not found' } };
  }
}
