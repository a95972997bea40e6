/**
 * An MCP server over HTTP whose sockets and sessions are cut, and that remembers what it did and what it refused.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { TOOL, VERSION, helloOf, isModern, modernResult, work } from './tool.mjs';

const bodyOf = async (request) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

/** One server. `done` and `refused` are told every token of a call that was begun, or was refused before it was. */
export class HttpServer {
  #sessions = new Set();
  #streams = new Set();
  #authorization = undefined;

  constructor({ name, era, stream = false, done, refused }) {
    this.name = name;
    Object.assign(this, { era, stream, done, refused });
    this.server = createServer((request, response) => {
      response.on('error', () => {});
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.server.keepAliveTimeout = 600_000;
  }

  async listen() {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${this.server.address().port}/mcp`;
    return this;
  }

  /** From now on only this token is let in. */
  demand(bearer) {
    this.#authorization = `Bearer ${bearer}`;
  }

  /** Forgets every session and breaks every socket. */
  cut() {
    this.#sessions.clear();
    this.server.closeAllConnections();
  }

  async close() {
    this.server.close();
    this.server.closeAllConnections();
  }

  async #serve(request, response) {
    const text = await bodyOf(request);
    const message = text === '' ? undefined : JSON.parse(text);
    const refuse = (status, headers = {}) => {
      const token = message?.params?.arguments?.token;
      if (token !== undefined) this.refused(token, status);
      response.writeHead(status, { 'content-length': 0, ...headers });
      response.end();
    };
    const { authorization, 'mcp-session-id': session } = request.headers;
    if (this.#authorization !== undefined && authorization !== this.#authorization) {
      refuse(401, { 'www-authenticate': 'Bearer' });
      return;
    }
    if (this.era === 'modern') {
      if (isModern(message)) await this.#answer(message, response);
      else refuse(message === undefined ? 405 : 400);
      return;
    }
    await this.#legacy({ message, session, method: request.method }, response, refuse);
  }

  async #legacy({ message, session, method }, response, refuse) {
    if (message?.method === 'initialize') {
      const id = randomUUID();
      this.#sessions.add(id);
      this.#reply(response, message.id, helloOf(this.name, message.params?.protocolVersion), { 'mcp-session-id': id });
      return;
    }
    // A server of this era does not know the other one.
    if (message !== undefined && isModern(message)) refuse(400);
    else if (!this.#sessions.has(session)) refuse(404);
    else if (method === 'GET') this.#listen(response);
    else if (message?.id === undefined) refuse(202);
    else await this.#answer(message, response);
  }

  #listen(response) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    this.#streams.add(response);
    response.once('close', () => this.#streams.delete(response));
  }

  async #answer({ id, method, params }, response) {
    if (method === 'tools/call') {
      this.done(params.arguments.token);
      this.#reply(response, id, await work(params.arguments));
    } else if (method === 'tools/list') this.#reply(response, id, { tools: [TOOL] });
    else if (method === 'server/discover')
      this.#reply(response, id, { supportedVersions: [VERSION.modern], capabilities: { tools: {} } });
    else if (method === 'subscriptions/listen') this.#listen(response);
    else this.#reply(response, id, {});
  }

  #reply(response, id, result, headers = {}) {
    const full = this.era === 'modern' ? modernResult(this.name, result) : result;
    const text = JSON.stringify({ jsonrpc: '2.0', id, result: full });
    const type = this.stream ? 'text/event-stream' : 'application/json';
    response.writeHead(200, { 'content-type': type, ...headers });
    response.end(this.stream ? `event: message\ndata: ${text}\n\n` : text);
  }
}
