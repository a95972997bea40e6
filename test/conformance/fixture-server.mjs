/**
 * A server with everything that the official conformance suite asks of one, on the official server SDK, in the eras it
 * is told: `node test/conformance/fixture-server.mjs [legacy|modern|both] [port]` prints its address; with `stdio` it
 * speaks over its standard streams.
 *
 * @module
 */
import { NodeStreamableHTTPServerTransport, toNodeHandler, toWebRequest } from '@modelcontextprotocol/node';
import { localhostHostValidation, localhostOriginValidation } from '@modelcontextprotocol/node';
import { McpServer, createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server';
import { randomUUID } from 'node:crypto';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { addMirrored, addPrompts, addResources, addTools, said } from './fixture/content.mjs';
import { addQuestions, states } from './fixture/questions.mjs';

const changing = { listChanged: true };

/** What all conversations with one fixture share. */
class World {
  /** Lists grow and shrink at a call, so that their changes are real. */
  extra = { tool: false, prompt: false };
  sessions = new Map();
  watched = new Map();
  notify = undefined;

  change(kind) {
    this.extra[kind] = !this.extra[kind];
    if (kind === 'tool') this.notify?.toolsChanged();
    else this.notify?.promptsChanged();
    // A server of a session lives on: what it registers and removes it announces by itself.
    for (const { server } of this.sessions.values()) addExtra(server, kind, this.extra[kind]);
  }

  touch(uri) {
    this.notify?.resourceUpdated(uri);
    for (const [id, uris] of this.watched)
      if (uris.has(uri)) this.sessions.get(id)?.server.server.sendResourceUpdated({ uri });
  }
}

const extras = new WeakMap();

function addExtra(server, kind, isThere) {
  const known = extras.get(server) ?? {};
  extras.set(server, known);
  if (!isThere) known[kind]?.remove();
  else if (kind === 'tool')
    known.tool = server.registerTool('test_extra', { description: 'Comes and goes.' }, () => said('here'));
  else known.prompt = server.registerPrompt('test_extra', { description: 'Comes and goes.' }, () => ({ messages: [] }));
}

function makeServer(world) {
  const server = new McpServer(
    { name: 'conformance-fixture', version: '1.0.0' },
    {
      capabilities: {
        tools: changing,
        prompts: changing,
        resources: { ...changing, subscribe: true },
        logging: {},
        completions: {},
      },
      instructions: 'A server for tests: every tool says what it does.',
      requestState: { verify: (state, ctx) => states.verify(state, ctx) },
    },
  );
  addTools(server);
  addMirrored(server);
  addPrompts(server);
  addResources(server);
  addQuestions(server);
  server.registerTool('test_trigger_tool_change', { description: 'Changes the list of tools.' }, () => {
    world.change('tool');
    return said('the list has changed');
  });
  server.registerTool('test_trigger_prompt_change', { description: 'Changes the list of prompts.' }, () => {
    world.change('prompt');
    return said('the list has changed');
  });
  server.registerTool('test_touch_resource', { description: 'Changes the watched resource.' }, () => {
    world.touch('test://watched-resource');
    return said('the resource has changed');
  });
  for (const kind of ['tool', 'prompt']) if (world.extra[kind]) addExtra(server, kind, true);
  return server;
}

/** Sessions of the earlier era, each with a server of its own. */
async function legacy(world, request, response, body) {
  const known = world.sessions.get(request.headers['mcp-session-id']);
  if (known !== undefined) {
    await known.transport.handleRequest(request, response, body);
    return;
  }
  if (request.headers['mcp-session-id'] !== undefined || request.method !== 'POST') {
    response.writeHead(request.headers['mcp-session-id'] === undefined ? 400 : 404).end();
    return;
  }
  const server = makeServer(world);
  const watched = new Set();
  server.server.setRequestHandler('resources/subscribe', ({ params }) => {
    watched.add(params.uri);
    return {};
  });
  server.server.setRequestHandler('resources/unsubscribe', ({ params }) => {
    watched.delete(params.uri);
    return {};
  });
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized(id) {
      world.sessions.set(id, { server, transport });
      world.watched.set(id, watched);
    },
    onsessionclosed(id) {
      world.sessions.delete(id);
      world.watched.delete(id);
    },
  });
  await server.connect(transport);
  await transport.handleRequest(request, response, body);
}

/** Starts it on loopback. `era` = what it speaks; the rest is refused as servers of that era do. */
export async function startFixture({ era = 'both', port = 0 } = {}) {
  const world = new World();
  const handler = createMcpHandler(() => makeServer(world), { legacy: 'reject' });
  world.notify = handler.notify;
  const modern = toNodeHandler(handler);
  const checks = [localhostHostValidation(), localhostOriginValidation()];
  const serve = async (request, response) => {
    if (!checks.every((check) => check(request, response))) return;
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const body = parsed(text);
    const isLegacy =
      era === 'legacy' || (era === 'both' && (await isLegacyRequest(await toWebRequest(request, body), body)));
    if (isLegacy) await legacy(world, request, response, body);
    else await modern(request, response, body);
  };
  const http = createServer((request, response) => void serve(request, response));
  await new Promise((resolve) => http.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${http.address().port}/mcp`,
    world,
    /** Every session is gone, as after a restart. */
    forget() {
      world.sessions.clear();
      world.watched.clear();
    },
    async close() {
      await handler.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

function parsed(text) {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [era, port] = process.argv.slice(2);
  if (era === 'stdio') await makeServer(new World()).connect(new StdioServerTransport());
  else {
    const { url } = await startFixture({ era, port: Number(port ?? 0) });
    console.log(url);
  }
}
