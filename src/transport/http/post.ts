/**
 * The life of one POSTed message: what its response brings, as JSON or as a stream that may break and be resumed.
 *
 * @module
 */
import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/client';
import type { Clock, Timer } from '../../base/clock.ts';
import type { Redactor } from '../../base/secret.ts';
import type { LeanResponse } from '../../net/lean-request.ts';
import { AnswerError } from '../answer-error.ts';
import { isRequest, modernVersionOf, readMessages, replyOf } from '../protocol.ts';
import { messageJson } from '../forward/message-bytes.ts';
import { notMcp } from './answer.ts';
import { bytesNow, discard, mediaType, readBytes, readEvents, readStart } from './body.ts';
import type { Exchanger } from './exchange.ts';

/** What all POSTs of one link share. */
export interface PostWorld {
  readonly exchanger: Exchanger;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly messageBytes: number;
  /** Headers of a GET that resumes a broken stream. */
  readonly resumeHeaders: () => Record<string, string>;
}

/** One message to send, and who hears what comes of it. */
export interface Post {
  readonly message: JSONRPCMessage;
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the exchange, stream included; owned by this post. */
  readonly cut: AbortController;
  readonly deliver: (message: JSONRPCMessage) => void;
  /** Takes the JSON of an answer before it is read, and says whether it did; what it leaves is delivered. */
  readonly unread?: ((bytes: Buffer) => boolean) | undefined;
  /** The response has begun. */
  readonly began: (response: LeanResponse) => void;
  /** No answer will come any more although the message was accepted. */
  readonly failed: (error: AnswerError) => void;
  /** Everything is over, good or bad; called once. */
  readonly over: () => void;
}

/**
 * Failed tries in a row to resume a stream; each waits what the server asked for, else 1 s, 2 s, 4 s. A server may end
 * the stream as often as it likes (polling, MCP 2025-11-25): the limits of the call bound that.
 */
const RESUME_TRIES = 3;
const RESUME_MS = 1_000;
/** The shortest of these waits: a server that asks for none (`retry: 0`) is not asked without a pause. */
const RESUME_FLOOR_MS = 250;
/** How long a stream may stay open after it brought its answer. */
const TAIL_MS = 1_000;
/** Of a body that is not MCP this much is read, for its text. */
const STRANGE_BYTES = 4_096;

/**
 * Sends the message. Resolves when a plain answer was delivered, or as soon as a stream has begun; later failures go to
 * `failed`. Rejects with an `AnswerError`, or with the reason of `cut`.
 */
export async function sendPost(post: Post, world: PostWorld): Promise<void> {
  let streaming = false;
  try {
    const response = await world.exchanger.send({
      phase: 'post',
      method: 'POST',
      headers: post.headers,
      body: messageJson(post.message),
      signal: post.cut.signal,
    });
    post.began(response);
    if (!isRequest(post.message)) {
      await discard(response);
      return;
    }
    const type = mediaType(response);
    if (type === 'text/event-stream') {
      streaming = true;
      void followStream(post.message, response, post, world);
      return;
    }
    const here = type === 'application/json' ? bytesNow(response.body, world.messageBytes) : undefined;
    const bytes = here ?? (await readJson(response, post, world));
    if (post.unread?.(bytes) !== true) takeJson(bytes, response, { post, request: post.message, world });
  } catch (error) {
    if (!deliveredAsError(post, error)) throw error;
  } finally {
    if (!streaming) post.over();
  }
}

async function readJson(
  response: LeanResponse,
  post: Post,
  { exchanger, messageBytes, redactor }: PostWorld,
): Promise<Buffer> {
  if (mediaType(response) !== 'application/json') {
    const { text } = await readStart(response.body, STRANGE_BYTES, post.cut.signal).catch(() => ({ text: '' }));
    throw new AnswerError(notMcp(response, text, redactor));
  }
  try {
    return await readBytes(response.body, messageBytes);
  } catch (error) {
    throw exchanger.broken(error, post.cut.signal);
  }
}

function takeJson(
  bytes: Buffer,
  response: LeanResponse,
  { post, request, world }: { readonly post: Post; readonly request: JSONRPCRequest; readonly world: PostWorld },
): void {
  const text = new TextDecoder().decode(bytes);
  // JSON of something else, as any web API gives it: the address is wrong, not the server.
  if (!text.includes('"jsonrpc"')) throw new AnswerError(notMcp(response, text, world.redactor));
  if (!deliverAll(readMessages(text), request, post)) {
    throw new AnswerError({ kind: 'protocol', text: 'the server answered another request' });
  }
}

