/**
 * What a client is told when its request could not be done: for tools a result that a model can read and pass on, for
 * everything else an error of JSON-RPC.
 *
 * @module
 */
import { HoldfastError, messageOf } from '../../base/errors.ts';
import { CODE, failure, success } from '../rpc/answer.ts';
import type { Answer } from '../rpc/answer.ts';
import { isObject } from '../rpc/message.ts';
import type { Json } from '../rpc/message.ts';

/** The server's own error, as it came. */
function serverError(error: HoldfastError): Answer | undefined {
  const { rpc } = error.data;
  if (!isObject(rpc) || typeof rpc['code'] !== 'number') return undefined;
  const message = typeof rpc['message'] === 'string' ? rpc['message'] : error.message;
  return failure(rpc['code'], message, rpc['data'] === undefined ? {} : { data: rpc['data'] });
}

/** The sentence, and what to do next. */
function wordsOf(error: unknown): string {
  if (!(error instanceof HoldfastError)) return messageOf(error);
  const { url } = error.data;
  const link = typeof url === 'string' ? ` Sign in here: ${url}` : '';
  return `${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}${link}`;
}

/** Key of what programs may want to know of a refusal, in the `_meta` of a tool's result. */
const ERROR_META = 'holdfast/error';

/** The code, whether the server may have acted on the call, and when to try again. */
function factsOf(error: unknown): Json {
  if (!(error instanceof HoldfastError)) return {};
  const { server, sent = 'no', reason, retryAfterMs, perMinute } = error.data;
  const facts = { code: error.code, server, sent, reason, retryAfterMs, perMinute };
  return { _meta: { [ERROR_META]: facts } };
}

/** The answer for an error of the fleet. */
export function refusal(method: string, error: unknown): Answer {
  if (error instanceof HoldfastError && error.code === 'ERR_RPC') {
    const verbatim = serverError(error);
    if (verbatim !== undefined) return verbatim;
  }
  const text = wordsOf(error);
  if (method === 'tools/call') return success({ content: [{ type: 'text', text }], isError: true, ...factsOf(error) });
  const data = error instanceof HoldfastError ? { code: error.code, ...error.data } : undefined;
  return failure(CODE.internal, text, data === undefined ? {} : { data });
}
