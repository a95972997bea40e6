/**
 * A tool for each server that wants a sign-in: its name, and whether there is one.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { LONGEST_NAME, SEPARATOR, serverPart } from '../naming/names.ts';

const AUTHENTICATE = 'authenticate';

/** Whether a person has to sign in before anything else helps. */
export function wantsSignIn({ next }: Snapshot): boolean {
  return next[0] === 'authenticate' || next[0] === 'grant-access';
}

/** The name of a server's sign-in tool. */
export function authenticateTool(server: string): string {
  return `${serverPart(server)}${SEPARATOR}${AUTHENTICATE}`.slice(0, LONGEST_NAME);
}

/** A tool for each server that wants a sign-in. */
export function signInTools(servers: readonly Snapshot[]): readonly unknown[] {
  return servers.filter(wantsSignIn).map(({ name, message }) => ({
    name: authenticateTool(name),
    title: `Sign in to ${name}`,
    description:
      `Starts the sign-in to the MCP server "${name}" and waits for it. ${safeLine(message ?? '', 400)}`.trim(),
    inputSchema: { type: 'object', properties: {} },
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
  }));
}
