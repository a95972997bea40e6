/**
 * A gateway on the FastMCP library, as a reader of its manual would write one.
 *
 * @module
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, port, urls] = process.argv.slice(2);
const require = createRequire(join(folder, 'package.json'));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { FastMCP } = await import(pathToFileURL(join(folder, 'dist', 'FastMCP.js')));
const { Client } = await load('@modelcontextprotocol/sdk/client/index.js');
const { StreamableHTTPClientTransport } = await load('@modelcontextprotocol/sdk/client/streamableHttp.js');
const { z } = await load('zod');

const server = new FastMCP({ name: 'bench', version: '1.0.0' });
for (const [name, url] of Object.entries(JSON.parse(urls))) {
  const client = new Client({ name: 'bench', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  const { tools } = await client.listTools();
  for (const tool of tools)
    server.addTool({
      name: `${name}__${tool.name}`,
      description: tool.description,
      parameters: z.object({ text: z.string(), times: z.number().int().optional() }),
      execute: (given) => client.callTool({ name: tool.name, arguments: given }),
    });
}
await server.start({ transportType: 'httpStream', httpStream: { port: Number(port), host: '127.0.0.1' } });
