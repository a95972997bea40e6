/**
 * One error base for misuse and broken invariants. Expected outcomes (needs-auth, failed) are states, not exceptions.
 *
 * @module
 */

/** Stable codes of every `HoldfastError`. Adding one is minor, changing one is breaking. */
export type ErrorCode =
  | 'ERR_SERVER_UNKNOWN'
  | 'ERR_SERVER_AMBIGUOUS'
  | 'ERR_CONFIG_INVALID'
  | 'ERR_CONFIG_UNREADABLE'
  | 'ERR_CONFIG_UNWRITABLE'
  | 'ERR_CONFIG_LOCKED'
  | 'ERR_USAGE'
  | 'ERR_BLOCKED'
  | 'ERR_APPROVAL_STALE'
  | 'ERR_NOT_CONNECTED'
  | 'ERR_NEEDS_AUTH'
  | 'ERR_UNREACHABLE'
  | 'ERR_FORBIDDEN'
  | 'ERR_RATE_LIMITED'
  | 'ERR_CALL_TIMEOUT'
  | 'ERR_CALL_CANCELLED'
  | 'ERR_INTERRUPTED'
  | 'ERR_RPC'
  | 'ERR_DAEMON_UNREACHABLE'
  | 'ERR_DAEMON_RUNNING'
  | 'ERR_DAEMON_VERSION'
  | 'ERR_SOCKET_UNSAFE'
  | 'ERR_PENDING'
  /** The state folder cannot be written: nothing was redeemed. */
  | 'ERR_STORE_UNWRITABLE'
  | 'ERR_STORE_UNREADABLE'
  /** Another process holds the credential for longer than may be waited. */
  | 'ERR_STORE_BUSY'
  /** No sign-in of this id is under way: it is over, has expired, or never was. */
  | 'ERR_LOGIN_UNKNOWN'
  | 'ERR_LOGIN_FAILED'
  /** The call needs rights that a person has to grant (data.missingScopes, data.action). */
  | 'ERR_STEP_UP_REQUIRED'
  /** The person, or the server, did not grant the rights that the call needs. */
  | 'ERR_STEP_UP_REFUSED'
  | 'ERR_CLOSED'
  | 'ERR_INTERNAL';

/** What an error may carry beside its sentence. */
export interface ErrorExtras {
  /** What a person can do, in one imperative sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Machine-readable facts (server, file, line, retryAfterMs …). Never a secret. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The error of this package. `code` is stable, `hint` says what to do next, `cause` is kept. */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.code = code;
    this.hint = extras.hint;
    this.data = extras.data ?? {};
  }

  /** The form in which an error crosses a process border (control API, `--json`). */
  toJSON(): { code: ErrorCode; message: string; hint?: string; data?: Readonly<Record<string, unknown>> } {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(Object.keys(this.data).length === 0 ? {} : { data: this.data }),
    };
  }
}

/** The sentence of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Node's `code` of a system error (`ENOENT`, `ECONNREFUSED`, `UND_ERR_SOCKET` …), looked for along the `cause` chain.
 * Bytes that are no HTTP are `HPE_INVALID` where the parser of undici leaves its code out.
 */
export function errnoOf(error: unknown): string | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    const code = (current as NodeJS.ErrnoException).code;
    if (typeof code === 'string' && /^(?:E[A-Z]|UND_ERR|CERT_|DEPTH_|UNABLE_|SELF_|ERR_|HPE_)/.test(code)) return code;
    if (current.name === 'HTTPParserError') return 'HPE_INVALID';
    const nested = current instanceof AggregateError ? current.errors[0] : undefined;
    current = nested ?? current.cause;
  }
  return undefined;
}
