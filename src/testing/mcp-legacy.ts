/**
 * Streamable HTTP up to 2025-11-25: `initialize`, session ids, the GET stream, DELETE.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { headerOf, openEvents, reply, replyJson, untilGone } from './exchange.ts';
import type { EventStream, Exchange } from './exchange.ts';
import { LEGACY_VERSIONS } from './mcp-core.ts';
import type { McpCore } from './mcp-core.ts';
import { answerMessage, legacyHello } from './mcp-dispatch.ts';

/** Faults and habits of a server of the earlier era. */
export interface LegacyOptions {
  /** Default true. Without sessions the server gives no id and wants none. */
  readonly sessionIds?: boolean;
  /** Wait before `initialize` is answered. */
  readonly initializeDelayMs?: number;
  /** Answer `initialize` with this version, whatever was asked. */
  readonly answerVersion?: string;
  /** A session is forgotten after this many requests in it. */
  readonly sessionRequests?: number;
  /** How a forgotten session is told. Default 404, as the specification says; 400 is what some servers send. */
  readonly lostSessionStatus?: 404 | 400;
  /** Default true: GET opens a stream. `false`: 405. */
  readonly getStream?: boolean;
  /** The GET stream is ended by the server every so often. */
  readonly streamCutMs?: number;
  /** Answer POSTs as event streams even where JSON would do. Default false. */
  readonly answerAsStream?: boolean;
}

interface HttpSession {
  requests: number;
}

/** The HTTP side of a server of the earlier era. */
export class LegacyHttp {
  readonly #core: McpCore;
  readonly #options: LegacyOptions;
  readonly #sessions = new Map<string, HttpSession>();
  readonly #streams = new Set<EventStream>();
  readonly #running = new Map<string, AbortController>();

  constructor(core: McpCore, options: LegacyOptions) {
    this.#core = core;
    this.#options = options;
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  get streams(): number {
    return this.#streams.size;
  }

  loseSessions(): void {
    this.#sessions.clear();
  }

  cutStreams(): void {
    for (const stream of this.#streams) stream.end();
  }

  announce(list: string): void {
    const note = JSON.stringify({ jsonrpc: '2.0', method: `notifications/${list}/list_changed` });
    for (const stream of this.#streams) stream.send(note);
  }

  serve(exchange: Exchange): void | Promise<void> {
    switch (exchange.record.method) {
      case 'POST':
        return this.#post(exchange);
      case 'GET':
        return this.#get(exchange);
      case 'DELETE':
        return this.#delete(exchange);
      default:
        return reply(exchange, 405, { allow: 'GET, POST, DELETE' });
    }
  }

  async #post(exchange: Exchange): Promise<void> {
    if (exchange.message?.method === 'initialize') {
      await this.#initialize(exchange);
      return;
    }
    if (!this.#admit(exchange)) return;
    const { message } = exchange;
    if (message?.method === 'notifications/cancelled')
      this.#running.get(runKey(exchange, message.params?.['requestId']))?.abort();
    if (message?.method === undefined || message.id === undefined) {
      reply(exchange, 202);
      return;
    }
    const cancel = new AbortController();
    const key = runKey(exchange, message.id);
    this.#running.set(key, cancel);
    try {
      await answerMessage(this.#core, exchange, {
        stream: this.#options.answerAsStream === true,
        cancelled: cancel.signal,
      });
    } finally {
      this.#running.delete(key);
    }
  }

  async #initialize(exchange: Exchange): Promise<void> {
    if (this.#options.initializeDelayMs !== undefined)
      await exchange.clock.sleep(this.#options.initializeDelayMs, exchange.signal);
    const headers: Record<string, string> = {};
    if (this.#options.sessionIds !== false) {
      const id = randomUUID();
      this.#sessions.set(id, { requests: 0 });
      headers['mcp-session-id'] = id;
    }
    const asked = exchange.message?.params?.['protocolVersion'];
    const hello = legacyHello(this.#core, asked, this.#options.answerVersion);
    const message = { jsonrpc: '2.0', id: exchange.message?.id ?? null, result: hello };
    if (this.#options.answerAsStream !== true) {
      replyJson(exchange, 200, message, headers);
      return;
    }
    const stream = openEvents(exchange, headers);
    stream.send(JSON.stringify(message));
    stream.end();
  }

  /** Whether the request may pass: its session lives and its version is known. Answers it otherwise. */
  #admit(exchange: Exchange): boolean {
    const version = headerOf(exchange, 'mcp-protocol-version');
    if (this.#options.sessionIds === false) return true;
    const id = headerOf(exchange, 'mcp-session-id');
    if (id === undefined) return this.#refuse(exchange, 400, 'Bad Request: Mcp-Session-Id header is required');
    const session = this.#sessions.get(id);
    if (session !== undefined) session.requests += 1;
    const limit = this.#options.sessionRequests ?? Number.POSITIVE_INFINITY;
    if (session === undefined || session.requests > limit) {
      this.#sessions.delete(id);
      const code = this.#options.lostSessionStatus ?? 404;
      return this.#refuse(
        exchange,
        code,
        code === 404 ? 'Session not found' : 'Bad Request: No valid session ID provided',
      );
    }
    if (version !== undefined && !LEGACY_VERSIONS.includes(version) && version !== this.#options.answerVersion)
      return this.#refuse(exchange, 400, `Bad Request: Unsupported protocol version: ${version}`);
    return true;
  }

  #refuse(exchange: Exchange, code: number, message: string): false {
    replyJson(exchange, code, {
      jsonrpc: '2.0',
      id: exchange.message?.id ?? null,
      error: { code: code === 404 ? -32_001 : -32_000, message },
    });
    return false;
  }

  async #get(exchange: Exchange): Promise<void> {
    if (this.#options.getStream === false) {
      reply(exchange, 405, { allow: 'POST, DELETE' });
      return;
    }
    if (!(headerOf(exchange, 'accept') ?? '').includes('text/event-stream')) {
      reply(exchange, 406);
      return;
    }
    if (!this.#admit(exchange)) return;
    const stream = openEvents(exchange);
    this.#streams.add(stream);
    const cut = this.#options.streamCutMs;
    const timer = cut === undefined ? undefined : exchange.clock.after(cut, () => stream.end());
    await untilGone(exchange);
    timer?.cancel();
    this.#streams.delete(stream);
  }

  #delete(exchange: Exchange): void {
    const id = headerOf(exchange, 'mcp-session-id');
    const known = id !== undefined && this.#sessions.delete(id);
    reply(exchange, known ? 200 : 404);
  }
}

/** Request ids are unique within a session only. */
function runKey(exchange: Exchange, id: unknown): string {
  return JSON.stringify([headerOf(exchange, 'mcp-session-id') ?? null, id ?? null]);
}
