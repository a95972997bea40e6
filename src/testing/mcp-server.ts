/**
 * A small MCP server over Streamable HTTP, in the earlier era, the modern one or both, with the faults of sessions and streams.
 *
 * @module
 */
import { replyJson } from './exchange.ts';
import type { Behaviour, Exchange } from './exchange.ts';
import { LegacyHttp } from './mcp-legacy.ts';
import type { LegacyOptions } from './mcp-legacy.ts';
import { McpCore } from './mcp-core.ts';
import type { McpCall, McpContent } from './mcp-core.ts';
import { isModern, ModernHttp } from './mcp-modern.ts';
import type { ModernOptions } from './mcp-modern.ts';

/** Which lists an announcement can be about. */
export type Announced = 'tools' | 'prompts' | 'resources';

/** A server's content, era and faults. */
export interface McpServerOptions extends McpContent, LegacyOptions, ModernOptions {
  /** Default `both`. */
  readonly era?: 'legacy' | 'modern' | 'both';
}

/** A server to mount, and the strings to pull while it runs. */
export interface McpServer {
  readonly behaviour: Behaviour;
  /** Calls of tools that were begun, oldest first. */
  readonly calls: readonly McpCall[];
  /** Sessions of the earlier era that are open. */
  readonly sessions: number;
  /** Streams from server to client that are open, both eras. */
  readonly streams: number;
  addTool(name: string): void;
  removeTool(name: string): void;
  /** Tells every client with an open stream that a list has changed. */
  announce(list: Announced): void;
  /** Forgets every session: their next requests get 404. */
  loseSessions(): void;
  /** Ends every stream from server to client. */
  cutStreams(): void;
}

/** A real, minimal MCP server. Mount it on a fault server. */
export function mcpServer(options: McpServerOptions = {}): McpServer {
  const core = new McpCore(options);
  const legacy = new LegacyHttp(core, options);
  const modern = new ModernHttp(core, options);
  const era = options.era ?? 'both';

  const behaviour = (exchange: Exchange): void | Promise<void> => {
    if (era === 'modern' || (era === 'both' && isModern(exchange))) return modern.serve(exchange);
    if (exchange.record.method === 'POST' && exchange.message === undefined) {
      replyJson(exchange, 400, { jsonrpc: '2.0', id: null, error: { code: -32_700, message: 'Parse error' } });
      return undefined;
    }
    return legacy.serve(exchange);
  };

  return {
    behaviour,
    calls: core.calls,
    get sessions() {
      return legacy.sessions;
    },
    get streams() {
      return legacy.streams + modern.streams;
    },
    addTool: (name) => core.addTool(name),
    removeTool: (name) => core.removeTool(name),
    announce(list) {
      legacy.announce(list);
      modern.announce(list);
    },
    loseSessions: () => legacy.loseSessions(),
    cutStreams() {
      legacy.cutStreams();
      modern.cutStreams();
    },
  };
}
