/**
 * Reads the body of a client's request within bounds.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';

/** Largest message of a client, in bytes. */
export const MOST_BYTES = 10_485_760;

/** The bytes and their text, or why there is none: it is larger than allowed, or the client left. */
export type Body =
  | { readonly ok: true; readonly text: string; readonly bytes: Buffer }
  | { readonly ok: false; readonly why: 'too-large' | 'gone' };

/** Reads it whole; one that is too large is refused as soon as that is known. */
export function readBody(request: IncomingMessage, most = MOST_BYTES): Promise<Body> {
  return new Promise((resolve) => {
    if (Number(request.headers['content-length'] ?? 0) > most) {
      resolve({ ok: false, why: 'too-large' });
      return;
    }
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size > most) {
        request.removeAllListeners('data');
        resolve({ ok: false, why: 'too-large' });
      } else parts.push(part);
    });
    request.on('end', () => {
      const [first] = parts;
      const bytes = parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
      resolve({ ok: true, text: bytes.toString('utf8'), bytes });
    });
    // Also after an error, of which nobody else has to hear.
    request.on('close', () => resolve({ ok: false, why: 'gone' }));
  });
}
