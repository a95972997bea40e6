/**
 * A session of an official TypeScript SDK in the form that the judge asks.
 *
 * @module
 */

/** `client` is connected. */
export function sdkSession(client) {
  return {
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args) => JSON.stringify(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
}
