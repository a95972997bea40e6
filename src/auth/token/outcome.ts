/**
 * What a token endpoint answered, translated once at the border (reliability rules: only `refused` may ever end a login).
 *
 * @module
 */
import type { TokenSet } from '../../core/credential.ts';
import type { Fault } from '../../core/fault.ts';

/** The outcome of one request to a token endpoint. */
export type TokenOutcome =
  | { readonly kind: 'tokens'; readonly tokens: TokenSet }
  /** A well-formed OAuth error (RFC 6749 §5.2), also with status 200. */
  | {
      readonly kind: 'refused';
      /** `invalid_grant`, `invalid_client`, `invalid_scope`, `authorization_pending` … */
      readonly error: string;
      /** Cleaned text of the server. */
      readonly description?: string;
      readonly status: number;
    }
  /** Anything that may pass: refused or reset connections, time-outs, 429, 5xx, HTML, nonsense. Tokens and status stay. */
  | {
      readonly kind: 'transient';
      readonly fault: Fault;
      /** `no` = surely nothing reached the server; `maybe` = it may have acted (time-out, reset, unreadable answer); `answered` = it said no for now (429, 5xx). */
      readonly sent: 'no' | 'maybe' | 'answered';
      readonly retryAfterMs?: number;
    };
