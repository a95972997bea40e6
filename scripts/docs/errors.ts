/**
 * docs/reference/errors.md: every error code, what it means, and the exit code of the command line.
 *
 * @module
 */
import type { ErrorCode } from '../../src/base/errors.ts';
import { exitOfError } from '../../src/cli/exit.ts';
import { code, page, table } from './markdown.ts';

/** What each code means. The compiler holds this table to the type. */
const MEANINGS: Readonly<Record<ErrorCode, string>> = {
  ERR_SERVER_UNKNOWN: 'no server has this name; `data.nearest` has names like it',
  ERR_SERVER_AMBIGUOUS: 'several servers can be meant',
  ERR_CONFIG_INVALID: 'an entry or a file of configuration is not valid',
  ERR_CONFIG_UNREADABLE: 'a file of configuration cannot be read',
  ERR_CONFIG_UNWRITABLE: 'a file of configuration cannot be written',
  ERR_CONFIG_LOCKED: 'somebody else is writing the file, or it has changed meanwhile',
  ERR_USAGE: 'the command, its options or the arguments of a method are wrong',
  ERR_BLOCKED: 'the server waits for approval, is switched off, or a policy forbids it',
  ERR_APPROVAL_STALE: 'the entry is no longer the one whose hash was named',
  ERR_NOT_CONNECTED: 'the server is not connected',
  ERR_NEEDS_AUTH: 'the server wants a sign-in or other credentials',
  ERR_UNREACHABLE: 'the server cannot be reached or used',
  ERR_FORBIDDEN: 'the server refuses this call (403); `data.missingScopes` where it says which rights it wants',
  ERR_RATE_LIMITED:
    'the server asks for fewer calls (429), or its entry allows clients of the gateway no more; `data.retryAfterMs`',
  ERR_CALL_TIMEOUT: 'the call took too long; nobody knows whether the server has done it',
  ERR_CALL_CANCELLED: 'the caller ended the call',
  ERR_INTERRUPTED: 'the connection ended during the call; it was not sent again because it may have been done',
  ERR_RPC: 'the server answered with an error of its own; `data.rpc` has it as it came',
  ERR_DAEMON_UNREACHABLE: 'no daemon answers',
  ERR_DAEMON_RUNNING: 'a daemon runs already',
  ERR_DAEMON_VERSION: 'the daemon has another major version',
  ERR_SOCKET_UNSAFE: 'the control socket or its folder is not yours alone',
  ERR_PENDING: 'still pending at the limit',
  ERR_STORE_UNWRITABLE: 'logins cannot be written; nothing was redeemed',
  ERR_STORE_UNREADABLE: 'logins cannot be read',
  ERR_STORE_BUSY: 'another process holds the login for longer than may be waited',
  ERR_LOGIN_UNKNOWN: 'no such sign-in waits: it is over, has expired, or never was',
  ERR_LOGIN_FAILED: 'the sign-in did not succeed; `data.reason`',
  ERR_STEP_UP_REQUIRED: 'the call needs rights that a person has to grant; `data.missingScopes`, `data.url`',
  ERR_STEP_UP_REFUSED: 'the rights that the call needs were not granted',
  ERR_CLOSED: 'the fleet is closed',
  ERR_INTERNAL: 'a defect of Holdfast; HOLDFAST_DEBUG=1 shows where',
};

/** The page. */
export function errorsPage(): string {
  const rows = (Object.entries(MEANINGS) as [ErrorCode, string][]).map(([error, meaning]) => [
    code(error),
    meaning,
    code(String(exitOfError(error))),
  ]);
  return page('Error codes', '`src/base/errors.ts` and `src/cli/exit.ts`', [
    'Every error has a stable `code`, a sentence, a `hint` that says what to do, and `data` for programs. With `--json` a bad end is one line on stderr: `{"error": {"code", "message", "hint", "exit", "data"}}`. A state that is bad (needs-auth, failed) is no error in code: it is a [status](reasons.md).',
    table(['code', 'meaning', 'exit code'], rows),
  ]);
}
