/**
 * The HTTP+SSE transport of 2024-11-05: one GET stream that names the address for POSTs.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { openEvents, reply, untilGone } from './exchange.ts';
import type { Behaviour, EventStream, Exchange, RpcMessage } from './exchange.ts';
import { McpCore } from './mcp-core.ts';
import type { McpCall, McpContent } from './mcp-core.ts';
import { answerOf, legacyHello } from './mcp-dispatch.ts';

/** Content and faults. */
export interface LegacySseOptions extends McpContent {
  /** Wait before the `endpoint` event; `never` opens the stream and stays silent. */
  readonly endpointDelayMs?: number | 'never';
  /** The stream is cut by the server after this. */
  readonly streamCutMs?: number;
  /** The address in the `endpoint` event; default a path below the mount. */
  readonly endpoint?: (sessionId: string) => string;
}

/** A server to mount. */
export interface LegacySseServer {
  readonly behaviour: Behaviour;
  readonly calls: readonly McpCall[];
  readonly streams: number;
  /** Ends every stream. */
  cutStreams(): void;
}

/** A server that speaks only HTTP+SSE: GET opens the stream, POST to the same address is answered 405. */
export function legacySseServer(options: LegacySseOptions = {}): LegacySseServer {
  const core = new McpCore(options);
  const streams = new Map<string, EventStream>();

  const open = async (exchange: Exchange): Promise<void> => {
    const id = randomUUID();
    const stream = openEvents(exchange);
    if (options.endpointDelayMs !== 'never') {
      if (options.endpointDelayMs !== undefined) await exchange.clock.sleep(options.endpointDelayMs, exchange.signal);
      streams.set(id, stream);
      stream.send(options.endpoint?.(id) ?? `${exchange.mount}/messages?sessionId=${id}`, 'endpoint');
    }
    const cut = options.streamCutMs;
    const timer = cut === undefined ? undefined : exchange.clock.after(cut, () => stream.end());
    await untilGone(exchange);
    timer?.cancel();
    streams.delete(id);
  };

  const post = async (exchange: Exchange): Promise<void> => {
    const { message } = exchange;
    const stream = streams.get(new URL(exchange.record.url, exchange.origin).searchParams.get('sessionId') ?? '');
    if (stream === undefined || message === undefined) {
      reply(exchange, stream === undefined ? 404 : 400, { 'content-type': 'text/plain' }, 'no such session\n');
      return;
    }
    reply(exchange, 202, { 'content-type': 'text/plain' }, 'Accepted');
    if (message.method === undefined || message.id === undefined) return;
    await answer(exchange, message, stream);
  };

  const answer = async (exchange: Exchange, message: RpcMessage, stream: EventStream): Promise<void> => {
    const send = (value: unknown): void => stream.send(JSON.stringify(value), 'message');
    if (message.method === 'initialize') {
      send({ jsonrpc: '2.0', id: message.id, result: legacyHello(core, message.params?.['protocolVersion']) });
      return;
    }
    const { body } = await answerOf(core, message, {
      clock: exchange.clock,
      // The POST is over; the answer comes on the stream.
      signal: new AbortController().signal,
      notify: (method, params) => send({ jsonrpc: '2.0', method, params }),
    });
    send(body);
  };

  return {
    behaviour(exchange) {
      const below = exchange.record.url.split('?', 1)[0] !== exchange.mount;
      if (exchange.record.method === 'GET' && !below) return open(exchange);
      if (exchange.record.method === 'POST' && below) return post(exchange);
      return reply(
        exchange,
        405,
        { 'content-type': 'text/plain', allow: below ? 'POST' : 'GET' },
        'Method not allowed\n',
      );
    },
    calls: core.calls,
    get streams() {
      return streams.size;
    },
    cutStreams() {
      for (const stream of streams.values()) stream.end();
    },
  };
}
