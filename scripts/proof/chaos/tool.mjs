/**
 * What every server of the proof does: one tool that says whose call it has done.
 *
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises';

/** Revisions that are spoken. */
export const VERSION = { legacy: '2025-11-25', modern: '2026-07-28' };

/** The tool. */
export const TOOL = {
  name: 'work',
  description: 'Works for a time, and says whose call it was.',
  inputSchema: { type: 'object', properties: { token: { type: 'string' }, ms: { type: 'number' } } },
};

const META = 'io.modelcontextprotocol/';

/** Does the work of one call. */
export async function work({ token, ms }) {
  if (ms > 0) await pause(ms);
  return { content: [{ type: 'text', text: `done ${token}` }] };
}

/** Whether a message is of the stateless era. */
export const isModern = (message) => message?.params?.['_meta']?.[`${META}protocolVersion`] !== undefined;

/** The result of `initialize`. */
export const helloOf = (name, asked = VERSION.legacy) => ({
  protocolVersion: asked,
  capabilities: { tools: {} },
  serverInfo: { name, version: '1' },
});

/** A result of the stateless era. */
export const modernResult = (name, result) => ({
  ...result,
  resultType: 'complete',
  _meta: { [`${META}serverInfo`]: { name, version: '1' } },
  ttlMs: 0,
  cacheScope: 'private',
});
