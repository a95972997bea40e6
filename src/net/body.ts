/**
 * Reads a response body up to a size that counts after decompression.
 *
 * @module
 */
import { errnoOf } from '../base/errors.ts';
import type { Deadline } from './deadline.ts';

/** The text, or in words why there is none. */
export type Body = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/**
 * The body as UTF-8, or a refusal once it proves larger than `maxBytes` or cannot be decoded. Rejects on network
 * errors and when the deadline ends.
 */
export async function readBody(response: Response, maxBytes: number, deadline: Deadline): Promise<Body> {
  const announced = Number(response.headers.get('content-length') ?? 0);
  const tooLarge: Body = { ok: false, reason: `the body is larger than ${maxBytes} bytes` };
  if (announced > maxBytes) {
    await response.body?.cancel().catch(() => undefined);
    return tooLarge;
  }
  const reader = response.body?.getReader();
  if (reader === undefined) return { ok: true, text: '' };
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await deadline.within(reader.read());
      if (done) return { ok: true, text: new TextDecoder().decode(Buffer.concat(pieces, size)) };
      size += value.byteLength;
      if (size > maxBytes) return tooLarge;
      pieces.push(value);
    }
  } catch (error) {
    if (deadline.signal.aborted || errnoOf(error) !== undefined) throw error;
    return { ok: false, reason: 'the body could not be decoded' };
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
