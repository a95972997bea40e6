/**
 * Shows that the endpoint of all servers differs from that of one in names and addresses only: lists, results, prompts and
 * resources of both are compared after the prefixes were taken away.
 *
 * @module
 */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { deepStrictEqual } from 'node:assert';

const OWN = /^holdfast__|__authenticate$/;
const CALLS = ['test_simple_text', 'test_image_content', 'test_embedded_resource', 'test_error_handling'];

async function connect(url, mode) {
  const client = new Client({ name: 'compare', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return client;
}

const strip = (text, prefix) => (text.startsWith(prefix) ? text.slice(prefix.length) : text);
const isTheirs = ({ name }) => !OWN.test(name);

/** Everything that can be compared, under the server's own names. */
async function seen(client, { name, uri }) {
  const named = (items) => items.filter(isTheirs).map((item) => ({ ...item, name: strip(item.name, name) }));
  const addressed = (items, key) => items.map((item) => ({ ...item, [key]: strip(item[key], uri) }));
  const { tools } = await client.listTools();
  const { prompts } = await client.listPrompts();
  const { resources } = await client.listResources();
  const { resourceTemplates } = await client.listResourceTemplates();
  const results = [];
  for (const tool of CALLS) results.push(await client.callTool({ name: name + tool, arguments: {} }));
  results.push(await client.callTool({ name: `${name}test_structured`, arguments: { value: 7 } }));
  results.push(await client.getPrompt({ name: `${name}test_simple_prompt` }));
  const read = await client.readResource({ uri: `${uri}test://static-text` });
  return {
    tools: named(tools),
    prompts: named(prompts),
    resources: addressed(resources, 'uri'),
    resourceTemplates: addressed(resourceTemplates, 'uriTemplate'),
    results,
    read: { ...read, contents: addressed(read.contents, 'uri') },
  };
}

/** Compares both endpoints for clients of one era; how many things were compared. Errors: an `AssertionError` that shows the difference. */
export async function compareEndpoints({ all, one, server, era }) {
  const mode = era === 'modern' ? 'auto' : 'legacy';
  const clients = await Promise.all([connect(all, mode), connect(one, mode)]);
  try {
    const merged = await seen(clients[0], { name: `${server}__`, uri: `${server}+` });
    const alone = await seen(clients[1], { name: '', uri: '' });
    deepStrictEqual(merged, alone);
    const count = Object.values(alone).reduce((sum, part) => sum + (Array.isArray(part) ? part.length : 1), 0);
    if (alone.tools.length === 0 || alone.resources.length === 0) throw new Error('nothing was compared');
    return count;
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}
