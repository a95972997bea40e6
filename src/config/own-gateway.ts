/**
 * Recognises entries that lead to Holdfast's own gateway. Other clients' files are read here, and `install` writes such an
 * entry into them: connected to itself, a fleet would offer its own tools to itself without end.
 *
 * @module
 */
import type { ServerEntry } from '../core/entry.ts';

const LOOPBACK_MCP = /^https?:\/\/(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d+)?\/mcp(?:\/[^/]+)?\/?$/i;
/** The variable, and the question of VS Code. */
const TOKEN = /HOLDFAST_TOKEN|holdfast-token/;

const PROGRAM = /(?:^|[\\/])(?:holdfast(?:@[\w.^~-]+)?(?:\.cmd|\.exe|\.ps1|\.js)?|bin\.c?js)$/i;

/** `holdfast serve --stdio`, `npx -y holdfast serve --stdio`, `node /path/dist/bin.cjs serve --stdio`. */
function isHoldfastCommand(words: readonly string[]): boolean {
  const program = words.findIndex((word) => PROGRAM.test(word));
  if (program < 0) return false;
  const rest = new Set(words.slice(program + 1));
  return rest.has('serve') && rest.has('--stdio');
}

/** Whether the entry is one that `install` writes, or one like it. */
export function isOwnGateway({ endpoint }: Pick<ServerEntry, 'endpoint'>): boolean {
  if (endpoint.kind === 'stdio') return isHoldfastCommand([endpoint.command, ...endpoint.args]);
  const asksForToken = Object.values(endpoint.headers).some((value) => TOKEN.test(value));
  return asksForToken && LOOPBACK_MCP.test(endpoint.url);
}