/** Hands messages on; says whether the answer to the request was among them. An error without id is that answer. */
function deliverAll(messages: readonly JSONRPCMessage[], request: JSONRPCRequest, post: Post): boolean {
  let answered = false;
  for (const message of messages) {
    const reply = replyOf(message);
    const nameless = reply?.error !== undefined && (reply.id ?? undefined) === undefined;
    answered ||= nameless || reply?.id === request.id;
    post.deliver(nameless ? { ...message, id: request.id } : message);
  }
  return answered;
}

/** Statuses that are never a JSON-RPC answer, whatever the body says. */
const NEVER_RPC: ReadonlySet<number> = new Set([401, 403, 407, 408, 425, 429]);

/**
 * In the modern era an error of the protocol comes as HTTP 4xx with a JSON-RPC body (MCP 2026-07-28, Streamable HTTP):
 * that body is the answer.
 */
function deliveredAsError({ message, deliver }: Post, error: unknown): boolean {
  if (!(error instanceof AnswerError) || error.rpc === undefined || error.answer.kind !== 'http') return false;
  if (!isRequest(message) || modernVersionOf(message) === undefined) return false;
  const { status } = error.answer;
  if (status < 400 || status > 499 || NEVER_RPC.has(status)) return false;
  if (error.rpc.id !== message.id && (error.rpc.id ?? undefined) !== undefined) return false;
  deliver({ jsonrpc: '2.0', id: message.id, error: error.rpc.error });
  return true;
}

/** How one stretch of a stream ended. */
interface Stretch {
  readonly answered: boolean;
  readonly error?: AnswerError;
}

async function followStream(request: JSONRPCRequest, first: LeanResponse, post: Post, world: PostWorld): Promise<void> {
  const resume: { lastId?: string; retryMs?: number } = {};
  let response: LeanResponse | undefined = first;
  let stretch: Stretch = { answered: false };
  try {
    for (let failures = 0; ;) {
      if (response === undefined) failures += 1;
      else {
        failures = 0;
        stretch = await readStretch(request, response, post, { world, resume });
      }
      if (stretch.answered || post.cut.signal.aborted) return;
      const resumable = resume.lastId !== undefined && modernVersionOf(request) === undefined;
      if (!resumable || failures >= RESUME_TRIES || stretch.error?.answer.kind === 'protocol') break;
      const wait = Math.max(RESUME_FLOOR_MS, resume.retryMs ?? RESUME_MS * 2 ** failures);
      await world.clock.sleep(wait, post.cut.signal);
      response = await reopen(post, world, resume.lastId ?? '').catch(() => undefined);
    }
    post.failed(stretch.error ?? STREAM_ENDED());
  } catch {
    // Cut while waiting: whoever cut it knows.
  } finally {
    post.over();
  }
}

const STREAM_ENDED = (): AnswerError =>
  new AnswerError({ kind: 'network', errno: 'UND_ERR_SOCKET', text: 'the stream ended before the answer' });

async function readStretch(
  request: JSONRPCRequest,
  response: LeanResponse,
  post: Post,
  { world, resume }: { world: PostWorld; resume: { lastId?: string; retryMs?: number } },
): Promise<Stretch> {
  let answered = false;
  let tail: Timer | undefined;
  try {
    const onRetry = (ms: number): void => {
      resume.retryMs = ms;
    };
    for await (const event of readEvents(response.body, world.messageBytes, onRetry)) {
      if (event.id !== undefined) resume.lastId = event.id;
      if (event.type !== 'message' || event.data === '') continue;
      const taken = post.unread?.(Buffer.from(event.data)) === true;
      answered = taken || deliverAll(readMessages(event.data), request, post) || answered;
      if (answered) tail ??= world.clock.after(TAIL_MS, () => post.cut.abort());
    }
    return { answered };
  } catch (error) {
    if (answered || post.cut.signal.aborted) return { answered };
    return { answered, error: world.exchanger.broken(error, post.cut.signal) };
  } finally {
    tail?.cancel();
  }
}

async function reopen(post: Post, world: PostWorld, lastId: string): Promise<LeanResponse> {
  const session = post.headers['mcp-session-id'];
  const response = await world.exchanger.send({
    phase: 'resume',
    method: 'GET',
    headers: {
      ...world.resumeHeaders(),
      ...(session === undefined ? {} : { 'mcp-session-id': session }),
      accept: 'text/event-stream',
      'last-event-id': lastId,
    },
    signal: post.cut.signal,
  });
  if (mediaType(response) === 'text/event-stream') return response;
  await discard(response);
  throw STREAM_ENDED();
}
