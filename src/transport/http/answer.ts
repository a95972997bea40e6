/**
 * Makes the `Answer` of an HTTP exchange: from status, headers, errno and the start of the body, never from a message.
 *
 * @module
 */
import type { Redactor } from '../../base/secret.ts';
import { errnoOf } from '../../base/errors.ts';
import { isTooDeep } from '../../base/json-depth.ts';
import { safeLine } from '../../base/safe-text.ts';
import type { Answer, CallFault } from '../../core/fault.ts';
import type { RpcInBody } from '../answer-error.ts';
import { DEEPEST } from '../protocol.ts';
import { parseChallenges } from '../../net/challenge.ts';
import { SocketError } from '../../net/h1/h1-error.ts';
import type { LeanResponse } from '../../net/lean-request.ts';
import { parseRetryAfter } from '../../net/retry-after.ts';

/** Longest text of a body that an answer keeps, in characters. */
const TEXT_LIMIT = 300;

/** What is needed to read a response that is no success. */
export interface AnswerContext {
  readonly nowMs: number;
  readonly redactor: Redactor;
  /** The address that was asked; a redirect may be relative to it. */
  readonly from: string;
}

/** The JSON-RPC error that a body consists of, if it is one. */
export function rpcErrorOf(text: string): RpcInBody | undefined {
  const message = parseObject(text);
  const error = message?.['error'];
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, message: sentence, data } = error as Record<string, unknown>;
  if (typeof code !== 'number') return undefined;
  return {
    id: message?.['id'],
    error: {
      code,
      message: typeof sentence === 'string' ? sentence : '',
      ...(data === undefined ? {} : { data }),
    },
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!text.trimStart().startsWith('{') || isTooDeep(text, DEEPEST)) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** A short line of what a server said, fit to be shown. */
export function shownText(text: string, redactor: Redactor): string | undefined {
  const said = rpcErrorOf(text)?.error.message || text;
  const line = safeLine(redactor.redact(said.slice(0, TEXT_LIMIT * 4)), TEXT_LIMIT);
  return line === '' ? undefined : line;
}

/** The answer of a response that is no success. `text` is the start of its body. */
export function httpAnswer(response: LeanResponse, text: string, context: AnswerContext): Answer {
  const retryAfterMs = parseRetryAfter(response.header('retry-after'), context.nowMs);
  const location = redirectTarget(response, context.from);
  const shown = shownText(text, context.redactor);
  return {
    kind: 'http',
    status: response.status,
    challenges: parseChallenges(response.header('www-authenticate')),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(location === undefined ? {} : { location: context.redactor.redact(location.href) }),
    ...(shown === undefined ? {} : { text: shown }),
  };
}

/** Where a redirect points, without user info and fragment. */
export function redirectTarget(response: LeanResponse, from: string): URL | undefined {
  if (response.status < 300 || response.status > 399) return undefined;
  const header = response.header('location');
  if (header === undefined || !URL.canParse(header, from)) return undefined;
  const target = new URL(header, from);
  target.username = '';
  target.password = '';
  target.hash = '';
  return target;
}

/** The answer of a success whose body is not what MCP sends. */
export function notMcp(response: LeanResponse, text: string, redactor: Redactor): Answer {
  const contentType = response.header('content-type');
  const shown = shownText(text, redactor);
  return {
    kind: 'not-mcp',
    status: response.status,
    ...(contentType === undefined ? {} : { contentType: safeLine(contentType, 100) }),
    ...(shown === undefined ? {} : { text: shown }),
  };
}

/** Errors of undici after which it is sure that no byte of the request reached the server; ours know it by themselves. */
const NEVER_SENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|UND_ERR_PRX_TLS|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|ECONNPROXY)/;

/** The answer of a request that failed below HTTP, and whether it can have reached the server. */
export function networkAnswer(
  error: unknown,
  viaProxy: boolean,
): { readonly answer: Answer; readonly sent: CallFault['sent'] } {
  const errno = errnoOf(error) ?? 'UNKNOWN';
  const answer: Answer = { kind: 'network', errno, ...(viaProxy ? { viaProxy } : {}) };
  if (error instanceof SocketError) return { answer, sent: error.sent };
  return { answer, sent: NEVER_SENT.test(errno) ? 'no' : 'maybe' };
}
