/**
 * Reads the body of a request: JSON of at most 16 MiB, or nothing.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { HoldfastError } from '../base/errors.ts';
import { isFields } from './fields.ts';
import type { Fields } from './fields.ts';

/** A body that is refused, with the HTTP status that says so. */
export class BodyRefused extends HoldfastError {
  readonly status: number;

  constructor(status: number, message: string) {
    super('ERR_USAGE', message);
    this.status = status;
  }
}

function tooLarge(limit: number): BodyRefused {
  return new BodyRefused(413, `the body of the request is larger than ${limit} bytes`);
}

// A body that is too large is still read to its end, and forgotten: a sender that is cut off while it writes does not hear
// why. Beyond four times the limit it is cut off all the same.
async function bytesOf(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  // Not `for await`: leaving its loop would end the connection before the refusal is told.
  await new Promise<void>((resolve, reject) => {
    incoming.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= limit) parts.push(part);
      else parts.length = 0;
      if (size > 4 * limit) reject(tooLarge(limit));
    });
    incoming.once('end', () => (size > limit ? reject(tooLarge(limit)) : resolve()));
    incoming.once('error', reject);
    incoming.once('close', () => reject(new BodyRefused(400, 'the request ended in the middle of its body')));
  });
  return Buffer.concat(parts);
}

function isJson(type: string | undefined): boolean {
  return type !== undefined && /^application\/json\s*(?:;|$)/i.test(type);
}

/** The fields of the body; none where there is no body. Errors: `BodyRefused`. */
export async function fieldsIn(incoming: IncomingMessage, limit: number): Promise<Fields> {
  const { headers } = incoming;
  const length = Number(headers['content-length'] ?? 0);
  const empty = headers['transfer-encoding'] === undefined && length === 0;
  if (empty && headers['content-type'] === undefined) return {};
  if (!isJson(headers['content-type'])) throw new BodyRefused(415, 'the body of a request must be application/json');
  const bytes = await bytesOf(incoming, limit);
  if (bytes.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new BodyRefused(400, 'the body of the request is not valid JSON');
  }
  if (!isFields(value)) throw new BodyRefused(400, 'the body of the request is not a JSON object');
  return value;
}
