/**
 * Reads the bodies of HTTP answers within bounds.
 *
 * @module
 */
import type { LeanBody, LeanResponse } from '../../net/lean-request.ts';
import { AnswerError } from '../answer-error.ts';
import type { SseEvent } from './sse-parser.ts';
import { SseParser } from './sse-parser.ts';

/** Every chunk until the end, or until `stop` aborts; a reader that stops early frees the socket. */
async function* chunks(body: LeanBody, stop?: AbortSignal): AsyncGenerator<Uint8Array> {
  const cut = (): void => body.discard();
  stop?.addEventListener('abort', cut, { once: true });
  try {
    yield* body;
  } catch (error) {
    if (stop?.aborted !== true) throw error;
  } finally {
    stop?.removeEventListener('abort', cut);
  }
}

/** The whole text. More than `limit` bytes is an `AnswerError` of kind `protocol`. */
export async function readText(body: LeanBody, limit: number): Promise<string> {
  const { text, whole } = await readStart(body, limit);
  if (!whole) throw tooLarge(limit);
  return text;
}

/** The whole body as bytes, within the same bounds. */
export async function readBytes(body: LeanBody, limit: number): Promise<Buffer> {
  if (body.whole === undefined) return Buffer.from(await readText(body, limit));
  const whole = await body.whole(limit);
  if (whole === undefined) throw tooLarge(limit);
  return asBuffer(whole);
}

/** The same where it has arrived already; `undefined` where `readBytes` has to wait, or to refuse it. */
export function bytesNow(body: LeanBody, limit: number): Buffer | undefined {
  const whole = body.ready?.(limit);
  return whole === undefined ? undefined : asBuffer(whole);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const tooLarge = (limit: number): AnswerError =>
  new AnswerError({ kind: 'protocol', text: `the answer is larger than ${limit} bytes`, tooLarge: 'answer' });

/** The first `limit` bytes as text, and whether that is all. The rest is not fetched, nor what comes after `stop`. */
export async function readStart(
  body: LeanBody,
  limit: number,
  stop?: AbortSignal,
): Promise<{ readonly text: string; readonly whole: boolean }> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of chunks(body, stop)) {
    const left = limit - size;
    size += chunk.length;
    text += decoder.decode(chunk.subarray(0, left), { stream: true });
    if (size > limit) return { text, whole: false };
  }
  return { text: text + decoder.decode(), whole: true };
}

/** An event stream as events, one event at most `limit` bytes. `onRetry` hears every `retry:` of the server. */
export async function* readEvents(
  body: LeanBody,
  limit: number,
  onRetry: (ms: number) => void = () => {},
): AsyncGenerator<SseEvent> {
  const parser = new SseParser(limit);
  let retryMs: number | undefined;
  for await (const chunk of chunks(body)) {
    const events = parser.push(chunk);
    if (parser.retryMs !== undefined && parser.retryMs !== retryMs) {
      retryMs = parser.retryMs;
      onRetry(retryMs);
    }
    yield* events;
  }
}

/** Bytes of an unwanted body that are read for the sake of its socket. */
const DRAIN_BYTES = 16_384;

/** Passes over a body that nobody wants. A short one is read, so that its socket can be used again. */
export async function discard(response: LeanResponse): Promise<void> {
  if (mediaType(response) === 'text/event-stream') response.body.discard();
  else await readStart(response.body, DRAIN_BYTES).catch(() => {});
}

/** The media type without parameters, lower case (RFC 9110 §8.3.1); empty where none is named. */
export function mediaType(response: LeanResponse): string {
  const type = response.header('content-type') ?? '';
  return type === 'application/json' ? type : (type.split(';', 1)[0]?.trim().toLowerCase() ?? '');
}
