/**
 * Reads a form that a browser has sent.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';

/** Longest form, in bytes. */
const LIMIT = 65_536;
const TYPE = /^application\/x-www-form-urlencoded\b/i;

/** The fields; `undefined` for what is no form, or longer than a person types. */
export async function readForm(incoming: IncomingMessage): Promise<URLSearchParams | undefined> {
  if (!TYPE.test(incoming.headers['content-type'] ?? '')) return undefined;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT) return undefined;
    parts.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(parts).toString('utf8'));
}
