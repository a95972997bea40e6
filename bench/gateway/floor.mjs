/**
 * The floor: a reverse proxy as plain as Node allows, node:http in and node:http out, nothing read.
 *
 * @module
 */
import { Agent, createServer, request as send } from 'node:http';

const target = new URL(process.argv[2]);
const agent = new Agent({ keepAlive: true });
const server = createServer((request, response) => {
  const headers = { ...request.headers, host: target.host };
  const onward = send(
    { agent, host: target.hostname, port: target.port, path: target.pathname, method: request.method, headers },
    (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on('error', () => response.destroy());
  request.pipe(onward);
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
