/**
 * A child process that plays many MCP servers on one port, one a path, each going up and down at random.
 * Argument: JSON {count, meanMs, seed}. Tells its parent {port}, then {i, up, when} at every change.
 */
import { createServer } from 'node:http';

const { count, meanMs, seed } = JSON.parse(process.argv[2]);
let state = seed >>> 0;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 4294967296;
};
const servers = Array.from({ length: count }, () => ({ up: true, streams: new Set(), sessions: 0 }));

const json = (response, body, headers = {}) => {
  response.writeHead(200, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};

function answer(server, message, response) {
  const reply = (result, headers) => json(response, { jsonrpc: '2.0', id: message.id, result }, headers);
  switch (message.method) {
    case 'initialize':
      server.sessions += 1;
      return reply(
        {
          protocolVersion: message.params.protocolVersion,
          capabilities: { tools: { listChanged: true } },
          serverInfo: { name: 'flapping', version: '1' },
        },
        { 'mcp-session-id': `s${server.sessions}` },
      );
    case 'tools/list':
      return reply({ tools: [{ name: 'echo', inputSchema: { type: 'object' } }] });
    case 'ping':
      return reply({});
    default:
      if (message.id === undefined) return response.writeHead(202).end();
      response.writeHead(message.method === 'server/discover' ? 400 : 200, { 'content-type': 'application/json' });
      return response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, error: { code: -32601, message: 'no' } }));
  }
}

const http = createServer((request, response) => {
  const server = servers[Number(request.url.slice(1))];
  if (server === undefined || !server.up) return request.socket.destroy();
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': open\n\n');
    server.streams.add(response);
    return response.on('close', () => server.streams.delete(response));
  }
  if (request.method !== 'POST') return response.writeHead(200).end();
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  return request.on('end', () => answer(server, JSON.parse(body), response));
});

function flip(i) {
  const server = servers[i];
  server.up = !server.up;
  if (!server.up) for (const stream of server.streams) stream.socket?.destroy();
  if (!process.connected) return;
  process.send({ i, up: server.up, when: Date.now() });
  setTimeout(flip, -Math.log(1 - random()) * meanMs, i);
}

http.listen(0, '127.0.0.1', () => process.send({ port: http.address().port }));
process.on('message', (word) => {
  if (word === 'flap') for (let i = 0; i < count; i += 1) setTimeout(flip, -Math.log(1 - random()) * meanMs, i);
});
process.on('disconnect', () => process.exit(0));
