/**
 * Sign-ins: doors, callbacks, scopes, step-up, and the headers of held logins.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

const BEHAVIOUR = (section: string): string => `docs/explanation/behaviour.md ${section}`;
const ISSUE = 'issue "Sign-in that never loses a login", parts 5, 6 and 8';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'signin.listener',
    source: BEHAVIOUR('§8'),
    behaviour:
      'A sign-in by the browser ends at a loopback listener on both address families with a login that is used.',
  },
  {
    id: 'signin.ports',
    source: BEHAVIOUR('§8'),
    behaviour:
      'The listener takes a random port, a fixed one in remote shells, the next one where that is taken, and never hangs on a busy port.',
  },
  {
    id: 'signin.paste',
    source: BEHAVIOUR('§8'),
    behaviour: 'A pasted callback finishes a sign-in; one of another sign-in or another address changes nothing.',
  },
  {
    id: 'signin.two-processes',
    source: BEHAVIOUR('§8'),
    behaviour:
      'What one process began another can finish, and the first one hears how it ended; one answer is redeemed once.',
  },
  {
    id: 'signin.device',
    source: 'RFC 8628',
    behaviour: 'The device grant shows a code and an address, and ends with a login when the person has typed it.',
  },
  {
    id: 'signin.machine',
    source: 'MCP extension oauth-client-credentials',
    behaviour:
      'Client credentials (basic, post, private_key_jwt) sign in without a person, by themselves where the entry has no headers of its own.',
  },
  {
    id: 'signin.state-first',
    source: BEHAVIOUR('§8'),
    behaviour:
      'Forged, wrong, late and doubled callbacks are answered 400 and change nothing, error answers included; only the right one counts.',
  },
  {
    id: 'signin.page',
    source: BEHAVIOUR('§11'),
    behaviour: 'The pages of the listener are fixed text under a strict policy; no byte of the request is in them.',
  },
  {
    id: 'signin.host',
    source: BEHAVIOUR('§11'),
    behaviour: 'The listener answers only GET of its callback under its own name on loopback.',
  },
  {
    id: 'signin.issuer',
    source: 'RFC 9207',
    behaviour:
      'A wrong issuer, or none where one is promised, ends the sign-in without a request: no code reaches a token endpoint that is not its own.',
  },
  {
    id: 'signin.registered-again',
    source: 'issue "Sign-in that never loses a login", part 3',
    behaviour: 'A client that the authorization server has forgotten is registered again, once, with the next sign-in.',
  },
  {
    id: 'signin.scopes',
    source: 'MCP 2026-07-28, authorization, scope selection strategy; SEP-2207',
    behaviour:
      'A sign-in asks for the pinned scopes, else those of the challenge, else those the resource lists, else none; for offline_access only where it is listed.',
  },
  {
    id: 'signin.step-up',
    source: BEHAVIOUR('§7'),
    behaviour:
      'A step-up asks for what was requested, granted and challenged, also after a restart; scopes that are still missing are named, and the old login stays until then.',
  },
  {
    id: 'signin.old-login-stays',
    source: BEHAVIOUR('§8'),
    behaviour: 'A new sign-in never gives up the working token before the new one is safe.',
  },
  {
    id: 'signin.one-flow',
    source: ISSUE,
    behaviour: 'A second start of the same sign-in gives the one that waits.',
  },
  {
    id: 'signin.ends',
    source: ISSUE,
    behaviour: 'A sign-in ends when it is cancelled or nobody answers, and nothing of it stays in the store.',
  },
  {
    id: 'signin.redemption',
    source: ISSUE,
    behaviour: 'A code is sent again only while the server surely did not use it; a login that cannot be kept is told.',
  },
  {
    id: 'signin.logout',
    source: 'RFC 7009',
    behaviour: 'Signing out revokes where that is offered, forgets, and says what was done.',
  },
  {
    id: 'signin.profiles',
    source: ISSUE,
    behaviour: 'Two profiles hold two accounts for one url, each with its own token.',
  },
  {
    id: 'signin.lane',
    source: BEHAVIOUR('§6'),
    behaviour:
      'A server with headers or a helper never enters OAuth by itself; a login made beside them replaces Authorization for that entry alone.',
  },
  {
    id: 'signin.headers',
    source: BEHAVIOUR('§3a row c, §5, §6'),
    behaviour:
      'A held token is sent, renewed first where it is due; one that has ended is sent where it cannot be renewed, and a renewal that fails for now is refresh-failed.',
  },
  {
    id: 'signin.opener',
    source: BEHAVIOUR('§11'),
    behaviour:
      'Only https addresses, or http on loopback, are opened, as one argument of a program and never by a shell.',
  },
];
