/**
 * Exit codes: each has one meaning (BEHAVIOUR §10), and everything that can end a command is mapped to one here.
 *
 * @module
 */
import type { ErrorCode } from '../base/errors.ts';
import { REASONS } from '../core/reasons.ts';
import type { ReasonId } from '../core/reasons.ts';
import type { Snapshot } from '../core/snapshot.ts';

/** Every code a command can end with. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  needsAuth: 3,
  failed: 4,
  toolError: 5,
  unknownServer: 6,
  blocked: 7,
  pending: 8,
  interrupted: 130,
} as const;

/** One of the codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each code means, for help and the reference. */
export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'done'],
  [EXIT.unexpected, 'unexpected error'],
  [EXIT.usage, 'wrong usage, or a configuration that is not valid'],
  [EXIT.needsAuth, 'needs authentication'],
  [EXIT.failed, 'failed or unreachable'],
  [EXIT.toolError, 'the tool returned an error'],
  [EXIT.unknownServer, 'no such server'],
  [EXIT.blocked, 'blocked by approval, policy or disabled'],
  [EXIT.pending, 'still pending at the limit'],
  [EXIT.interrupted, 'interrupted'],
];

const OF_ERROR: Readonly<Record<ErrorCode, ExitCode>> = {
  ERR_SERVER_UNKNOWN: EXIT.unknownServer,
  ERR_SERVER_AMBIGUOUS: EXIT.usage,
  ERR_CONFIG_INVALID: EXIT.usage,
  ERR_CONFIG_UNREADABLE: EXIT.usage,
  ERR_CONFIG_UNWRITABLE: EXIT.usage,
  ERR_CONFIG_LOCKED: EXIT.usage,
  ERR_USAGE: EXIT.usage,
  ERR_BLOCKED: EXIT.blocked,
  ERR_APPROVAL_STALE: EXIT.blocked,
  ERR_NOT_CONNECTED: EXIT.failed,
  ERR_NEEDS_AUTH: EXIT.needsAuth,
  ERR_UNREACHABLE: EXIT.failed,
  ERR_FORBIDDEN: EXIT.needsAuth,
  ERR_RATE_LIMITED: EXIT.failed,
  ERR_CALL_TIMEOUT: EXIT.failed,
  ERR_CALL_CANCELLED: EXIT.interrupted,
  ERR_INTERRUPTED: EXIT.failed,
  ERR_RPC: EXIT.toolError,
  ERR_DAEMON_UNREACHABLE: EXIT.failed,
  ERR_DAEMON_RUNNING: EXIT.unexpected,
  ERR_DAEMON_VERSION: EXIT.unexpected,
  ERR_SOCKET_UNSAFE: EXIT.unexpected,
  ERR_PENDING: EXIT.pending,
  ERR_STORE_UNWRITABLE: EXIT.unexpected,
  ERR_STORE_UNREADABLE: EXIT.unexpected,
  ERR_STORE_BUSY: EXIT.failed,
  ERR_LOGIN_UNKNOWN: EXIT.usage,
  ERR_LOGIN_FAILED: EXIT.needsAuth,
  ERR_STEP_UP_REQUIRED: EXIT.needsAuth,
  ERR_STEP_UP_REFUSED: EXIT.needsAuth,
  ERR_CLOSED: EXIT.unexpected,
  ERR_INTERNAL: EXIT.unexpected,
};

/** The exit code of an error. */
export function exitOfError(code: ErrorCode): ExitCode {
  return OF_ERROR[code];
}

const CONFIG_REASONS: ReadonlySet<ReasonId> = new Set<ReasonId>(['config-invalid', 'variable-missing']);

/** The exit code of a server's state, as `status --exit-code` and every verb that waits for an outcome give it. */
export function exitOfSnapshot(snapshot: Pick<Snapshot, 'status' | 'reason'>): ExitCode {
  const { status, reason } = snapshot;
  switch (status) {
    case 'connected':
      return EXIT.ok;
    case 'pending':
      return reason !== undefined && REASONS[reason].persistence === 'waits' ? EXIT.blocked : EXIT.pending;
    case 'needs-auth':
      return EXIT.needsAuth;
    case 'failed':
      return reason !== undefined && CONFIG_REASONS.has(reason) ? EXIT.usage : EXIT.failed;
    case 'disabled':
      return EXIT.blocked;
  }
}

const WORST_FIRST: readonly ExitCode[] = [
  EXIT.interrupted,
  EXIT.unexpected,
  EXIT.unknownServer,
  EXIT.usage,
  EXIT.blocked,
  EXIT.needsAuth,
  EXIT.failed,
  EXIT.toolError,
  EXIT.pending,
];

/** The worst of several codes; among the states of servers that is 2, 7, 3, 4, 8. */
export function worstExit(codes: readonly ExitCode[]): ExitCode {
  return WORST_FIRST.find((code) => codes.includes(code)) ?? EXIT.ok;
}

/** The error code that stands for a server's state in a `--json` error line. */
export function errorCodeOfExit(code: ExitCode): ErrorCode {
  switch (code) {
    case EXIT.usage:
      return 'ERR_CONFIG_INVALID';
    case EXIT.needsAuth:
      return 'ERR_NEEDS_AUTH';
    case EXIT.failed:
      return 'ERR_UNREACHABLE';
    case EXIT.blocked:
      return 'ERR_BLOCKED';
    case EXIT.pending:
      return 'ERR_PENDING';
    case EXIT.unknownServer:
      return 'ERR_SERVER_UNKNOWN';
    case EXIT.toolError:
      return 'ERR_RPC';
    case EXIT.interrupted:
      return 'ERR_CALL_CANCELLED';
    case EXIT.ok:
    case EXIT.unexpected:
      return 'ERR_INTERNAL';
  }
}
