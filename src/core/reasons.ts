/**
 * The registry of reasons: every cause a status can have, with its sentence and what to do next.
 * `holdfast explain`, the documentation, hints and tests are all made from this table (BEHAVIOUR §2).
 *
 * @module
 */
import type { ActionId } from './action-table.ts';
import type { Status } from './words.ts';

/** How a reason is treated by the life of a connection. */
export type Persistence =
  /** Quick retries, then a slow probe for ever. */
  | 'transient'
  /** Not retried by itself; a person, a config change or a call tries again. */
  | 'permanent'
  /** Probed in the background without a person where that can heal it (BEHAVIOUR §6). */
  | 'heals'
  /** Nothing is contacted until a person decides. */
  | 'waits';

/** One row of the registry. */
export interface Reason {
  readonly status: Status;
  readonly persistence: Persistence;
  /** One sentence for people. */
  readonly sentence: string;
  /** What a person does about it, in one imperative sentence. */
  readonly remedy: string;
  /** Actions to offer beside those of the state (BEHAVIOUR §9), the first is the best. */
  readonly next: readonly ActionId[];
}

const row = (
  status: Status,
  persistence: Persistence,
  sentence: string,
  rest: { readonly remedy: string; readonly next: readonly ActionId[] },
): Reason => ({ status, persistence, sentence, ...rest });

