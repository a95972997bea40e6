/**
 * Reads tokens out of a successful answer (RFC 6749 §5.1), as forgivingly as servers in the field need it.
 *
 * @module
 */
import { Secret } from '../../base/secret.ts';
import type { TokenSet } from '../../core/credential.ts';
import type { Document } from './answer.ts';

/** VSCHAR of RFC 6749 §A.12, without the blank that would end a header's credentials. */
const TOKEN = /^[\u0021-\u007E]+$/;
/** Lives beyond this are as good as endless, and would leave the range of dates. */
const LONGEST_LIFE_S = 100 * 366 * 86_400;

/**
 * The tokens of an answer that came at `nowMs` (wall clock); `undefined` if it holds no usable access token. A missing
 * or unknown `token_type` counts as Bearer: to throw a redeemed grant away over a label would lose the login.
 */
export function tokenSetOf(document: Document, nowMs: number): TokenSet | undefined {
  const accessToken = tokenOf(document['access_token']);
  if (accessToken === undefined) return undefined;
  const refreshToken = tokenOf(document['refresh_token']);
  const lifeS = secondsOf(document['expires_in']);
  const scopes = scopesOf(document['scope']);
  return {
    accessToken,
    tokenType: typeOf(document['token_type']),
    ...(refreshToken === undefined ? {} : { refreshToken }),
    obtainedAt: nowMs,
    ...(lifeS === undefined ? {} : { expiresAt: nowMs + lifeS * 1_000 }),
    ...(scopes === undefined ? {} : { scopes }),
  };
}

/** A token that can be sent, or `undefined`. */
export function tokenOf(value: unknown): Secret | undefined {
  return typeof value === 'string' && TOKEN.test(value) ? new Secret(value) : undefined;
}

/** Whole seconds of a number or a numeric text; `undefined` for nothing, zero, or nonsense. */
export function secondsOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}(?:\.\d{1,15})?$/.test(value.trim()) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 1) return undefined;
  return Math.min(Math.floor(number), LONGEST_LIFE_S);
}

function typeOf(value: unknown): TokenSet['tokenType'] {
  return typeof value === 'string' && value.toLowerCase() === 'dpop' ? 'dpop' : 'bearer';
}

/** Blank-separated (RFC 6749 §3.3); some servers send commas or an array. */
function scopesOf(value: unknown): readonly string[] | undefined {
  const text: unknown = Array.isArray(value) ? value.join(' ') : value;
  if (typeof text !== 'string') return undefined;
  const scopes = text.split(/[\s,]+/).filter((scope) => scope !== '');
  return scopes.length === 0 ? undefined : [...new Set(scopes)];
}
