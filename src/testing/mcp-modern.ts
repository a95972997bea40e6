/**
 * Streamable HTTP from 2026-07-28 on: no session, every request carries its version, POST only.
 *
 * @module
 */
import { headerOf, openEvents, reply, replyJson, untilGone } from './exchange.ts';
import type { EventStream, Exchange, RpcMessage } from './exchange.ts';
import { MODERN_VERSIONS, RpcError } from './mcp-core.ts';
import type { McpCore } from './mcp-core.ts';
import { answerMessage } from './mcp-dispatch.ts';

/** Faults and habits of a modern server. */
export interface ModernOptions {
  /** Versions it says it supports; default 2026-07-28 alone. */
  readonly modernVersions?: readonly string[];
  /** A `subscriptions/listen` stream is ended by the server after this. */
  readonly listenCutMs?: number;
}

type Params = Readonly<Record<string, unknown>>;

const PREFIX = 'io.modelcontextprotocol/';
const VERSION_KEY = `${PREFIX}protocolVersion`;
const HEADER_MISMATCH = -32_020;
const UNSUPPORTED_VERSION = -32_022;
const CACHED: ReadonlySet<string> = new Set([
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
]);
const FILTER_OF: Readonly<Record<string, string>> = {
  tools: 'toolsListChanged',
  prompts: 'promptsListChanged',
  resources: 'resourcesListChanged',
};

function metaOf(message: RpcMessage | undefined): Params {
  return (message?.params?.['_meta'] ?? {}) as Params;
}

/** Whether a request names its version in `_meta`, as only modern ones do. */
export function isModern(exchange: Exchange): boolean {
  return typeof metaOf(exchange.message)[VERSION_KEY] === 'string';
}

interface Subscription {
  readonly id: unknown;
  readonly filter: Params;
  readonly stream: EventStream;
}

/** The HTTP side of a modern server. */
export class ModernHttp {
  readonly #core: McpCore;
  readonly #options: ModernOptions;
  readonly #subscriptions = new Set<Subscription>();

  constructor(core: McpCore, options: ModernOptions) {
    this.#core = core;
    this.#options = options;
  }

  get streams(): number {
    return this.#subscriptions.size;
  }

  cutStreams(): void {
    for (const { stream } of this.#subscriptions) stream.end();
  }

  announce(list: string): void {
    for (const { id, filter, stream } of this.#subscriptions)
      if (filter[FILTER_OF[list] ?? ''] === true) stream.send(noteText(`notifications/${list}/list_changed`, id));
  }

  async serve(exchange: Exchange): Promise<void> {
    if (exchange.record.method !== 'POST') {
      reply(exchange, 405, { allow: 'POST' });
      return;
    }
    const refusal = this.#refusal(exchange);
    if (refusal !== undefined) {
      refuse(exchange, 400, refusal);
      return;
    }
    const { message } = exchange;
    if (message?.id === undefined) reply(exchange, 202);
    else if (message.method === 'server/discover')
      replyJson(exchange, 200, { jsonrpc: '2.0', id: message.id, result: this.#discover() });
    else if (message.method === 'subscriptions/listen') await this.#listen(exchange, message);
    else if (message.method === 'ping') refuse(exchange, 404, new RpcError(-32_601, 'Method not found: ping'));
    else
      await answerMessage(this.#core, exchange, {
        finish: (method, result) => this.#finish(method, result),
        errorStatus: (error) => (error.code === -32_601 ? 404 : 200),
      });
  }

  #versions(): readonly string[] {
    return this.#options.modernVersions ?? MODERN_VERSIONS;
  }

  #refusal(exchange: Exchange): RpcError | undefined {
    const { message } = exchange;
    if (message === undefined) return new RpcError(-32_700, 'Parse error');
    const requested = metaOf(message)[VERSION_KEY];
    if (requested === undefined && message.method === 'initialize')
      return new RpcError(UNSUPPORTED_VERSION, 'Unsupported protocol version', {
        supported: this.#versions(),
        requested: message.params?.['protocolVersion'],
      });
    // The core defines no header or _meta rules for notifications.
    if (message.id === undefined) return undefined;
    if (typeof requested !== 'string') return new RpcError(-32_602, `Missing _meta["${VERSION_KEY}"]`);
    if (headerOf(exchange, 'mcp-protocol-version') !== requested)
      return new RpcError(HEADER_MISMATCH, 'MCP-Protocol-Version differs from _meta');
    if (headerOf(exchange, 'mcp-method') !== message.method)
      return new RpcError(HEADER_MISMATCH, 'Mcp-Method differs from the method');
    if (!this.#versions().includes(requested))
      return new RpcError(UNSUPPORTED_VERSION, 'Unsupported protocol version', {
        supported: this.#versions(),
        requested,
      });
    return undefined;
  }

  #discover(): Params {
    return {
      resultType: 'complete',
      supportedVersions: this.#versions(),
      capabilities: this.#core.capabilities,
      ...(this.#core.instructions === undefined ? {} : { instructions: this.#core.instructions }),
      ttlMs: 0,
      cacheScope: 'private',
      _meta: { [`${PREFIX}serverInfo`]: this.#core.serverInfo },
    };
  }

  #finish(method: string, result: Params): Params {
    return { resultType: 'complete', ...(CACHED.has(method) ? { ttlMs: 0, cacheScope: 'private' } : {}), ...result };
  }

  async #listen(exchange: Exchange, message: RpcMessage): Promise<void> {
    const filter = (message.params?.['notifications'] ?? {}) as Params;
    const stream = openEvents(exchange);
    const subscription: Subscription = { id: message.id, filter, stream };
    this.#subscriptions.add(subscription);
    stream.send(noteText('notifications/subscriptions/acknowledged', message.id, { notifications: filter }));
    const cut = this.#options.listenCutMs;
    const timer = cut === undefined ? undefined : exchange.clock.after(cut, () => stream.end());
    await untilGone(exchange);
    timer?.cancel();
    this.#subscriptions.delete(subscription);
  }
}

function noteText(method: string, subscriptionId: unknown, params: Params = {}): string {
  return JSON.stringify({
    jsonrpc: '2.0',
    method,
    params: { ...params, _meta: { [`${PREFIX}subscriptionId`]: subscriptionId } },
  });
}

function refuse(exchange: Exchange, code: number, error: RpcError): void {
  const data = error.data === undefined ? {} : { data: error.data };
  replyJson(exchange, code, {
    jsonrpc: '2.0',
    id: exchange.message?.id ?? null,
    error: { code: error.code, message: error.message, ...data },
  });
}
