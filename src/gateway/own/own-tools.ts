/**
 * What the gateway itself offers beside the tools of its servers: how they stand, reconnecting one, and a sign-in for
 * each that needs one. Prompts of the same names: clients show prompts as commands.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import { REASONS } from '../../core/reasons.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { signInTools } from './sign-in-tools.ts';
import { sentences, stepOf } from './words.ts';

/** How the servers stand. A server named `holdfast` cannot take these names: ours are looked for first. */
export const STATUS_TOOL = 'holdfast__status';
export const RECONNECT_TOOL = 'holdfast__reconnect';

const serverArgument = {
  type: 'object',
  properties: { server: { type: 'string', description: 'Name of the server.' } },
  required: ['server'],
} as const;

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

/** What is said of a server in its state: why, what to do, where it stands. */
function whyOf(server: Snapshot): string {
  const { status, reason, message, nextRetryAt, stepUp } = server;
  if (reason === undefined && stepUp === undefined) return status === 'pending' ? 'It is being connected.' : '';
  const told = sentences(
    message,
    reason === undefined ? undefined : REASONS[reason].remedy,
    stepUp === undefined ? undefined : `It wants more rights: ${safeLine(stepUp.scopes.join(' '), 200)}`,
  );
  const next = nextRetryAt === undefined ? undefined : `The next try by itself is at ${nextRetryAt}`;
  return sentences(told, stepOf(server, told), next);
}

/** One line for each server, as a person or a model reads it. */
export function statusText(servers: readonly Snapshot[]): string {
  if (servers.length === 0) return 'No MCP server is configured. Run "holdfast add NAME URL".';
  const lines = servers.map((server) => {
    const { name, status, reason, tools } = server;
    const count = status === 'connected' && tools !== undefined ? `, ${tools} ${tools === 1 ? 'tool' : 'tools'}` : '';
    const head = `${name}: ${status}${reason === undefined ? '' : ` (${reason})`}${count}`;
    const why = whyOf(server);
    return `- ${head}${why === '' ? '' : `. ${why}`}`;
  });
  return lines.join('\n');
}
