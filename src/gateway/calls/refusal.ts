/**
 * What a client is told when its request could not be done: for tools a result that a model can read and pass on, for
 * everything else an error of JSON-RPC.
 *
 * @module
 */
import { HoldfastError, messageOf } from '../../base/errors.ts';
import type { Fleet } from '../../core/fleet.ts';
import type { View } from '../../core/view.ts';
import { sentences, stepOf } from '../own/words.ts';
import { CODE, failure, success } from '../rpc/answer.ts';
import type { Answer } from '../rpc/answer.ts';
import { isObject } from '../rpc/message.ts';
import type { Json } from '../rpc/message.ts';

/** Where the state of a server is looked up. */
export interface SnapshotDeps {
  readonly fleet: Pick<Fleet, 'snapshot'>;
  readonly view?: View;
}

/** The server's own error, as it came. */
function serverError(error: HoldfastError): Answer | undefined {
  const { rpc } = error.data;
  if (!isObject(rpc) || typeof rpc['code'] !== 'number') return undefined;
  const message = typeof rpc['message'] === 'string' ? rpc['message'] : error.message;
  return failure(rpc['code'], message, rpc['data'] === undefined ? {} : { data: rpc['data'] });
}

/** The sentence, what to do next, and `more` of that. */
export function wordsOf(error: unknown, more?: string): string {
  if (!(error instanceof HoldfastError)) return messageOf(error);
  const { url } = error.data;
  return [
    sentences(error.message, error.hint, more),
    ...(typeof url === 'string' ? [`Sign in here: ${url}`] : []),
  ].join(' ');
}

/**
 * Where the entry of a server stands whose state refuses calls, and what a person types. `undefined` where the error is
 * about the call alone.
 */
export async function stepAfter({ fleet, view }: SnapshotDeps, error: unknown): Promise<string | undefined> {
  if (!(error instanceof HoldfastError)) return undefined;
  const { server, status } = error.data;
  if (typeof server !== 'string' || typeof status !== 'string') return undefined;
  const snapshot = await fleet.snapshot(server, view).catch(() => undefined);
  return snapshot === undefined ? undefined : stepOf(snapshot, error.message);
}

/** Errors of the request itself; every other one is of what was to be done with it. */
const OF_REQUEST: ReadonlySet<string> = new Set(['ERR_USAGE', 'ERR_SERVER_UNKNOWN']);

/** Key of what programs may want to know of a refusal, in the `_meta` of a tool's result. */
const ERROR_META = 'holdfast/error';

/** The code, whether the server may have acted on the call, and when to try again. */
function factsOf(error: unknown): Json {
  if (!(error instanceof HoldfastError)) return {};
  const { server, sent = 'no', reason, retryAfterMs, perMinute } = error.data;
  const facts = { code: error.code, server, sent, reason, retryAfterMs, perMinute };
  return { _meta: { [ERROR_META]: facts } };
}

/** The answer for an error of the fleet. `more` is what a person can do beside its hint. */
export function refusal(method: string, error: unknown, more?: string): Answer {
  if (error instanceof HoldfastError && error.code === 'ERR_RPC') {
    const verbatim = serverError(error);
    if (verbatim !== undefined) return verbatim;
  }
  const text = wordsOf(error, more);
  if (method === 'tools/call') return success({ content: [{ type: 'text', text }], isError: true, ...factsOf(error) });
  const data = error instanceof HoldfastError ? { code: error.code, ...error.data } : undefined;
  const code = data !== undefined && OF_REQUEST.has(data.code) ? CODE.invalidParams : CODE.internal;
  return failure(code, text, data === undefined ? {} : { data });
}
