/**
 * What the gateway itself offers beside the tools of its servers: how they stand, reconnecting one, and a sign-in for
 * each that needs one. Prompts of the same names: clients show prompts as commands.
 *
 * @module
 */
import type { Snapshot } from '../../core/snapshot.ts';
import { LONGEST_NAME, SEPARATOR, serverPart } from '../naming/names.ts';

/** How the servers stand. A server named `holdfast` cannot take these names: ours are looked for first. */
export const STATUS_TOOL = 'holdfast__status';
export const RECONNECT_TOOL = 'holdfast__reconnect';
const AUTHENTICATE = 'authenticate';

/** Statuses in which a person has to sign in before anything else helps. */
function wantsSignIn({ next }: Snapshot): boolean {
  return next[0] === 'authenticate' || next[0] === 'grant-access';
}

/** The name of a server's sign-in tool. */
export function authenticateTool(server: string): string {
  return `${serverPart(server)}${SEPARATOR}${AUTHENTICATE}`.slice(0, LONGEST_NAME);
}

const serverArgument = {
  type: 'object',
  properties: { server: { type: 'string', description: 'Name of the server.' } },
  required: ['server'],
} as const;

/** A tool for each server that wants a sign-in. */
export function signInTools(servers: readonly Snapshot[]): readonly unknown[] {
  return servers.filter(wantsSignIn).map(({ name, message }) => ({
    name: authenticateTool(name),
    title: `Sign in to ${name}`,
    description: `Starts the sign-in to the MCP server "${name}" and waits for it. ${message ?? ''}`.trim(),
    inputSchema: { type: 'object', properties: {} },
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
  }));
}

/** The gateway's own tools for the servers as they are. */
export function ownTools(servers: readonly Snapshot[]): readonly unknown[] {
  return [
    {
      name: STATUS_TOOL,
      title: 'Holdfast: status of the servers',
      description:
        'Says for every MCP server behind this gateway whether it is connected, why not, and what a person can do next.',
      inputSchema: { type: 'object', properties: {} },
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    {
      name: RECONNECT_TOOL,
      title: 'Holdfast: reconnect a server',
      description: 'Contacts one MCP server behind this gateway again, and says how it stands after that.',
      inputSchema: serverArgument,
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    },
    ...signInTools(servers),
  ];
}

/** The same as prompts. */
export function ownPrompts(): readonly unknown[] {
  return [
    { name: STATUS_TOOL, title: 'Status of the MCP servers', description: 'How every MCP server stands.' },
    {
      name: RECONNECT_TOOL,
      title: 'Reconnect an MCP server',
      description: 'Contact a server again.',
      arguments: [{ name: 'server', description: 'Name of the server.', required: true }],
    },
  ];
}

/** One line for each server, as a person or a model reads it. */
export function statusText(servers: readonly Snapshot[]): string {
  if (servers.length === 0) return 'No MCP server is configured.';
  const lines = servers.map((server) => {
    const { name, status, reason, message, tools, next, nextRetryAt } = server;
    const parts = [
      `${name}: ${status}${reason === undefined ? '' : ` (${reason})`}`,
      status === 'connected' && tools !== undefined ? `${tools} tools` : undefined,
      status === 'connected' ? undefined : message,
      nextRetryAt === undefined ? undefined : `next try at ${nextRetryAt}`,
      status === 'connected' || next[0] === undefined ? undefined : `to mend it: ${next[0]}`,
    ];
    return `- ${parts.filter((part) => part !== undefined).join('; ')}`;
  });
  return lines.join('\n');
}
