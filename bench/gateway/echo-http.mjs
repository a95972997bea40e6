/**
 * The upstream of the benchmark over HTTP: one process, as many servers as asked for, `/0`, `/1` …
 *
 * @module
 */
import { createServer } from 'node:http';
import { answerTo } from './answers.mjs';

const server = createServer((request, response) => {
  if (request.method !== 'POST') {
    response.writeHead(request.method === 'DELETE' ? 200 : 405, { 'content-length': 0 }).end();
    return;
  }
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const message = JSON.parse(Buffer.concat(parts).toString());
    const answer = answerTo(message);
    if (answer === undefined) {
      response.writeHead(202, { 'content-length': 0 }).end();
      return;
    }
    const body = Buffer.from(JSON.stringify(answer));
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': body.length,
      ...(message.method === 'initialize' ? { 'mcp-session-id': 'bench-session' } : {}),
    });
    response.end(body);
  });
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
