/**
 * One HTTP request as the fault server hands it to a behaviour, and small ways to answer it.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../base/clock.ts';

/** A JSON-RPC message, read leniently: a test server sees what really came. */
export interface RpcMessage {
  readonly jsonrpc?: unknown;
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** What the server saw of one request. Header names are lower case. */
export interface RequestRecord {
  /** Milliseconds since the epoch, on the server's clock. */
  readonly at: number;
  /** Rises with every request to the server; its clock may be set back. */
  readonly order: number;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** `method` of the JSON-RPC message, if the body is one. */
  readonly rpcMethod?: string;
  /** Status that was answered; absent while there is none (hanging, reset). */
  readonly status?: number;
}

/** One request under way. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly record: RequestRecord;
  /** The body as JSON-RPC, if it is one object. */
  readonly message: RpcMessage | undefined;
  /** Scheme, host and port of the server. */
  readonly origin: string;
  /** Path of the mount. */
  readonly mount: string;
  readonly clock: Clock;
  /** Aborts when the client is gone or the server closes. */
  readonly signal: AbortSignal;
}

/** Answers requests. A behaviour is a plain function, so that faults can be laid over servers by wrapping them. */
export type Behaviour = (exchange: Exchange) => void | Promise<void>;

/** A behaviour, or something that has one (the MCP servers). */
export type BehaviourSource = Behaviour | { readonly behaviour: Behaviour };

/** The behaviour of either form. */
export function behaviourOf(source: BehaviourSource): Behaviour {
  return typeof source === 'function' ? source : source.behaviour;
}

/** The one value of a request header. */
export function headerOf(exchange: Exchange, name: string): string | undefined {
  return exchange.record.headers[name.toLowerCase()];
}

/** Answers with a body and ends. */
export function reply(
  exchange: Exchange,
  code: number,
  headers: Readonly<Record<string, string>> = {},
  body: string = '',
): void {
  exchange.response.writeHead(code, headers).end(body);
}

/** Answers with JSON. */
export function replyJson(
  exchange: Exchange,
  code: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  reply(exchange, code, { 'content-type': 'application/json', ...headers }, JSON.stringify(value));
}

/** A stream of server-sent events that was opened with 200. */
export interface EventStream {
  /** Sends one event; with `event` given, under that name. */
  send(data: string, event?: string): void;
  end(): void;
  readonly open: boolean;
}

/** Opens a stream of server-sent events; its headers are sent at once. */
export function openEvents(exchange: Exchange, headers: Readonly<Record<string, string>> = {}): EventStream {
  const { response } = exchange;
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', ...headers });
  response.flushHeaders();
  const isOpen = (): boolean => !response.writableEnded && !response.destroyed;
  return {
    send(data, event) {
      if (isOpen()) response.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`);
    },
    end: () => void response.end(),
    get open() {
      return isOpen();
    },
  };
}

/** Resolves when the client is gone or the server closes. */
export function untilGone(exchange: Exchange): Promise<void> {
  return new Promise((resolve) => {
    if (exchange.signal.aborted) resolve();
    else exchange.signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