/** Every reason, by id. Ids are public and stable. */
export const REASONS = {
  refused: row('failed', 'transient', 'Nothing listens at the address of the server.', {
    remedy: 'Start the server or correct the url; Holdfast keeps probing by itself.',
    next: ['reconnect', 'doctor'],
  }),
  reset: row('failed', 'transient', 'The server closed the connection without an answer.', {
    remedy: 'Look at the log of the server; Holdfast keeps probing by itself.',
    next: ['reconnect', 'doctor'],
  }),
  timeout: row('failed', 'transient', 'The server did not answer in time.', {
    remedy: 'Check that the server is not overloaded, or raise its connect time-out.',
    next: ['reconnect', 'doctor'],
  }),
  dns: row('failed', 'transient', 'The host name of the server could not be resolved.', {
    remedy: 'Check the url and the network; Holdfast keeps probing by itself.',
    next: ['reconnect', 'doctor'],
  }),
  proxy: row('failed', 'transient', 'The configured proxy could not be used.', {
    remedy: 'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.',
    next: ['reconnect', 'doctor'],
  }),
  'http-5xx': row('failed', 'transient', 'The server answered with a server error.', {
    remedy: 'Wait or look at the log of the server; Holdfast keeps probing by itself.',
    next: ['reconnect', 'doctor'],
  }),
  'http-429': row('failed', 'transient', 'The server asks to be contacted less often.', {
    remedy: 'Wait; Holdfast does not contact it before the time it named.',
    next: ['reconnect', 'doctor'],
  }),
  exited: row('failed', 'transient', 'The server process ended.', {
    remedy: 'Read its last stderr lines.',
    next: ['reconnect', 'logs'],
  }),
  'helper-failed': row('failed', 'transient', 'The command that makes the headers ended with an error.', {
    remedy: 'Run the headersHelper by hand, mend it, then reconnect.',
    next: ['show-helper', 'reconnect'],
  }),
  'helper-timeout': row('failed', 'transient', 'The command that makes the headers did not end in time.', {
    remedy: 'Run the headersHelper by hand; it may be waiting for input or a network.',
    next: ['show-helper', 'reconnect'],
  }),
  'refresh-failed': row('failed', 'transient', 'The sign-in could not be renewed, and its access token has ended.', {
    remedy: 'Wait for the authorization server; the login is kept.',
    next: ['reconnect', 'doctor'],
  }),
  tls: row('failed', 'permanent', 'The TLS certificate of the server is not trusted or not valid.', {
    remedy: 'Mend the certificate, or name your own authority in NODE_EXTRA_CA_CERTS.',
    next: ['reconnect', 'doctor'],
  }),
  'http-404': row('failed', 'permanent', 'The server has nothing at the configured url.', {
    remedy: 'Correct the url in the entry, then reconnect.',
    next: ['edit', 'reconnect'],
  }),
  'http-4xx': row('failed', 'permanent', 'The server refuses the request as it is.', {
    remedy: 'Check url, type and headers of the entry, then reconnect.',
    next: ['edit', 'reconnect'],
  }),
  'not-mcp': row('failed', 'permanent', 'What answers at the url does not speak MCP.', {
    remedy: 'Correct the url (often /mcp or /sse is missing), or sign in to the network first.',
    next: ['edit', 'reconnect'],
  }),
  redirected: row('failed', 'permanent', 'The server redirects to another origin; headers are never sent there.', {
    remedy: 'Put the address it names into the entry, if you trust it.',
    next: ['edit', 'reconnect'],
  }),
  'protocol-error': row('failed', 'permanent', 'The server broke the protocol.', {
    remedy: 'Report it to the author of the server; the detail says what came.',
    next: ['reconnect', 'logs'],
  }),
  'version-unsupported': row('failed', 'permanent', 'The server and Holdfast share no protocol version.', {
    remedy: 'Update the server, or set protocolEra in the entry.',
    next: ['edit', 'reconnect'],
  }),
  'issuer-mismatch': row('failed', 'permanent', 'The authorization server is not the one that was promised.', {
    remedy: 'Do not sign in; ask the operator of the server.',
    next: ['reconnect', 'doctor'],
  }),
  'auth-server-misconfigured': row('failed', 'permanent', 'The authorization server cannot be used as it is.', {
    remedy: 'Ask the operator of the server; the detail says what is missing.',
    next: ['reconnect', 'doctor'],
  }),
  'helper-bad-output': row(
    'failed',
    'permanent',
    'The command that makes the headers did not print one JSON object of strings.',
    {
      remedy: 'Mend the headersHelper, then reconnect.',
      next: ['show-helper', 'reconnect'],
    },
  ),
  'spawn-not-found': row('failed', 'permanent', 'The command of the server was not found.', {
    remedy:
      'Install it, or write its whole path into "command". It is looked for in the PATH of the shell or program that asks: ask from a shell that finds it, or start that program again from one.',
    next: ['edit', 'logs'],
  }),
  'spawn-denied': row('failed', 'permanent', 'The command of the server may not be executed.', {
    remedy: 'Make it executable or correct "command".',
    next: ['edit', 'logs'],
  }),
  'crash-loop': row('failed', 'transient', 'The server process ended again and again.', {
    remedy: 'Read its last stderr lines; it is started again every five minutes.',
    next: ['reconnect', 'logs'],
  }),
  'variable-missing': row(
    'failed',
    'permanent',
    'The entry names an environment variable that has no value and no default.',
    {
      remedy: 'Export the variable and reconnect, or write ${NAME:-default}.',
      next: ['edit', 'reconnect'],
    },
  ),
  'config-invalid': row('failed', 'permanent', 'The entry is not valid; nothing was sent.', {
    remedy: 'Correct the entry in the file and line named.',
    next: ['edit', 'reconnect'],
  }),
  'stopped-by-user': row('failed', 'permanent', 'A person stopped the tries.', {
    remedy: 'Reconnect when you want it tried again.',
    next: ['reconnect', 'doctor'],
  }),
  'sign-in-required': row('needs-auth', 'heals', 'The server wants a sign-in.', {
    remedy: 'Sign in to the server.',
    next: ['authenticate', 'reconnect'],
  }),
  'sign-in-expired': row('needs-auth', 'heals', 'The sign-in has ended and could not be renewed.', {
    remedy: 'Sign in again.',
    next: ['authenticate', 'reconnect'],
  }),
  'credentials-required': row('needs-auth', 'heals', 'The server wants credentials and offers no sign-in.', {
    remedy: 'Add headers or a headersHelper to the entry.',
    next: ['reconnect', 'edit'],
  }),
  'credentials-rejected': row('needs-auth', 'heals', 'The server rejects the headers of the entry.', {
    remedy: 'Mend the headers (or the helper that makes them), then reconnect.',
    next: ['reconnect', 'edit'],
  }),
  forbidden: row(
    'needs-auth',
    'heals',
    'The server forbids the access; a firewall or proxy before it can be the cause.',
    {
      remedy: 'Ask for access, or check the network between you and the server, then reconnect.',
      next: ['reconnect', 'edit'],
    },
  ),
  'step-up-required': row('needs-auth', 'waits', 'The server wants more rights than the sign-in has.', {
    remedy: 'Grant the rights it names.',
    next: ['authenticate', 'reconnect'],
  }),
  'client-registration-refused': row(
    'needs-auth',
    'waits',
    'The authorization server does not accept Holdfast as a client.',
    {
      remedy: 'Put a client id of your own into the entry ("oauth": {"clientId": …}).',
      next: ['edit', 'reconnect'],
    },
  ),
  'awaiting-approval': row('pending', 'waits', 'The entry comes from a project file and was not approved yet.', {
    remedy: 'Read what it would run or contact, then approve or reject it.',
    next: ['approve', 'reject'],
  }),
  'helper-untrusted': row('pending', 'waits', 'The helper or script of an approved project entry has changed.', {
    remedy: 'Read the difference, then approve or reject it.',
    next: ['approve', 'reject'],
  }),
  'lists-failed': row(
    'connected',
    'heals',
    'The server is connected, but its lists could not be read; the last good ones are shown.',
    {
      remedy: 'Reconnect, or look at the log of the server.',
      next: ['reconnect', 'logs'],
    },
  ),
  'store-readonly': row('connected', 'heals', 'Credentials cannot be written to disk; they live in memory only.', {
    remedy: 'Make the state folder writable.',
    next: ['doctor'],
  }),
  'disabled-by-user': row('disabled', 'waits', 'A person switched the server off.', {
    remedy: 'Enable it when you want it back.',
    next: ['enable'],
  }),
  'rejected-by-user': row('disabled', 'waits', 'A person rejected this project entry.', {
    remedy: 'Approve it if you have changed your mind.',
    next: ['approve'],
  }),
  'policy-denied': row('disabled', 'waits', 'A policy forbids the server.', {
    remedy: 'Ask who made the policy; the detail names the rule.',
    next: ['doctor'],
  }),
  'duplicate-shadowed': row('disabled', 'waits', 'Another entry of the same name wins; this one is not loaded.', {
    remedy: 'Rename or remove one of the two.',
    next: ['edit'],
  }),
} as const satisfies Record<string, Reason>;

/** The id of a reason. */
export type ReasonId = keyof typeof REASONS;

/** The row of a reason. */
export function reasonOf(id: ReasonId): Reason {
  return REASONS[id];
}

/** The anchor of a reason in the reference documentation. */
export function reasonAnchor(id: ReasonId): string {
  return `docs/reference/reasons.md#${id}`;
}
