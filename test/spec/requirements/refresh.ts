/**
 * The refresh transaction and the vault of logins.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

const BEHAVIOUR = 'docs/explanation/behaviour.md §3';
const ISSUE = 'issue: sign-in, the refresh transaction';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'refresh.due',
    source: 'docs/explanation/behaviour.md §4',
    behaviour:
      'A token is renewed once it lives for less than min(refreshAheadMs, 20 % of its life) ± 10 %, the same all through one process.',
  },
  {
    id: 'refresh.no-end',
    source: 'RFC 6749 §5.1',
    behaviour: 'A token without expires_in lives until a 401.',
  },
  {
    id: 'refresh.clock-jump',
    source: ISSUE,
    behaviour:
      'A wall clock that was set makes no token live longer than its life, and a timer looks again within 5 min.',
  },
  {
    id: 'refresh.single-flight',
    source: BEHAVIOUR,
    behaviour: 'All callers of all processes together redeem a token exactly once; the others adopt what came.',
  },
  {
    id: 'refresh.sent-token',
    source: BEHAVIOUR,
    behaviour: 'A 401 leads to a redemption only while the token that was sent is still the one that is kept.',
  },
  {
    id: 'refresh.gap',
    source: 'docs/explanation/behaviour.md §6',
    behaviour:
      'Where new tokens are refused as well, a 401 leads to at most one redemption per refreshGapMs, over all processes.',
  },
  {
    id: 'refresh.order',
    source: ISSUE,
    behaviour:
      'Lease, re-read, room on disk, note of what begins, request, write, and only then is the new token used by anybody.',
  },
  {
    id: 'refresh.fail-closed',
    source: ISSUE,
    behaviour:
      'Without the lease nothing is redeemed: after leaseWaitMs the caller is told that it is busy and goes on with the old token.',
  },
  {
    id: 'refresh.room-first',
    source: ISSUE,
    behaviour:
      'Where new tokens could not be kept no request is made; the message names the path and the old token stays in use.',
  },
  {
    id: 'refresh.unsaved',
    source: ISSUE,
    behaviour:
      'New tokens that cannot be written are used from memory, marked unsaved, written as soon as it works, and nobody redeems the spent one meanwhile.',
  },
  {
    id: 'refresh.retry-unsent',
    source: ISSUE,
    behaviour: 'A request that surely did not arrive is sent again, at most 3 tries in all within 8 s.',
  },
  {
    id: 'refresh.retry-lost',
    source: ISSUE,
    behaviour: 'A request whose answer was lost is sent again at once with the same token, at most twice within 8 s.',
  },
  {
    id: 'refresh.outcome-unknown',
    source: ISSUE,
    behaviour:
      'invalid_grant after a redemption without a known outcome, also of a process that died, is told as refresh-outcome-unknown.',
  },
  {
    id: 'refresh.transient',
    source: ISSUE,
    behaviour: 'Whatever a token endpoint does but refuse the token, tokens and status stay.',
  },
  {
    id: 'refresh.retry-after',
    source: ISSUE,
    behaviour: 'After 429 and 5xx no request is made before Retry-After is over, at most 300 s.',
  },
  {
    id: 'refresh.refused',
    source: ISSUE,
    behaviour:
      'invalid_grant changes the login only after it was read again and only by compare-and-swap; it becomes a tombstone and its access token stays usable.',
  },
  {
    id: 'refresh.client-forgotten',
    source: ISSUE,
    behaviour:
      'invalid_client of a registered client ends the login so that the next sign-in registers anew; that of a configured client changes nothing.',
  },
  {
    id: 'refresh.merge',
    source: 'RFC 6749 §6',
    behaviour: 'An answer without refresh_token or scope keeps the ones that were held.',
  },
  {
    id: 'refresh.detached',
    source: ISSUE,
    behaviour: 'A short-lived command redeems in a process of its own that outlives it; no secret is in its arguments.',
  },
  {
    id: 'refresh.configured-client',
    source: ISSUE,
    behaviour:
      'A client secret or key that a person changes in the entry renews the login that is held; no new sign-in.',
  },
  {
    id: 'refresh.idle',
    source: ISSUE,
    behaviour: 'The end of a process waits for a redemption under way, at most 10 s.',
  },
  {
    id: 'vault.newest',
    source: 'docs/explanation/behaviour.md §8',
    behaviour:
      'A new login for the same server, profile and lane takes the place of older ones, but only after it is safe.',
  },
  {
    id: 'vault.lookup',
    source: 'docs/explanation/behaviour.md §5',
    behaviour: 'A login is found by server url, profile and lane, never by a name; what another process wrote is seen.',
  },
  {
    id: 'vault.tolerant',
    source: 'issue: sign-in, store',
    behaviour:
      'A record with unknown or wrong fields is read as far as possible; one without its essentials is passed over and left alone.',
  },
  {
    id: 'vault.secrets-apart',
    source: 'docs/explanation/behaviour.md §11',
    behaviour: 'The facts of a record hold no secret; every secret that is read is registered for redaction.',
  },
  {
    id: 'vault.changes',
    source: ISSUE,
    behaviour: 'Every change of a login is told once, whoever made it: completed, refreshed, refused or forgotten.',
  },
];
