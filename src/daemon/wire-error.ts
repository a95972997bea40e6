/**
 * Errors on their way through the socket: a `HoldfastError` arrives with its code, hint and data.
 *
 * @module
 */
import { HoldfastError } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';

/** The JSON form of an error. */
export type WireError = ReturnType<HoldfastError['toJSON']>;

const STATUS: { readonly [C in ErrorCode]?: number } = {
  ERR_USAGE: 400,
  ERR_CONFIG_INVALID: 400,
  ERR_SERVER_UNKNOWN: 404,
  ERR_SERVER_AMBIGUOUS: 409,
  ERR_APPROVAL_STALE: 409,
  ERR_BLOCKED: 409,
  ERR_NEEDS_AUTH: 409,
  ERR_NOT_CONNECTED: 409,
  ERR_PENDING: 409,
  ERR_FORBIDDEN: 409,
  ERR_STEP_UP_REQUIRED: 409,
  ERR_STEP_UP_REFUSED: 409,
  ERR_LOGIN_FAILED: 409,
  ERR_LOGIN_UNKNOWN: 404,
  ERR_STORE_BUSY: 503,
  ERR_RATE_LIMITED: 429,
  ERR_DAEMON_VERSION: 426,
  ERR_CONFIG_LOCKED: 503,
  ERR_CLOSED: 503,
  ERR_UNREACHABLE: 502,
  ERR_CALL_TIMEOUT: 504,
};

/** The HTTP status that goes with a code; it is for people with `curl`, the code is what counts. */
export function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? 500;
}

/** What may be told of anything thrown. The text of foreign exceptions stays in the log: nobody vouches for it. */
export function errorToJson(error: unknown): WireError {
  if (error instanceof HoldfastError) return error.toJSON();
  const kind = error instanceof Error ? error.name : typeof error;
  return {
    code: 'ERR_INTERNAL',
    message: `the daemon met an unexpected error (${kind})`,
    hint: 'Look into the log of the daemon; "holdfast daemon status" says where it is.',
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The error as it was thrown on the other side. Codes of a newer daemon are kept as they are. */
export function errorFromJson(value: unknown): HoldfastError {
  if (!isRecord(value) || typeof value['code'] !== 'string' || !value['code'].startsWith('ERR_'))
    return new HoldfastError('ERR_INTERNAL', 'the daemon answered with something that is no error of Holdfast');
  const { code, message, hint, data } = value;
  return new HoldfastError(code as ErrorCode, typeof message === 'string' ? message : code, {
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(isRecord(data) ? { data } : {}),
  });
}
