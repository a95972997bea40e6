/**
 * Which words of a token endpoint end a login for good, and how that is told.
 *
 * @module
 */
import type { Credential } from '../../core/credential.ts';
import type { TokenOutcome } from '../token/outcome.ts';

type Refused = Extract<TokenOutcome, { kind: 'refused' }>;

/** RFC 6749 §5.2, and the words that GitHub and Slack say instead. Nothing else is a verdict about the token. */
const REFUSES_TOKEN: ReadonlySet<string> = new Set(['invalid_grant', 'bad_refresh_token', 'invalid_refresh_token']);

/** What a refusal is called when an earlier redemption of the same token had no known outcome: its answer was lost. */
export const OUTCOME_UNKNOWN = 'refresh-outcome-unknown';

/**
 * Whether the login is over: its token is refused, or the server has forgotten the client that it registered. Clients that
 * a person configured may be mended, and theirs is kept.
 */
export function isVerdict({ error }: Refused, { client }: Credential): boolean {
  return REFUSES_TOKEN.has(error) || (error === 'invalid_client' && client.kind === 'dynamic');
}

/** The `refusal` of the tombstone. `unknown` = the token may have been redeemed before without an answer. */
export function refusalOf({ error }: Refused, unknown: boolean): string {
  if (!REFUSES_TOKEN.has(error)) return error;
  return unknown ? OUTCOME_UNKNOWN : 'invalid_grant';
}

const TEXTS: Readonly<Record<string, string>> = {
  [OUTCOME_UNKNOWN]:
    'an earlier renewal ended without a known outcome, and the authorization server no longer accepts the refresh token',
  invalid_grant: 'the authorization server no longer accepts the refresh token',
  invalid_client: 'the authorization server does not know the client any longer',
};

/** One line for people: the word of the server, what it means, and what the server says about it (cleaned before). */
export function failureText(word: string, description?: string): string {
  const meaning = TEXTS[word];
  return [word, meaning, description].filter((part) => part !== undefined && part !== '').join(': ');
}
