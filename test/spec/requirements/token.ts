/**
 * Requests to token endpoints, and what their answers mean.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'token.verdict',
    source: 'RFC 6749 §5.2; issue: sign-in',
    behaviour:
      'Only a well-formed OAuth error with 400, 401, 403 or 200 is a verdict; no other answer whatever ever ends a login.',
  },
  {
    id: 'token.transient',
    source: 'issue: sign-in',
    behaviour:
      'Refused, reset, silent, 429, 5xx, HTML and nonsense are faults that pass, and say whether the server may have acted.',
  },
  {
    id: 'token.retry-after',
    source: 'RFC 9110 §10.2.3; issue: sign-in',
    behaviour: 'Retry-After of a token endpoint is honoured as seconds and as a date, up to 300 s.',
  },
  {
    id: 'token.bounds',
    source: 'docs/explanation/behaviour.md §4',
    behaviour:
      'A token request ends after 8 s, reads at most 64 KiB after decompression, follows no redirect and is made over https or loopback only.',
  },
  {
    id: 'token.tokens',
    source: 'RFC 6749 §5.1',
    behaviour: 'Tokens are read from what servers in the field send: life as number or text, any case of the type.',
  },
  {
    id: 'token.redacted',
    source: 'docs/explanation/behaviour.md §11',
    behaviour: 'Every secret that a token request sends or gets is registered for redaction before anybody sees it.',
  },
  {
    id: 'token.client-auth',
    source: 'RFC 6749 §2.3, RFC 7523 §2.2',
    behaviour: 'A client proves itself by nothing, Basic, form or signed assertion, and by one of them at a time.',
  },
  {
    id: 'token.isolated',
    source: 'docs/explanation/behaviour.md §11',
    behaviour: 'Nothing of the headers of an entry is sent to an authorization server.',
  },
  {
    id: 'token.dpop',
    source: 'RFC 9449',
    behaviour:
      'A token bound to a key goes with a fresh proof on every request; a nonce that is asked for is used once more.',
  },
  {
    id: 'token.device',
    source: 'RFC 8628 §3.5',
    behaviour: 'Polling keeps the interval, slows down by 5 s when told, backs off on faults, and ends with the code.',
  },
  {
    id: 'token.revoke',
    source: 'RFC 7009',
    behaviour: 'Revocation takes the refresh token first; a kind of token that the server does not know is no fault.',
  },
  {
    id: 'token.machine',
    source: 'RFC 6749 §4.4, RFC 7523 §2.1, RFC 8693',
    behaviour: 'Machine grants ask once, in one grant; enterprise identity is exchanged at its provider first.',
  },
];
