/**
 * What happens to a call and to the status while connected.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'call.contact-decides',
    source: 'docs/explanation/behaviour.md §3b',
    behaviour: 'A fault on a call fails that call; the status changes only when one contact of our own fails too.',
  },
  {
    id: 'call.401-once',
    source: 'docs/explanation/behaviour.md §3b',
    behaviour:
      '401 on a call of a helper server runs the helper once and sends the call once more; still 401 and the contact too is needs-auth.',
  },
  {
    id: 'call.403-scope',
    source: 'docs/explanation/behaviour.md §3b',
    behaviour: '403 insufficient_scope on a call leaves the server connected and names the missing scopes.',
  },
  {
    id: 'call.403-bare',
    source: 'docs/explanation/behaviour.md §3b',
    behaviour:
      'A bare 403 on a call with a good contact leaves the server connected; the caller gets a structured error forbidden.',
  },
  {
    id: 'call.429',
    source: 'docs/explanation/behaviour.md §3b',
    behaviour: '429 on a call leaves the server connected; the error has retryAfterMs.',
  },
  {
    id: 'call.5xx',
    source: 'docs/explanation/behaviour.md §3b',
    behaviour: '5xx, time-out or reset on a call fails the call, and a contact decides the status.',
  },
  {
    id: 'call.never-twice',
    source: 'docs/explanation/behaviour.md §3b',
    behaviour: 'A call is sent again only if it was surely unsent or rejected, and a few times at most.',
  },
  {
    id: 'call.rpc-verbatim',
    source: 'docs/explanation/behaviour.md §3b',
    behaviour: 'A JSON-RPC error or an error result is passed on verbatim and the server stays connected.',
  },
  {
    id: 'call.never-by-text',
    source: 'docs/explanation/behaviour.md §3b',
    behaviour: 'An upstream 401 wrapped into text is never classified by its text.',
  },
  {
    id: 'call.lost',
    source: 'docs/explanation/behaviour.md §3b',
    behaviour: 'A closed stream or lost socket is pending with the reconnect numbers.',
  },
  {
    id: 'call.stream-alone',
    source: 'docs/explanation/behaviour.md §3b',
    behaviour: 'A failing server-to-client stream is reopened alone; the server stays connected.',
  },
  {
    id: 'call.lists-failed',
    source: 'docs/explanation/behaviour.md §3b',
    behaviour:
      'A list that fails is tried three times more, then the server stays connected with lists-failed and the last good list.',
  },
];
