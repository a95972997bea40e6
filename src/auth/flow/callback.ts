/**
 * What an authorization server sent to the redirect URI, read without trusting any of it (RFC 6749 §4.1.2, RFC 9207).
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { Authority } from '../../core/credential.ts';

/** The parameters that mean something, each there at most once. */
export interface CallbackParams {
  readonly state: string;
  readonly code?: string;
  readonly error?: string;
  readonly description?: string;
  readonly iss?: string;
}

/** What a callback that belongs to a flow says. */
export type CallbackAnswer =
  | { readonly kind: 'code'; readonly code: string }
  /** `description` is text of the server, cleaned. */
  | { readonly kind: 'error'; readonly error: string; readonly description?: string }
  /** The issuer is not the one the flow began with: nothing else in the answer may be believed or shown. */
  | { readonly kind: 'wrong-issuer' };

const LONGEST = 16_384;
const KNOWN = ['state', 'code', 'error', 'error_description', 'iss'] as const;
/** RFC 6749 §4.1.2.1. */
const ERROR_WORD = /^[\x20-\x21\x23-\x5B\x5D-\x7E]{1,80}$/;

/**
 * The parameters of a query; `undefined` where there is no state, neither a code nor an error, or one of them twice
 * (RFC 6749 §3.1 forbids that, and two readers could choose differently).
 */
export function callbackParams(query: URLSearchParams): CallbackParams | undefined {
  const found: Partial<Record<(typeof KNOWN)[number], string>> = {};
  for (const name of KNOWN) {
    const values = query.getAll(name);
    if (values.length > 1 || (values[0]?.length ?? 0) > LONGEST) return undefined;
    if (values[0] !== undefined) found[name] = values[0];
  }
  const { state, code, error, error_description: description, iss } = found;
  if (state === undefined || state === '' || (code ?? error ?? '') === '') return undefined;
  return {
    state,
    ...(code === undefined ? {} : { code }),
    ...(error === undefined ? {} : { error }),
    ...(description === undefined ? {} : { description }),
    ...(iss === undefined ? {} : { iss }),
  };
}

/**
 * The parameters of what a person pasted: the whole address of the page that could not be shown, or only its query.
 * White space that a terminal put in is passed over. An address must be that of `redirectUri`. `undefined` otherwise.
 */
export function pastedParams(text: string, redirectUri: string): CallbackParams | undefined {
  const clean = text.replaceAll(/\s+/g, '');
  if (clean.length > LONGEST) return undefined;
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(clean))
    return callbackParams(new URLSearchParams(clean.replace(/^[^?=]*\?/, '').replace(/#.*$/s, '')));
  if (!URL.canParse(clean)) return undefined;
  const url = new URL(clean);
  const expected = new URL(redirectUri);
  if (url.origin !== expected.origin || url.pathname !== expected.pathname) return undefined;
  return callbackParams(url.searchParams);
}

/**
 * What a callback means whose state is the flow's. The issuer is compared first, as text and without any
 * normalisation: one that is not the authorization server's, or none where it promises to send one, makes the whole
 * answer worthless (RFC 9207 §2.4). An error wins over a code that came with it.
 */
export function readCallback(
  params: CallbackParams,
  authority: Pick<Authority, 'issuer' | 'issParameter'>,
): CallbackAnswer {
  const { code, error, description, iss } = params;
  if (iss === undefined ? authority.issParameter === true : iss !== authority.issuer) return { kind: 'wrong-issuer' };
  if (error !== undefined) {
    const shown = description === undefined ? '' : safeLine(description, 300);
    return {
      kind: 'error',
      error: ERROR_WORD.test(error) ? error : 'invalid_response',
      ...(shown === '' ? {} : { description: shown }),
    };
  }
  return { kind: 'code', code: code ?? '' };
}
