/**
 * One JSON-RPC request of either era, answered over HTTP as JSON or as an event stream.
 *
 * @module
 */
import { headerOf, openEvents, replyJson } from './exchange.ts';
import type { Exchange, RpcMessage } from './exchange.ts';
import { LEGACY_VERSIONS, RpcError } from './mcp-core.ts';
import type { McpContext, McpCore } from './mcp-core.ts';

type Params = Readonly<Record<string, unknown>>;

/** How a request is answered. */
export interface AnswerStyle {
  /** As an event stream, even where JSON would do. */
  readonly stream?: boolean;
  /** Last change to a result before it is sent. */
  readonly finish?: (method: string, result: Params) => Params;
  /** Aborts when the caller cancels by a notification; the client going away is always heard. */
  readonly cancelled?: AbortSignal;
  /** HTTP status of an error; default 200. */
  readonly errorStatus?: (error: RpcError) => number;
}

/** The result of `initialize`: the version asked for where it is known, else the newest. */
export function legacyHello(core: McpCore, asked: unknown, forced?: string): Params {
  const known = typeof asked === 'string' && LEGACY_VERSIONS.includes(asked) ? asked : LEGACY_VERSIONS[0];
  return {
    protocolVersion: forced ?? known,
    capabilities: core.capabilities,
    serverInfo: core.serverInfo,
    ...(core.instructions === undefined ? {} : { instructions: core.instructions }),
  };
}

/** The answer to a request, result or error. `ping` belongs to the earlier era and is harmless in the other. */
export async function answerOf(
  core: McpCore,
  message: RpcMessage,
  context: McpContext,
  finish: AnswerStyle['finish'] = (_, result) => result,
): Promise<{ body: Params; error?: RpcError }> {
  const id = message.id ?? null;
  const method = message.method ?? '';
  try {
    const result = method === 'ping' ? {} : await core.answer(method, message.params ?? {}, context);
    return { body: { jsonrpc: '2.0', id, result: finish(method, result) } };
  } catch (error) {
    if (context.signal.aborted) throw error;
    const rpc = error instanceof RpcError ? error : new RpcError(-32_603, 'Internal error');
    const data = rpc.data === undefined ? {} : { data: rpc.data };
    return { body: { jsonrpc: '2.0', id, error: { code: rpc.code, message: rpc.message, ...data } }, error: rpc };
  }
}

/** Answers the request of an exchange. It becomes an event stream as soon as a notification goes with it. */
export async function answerMessage(core: McpCore, exchange: Exchange, style: AnswerStyle = {}): Promise<void> {
  const { message } = exchange;
  if (message === undefined) return;
  const mayStream = (headerOf(exchange, 'accept') ?? '').includes('text/event-stream');
  let stream = style.stream === true && mayStream ? openEvents(exchange) : undefined;
  const context: McpContext = {
    clock: exchange.clock,
    signal: style.cancelled === undefined ? exchange.signal : AbortSignal.any([exchange.signal, style.cancelled]),
    notify(method, params) {
      if (mayStream) stream ??= openEvents(exchange);
      stream?.send(JSON.stringify({ jsonrpc: '2.0', method, params }));
    },
  };
  const { body, error } = await answerOf(core, message, context, style.finish).catch((cause: unknown) => {
    if (style.cancelled?.aborted !== true) throw cause;
    return { body: undefined, error: undefined };
  });
  if (body === undefined) {
    // A cancelled request gets no message; the connection itself stays good.
    (stream ?? openEvents(exchange)).end();
    return;
  }
  if (stream === undefined) {
    const code = error === undefined ? 200 : (style.errorStatus?.(error) ?? 200);
    replyJson(exchange, code, body);
    return;
  }
  stream.send(JSON.stringify(body));
  stream.end();
}
