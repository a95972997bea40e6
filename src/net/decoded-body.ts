/**
 * A compressed body as the text that was meant (RFC 9110 §8.4.1).
 *
 * @module
 */
import { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { LeanReader } from './lean-reader.ts';

/** What a body is read as. */
interface PlainBody extends AsyncIterable<Uint8Array> {
  discard(): void;
}

/** The body without its encoding. One that is not known here leaves the bytes as they are. */
export function plainBody(raw: LeanReader, encoding: string): PlainBody {
  const decoder =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? createGunzip()
      : encoding === 'deflate'
        ? createInflate()
        : encoding === 'br'
          ? createBrotliDecompress()
          : undefined;
  if (decoder === undefined) return raw;
  const source = Readable.from(raw);
  source.on('error', (error) => decoder.destroy(error));
  decoder.on('error', () => source.destroy());
  decoder.on('close', () => source.destroy());
  const plain = source.pipe(decoder);
  return {
    [Symbol.asyncIterator]: () => plain[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>,
    discard: () => {
      raw.discard();
      plain.destroy();
    },
  };
}
