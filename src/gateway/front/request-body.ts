/**
 * Reads the body of a client's request within bounds.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';

/** Largest message of a client, in bytes. */
export const MOST_BYTES = 10_485_760;

/** The text, or why there is none: it is larger than allowed, or the client left. */
export type Body =
  | { readonly ok: true; readonly text: string }
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
    request.once('end', () => resolve({ ok: true, text: Buffer.concat(parts).toString('utf8') }));
    request.once('close', () => resolve({ ok: false, why: 'gone' }));
    request.once('error', () => resolve({ ok: false, why: 'gone' }));
  });
}
