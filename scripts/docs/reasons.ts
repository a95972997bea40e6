/**
 * docs/reference/reasons.md: every status and every reason, from the registry.
 *
 * @module
 */
import { ACTIONS } from '../../src/core/actions.ts';
import { REASONS } from '../../src/core/reasons.ts';
import type { Persistence, Reason } from '../../src/core/reasons.ts';
import { STATUSES } from '../../src/core/words.ts';
import type { Status } from '../../src/core/words.ts';
import { code, codes, page, table } from './markdown.ts';

const STATUS_MEANINGS: Readonly<Record<Status, readonly [string, string]>> = {
  connected: ['the server answered, and its lists are known (or marked last-known)', 'nothing'],
  pending: ['being connected, waiting between tries, or waiting for approval', 'wait, retry now, or approve'],
  'needs-auth': [
    'the server was reached, but it wants authentication',
    'sign in, or mend the credentials and reconnect',
  ],
  failed: ['the server could not be reached or used, and quick retries are over', 'read the reason, mend, reconnect'],
  disabled: ['switched off or rejected by a person, or forbidden by a policy', 'enable or approve it'],
};

const PERSISTENCE: Readonly<Record<Persistence, string>> = {
  transient: 'tried again quickly, then probed slowly for ever',
  permanent: 'not tried again by itself',
  heals: 'probed in the background',
  waits: 'waits for a person; nothing is contacted by itself',
};

const entries = Object.entries<Reason>(REASONS);

function section(id: string, { status, persistence, sentence, remedy, next }: Reason): string {
  const facts = [
    `- status: ${code(status)}${persistence === 'transient' ? `, ${code('pending')} while it is tried quickly` : ''}`,
    `- what Holdfast does: ${PERSISTENCE[persistence]}`,
    `- what you do: ${remedy}`,
    `- offered: ${codes(next)} (${next.map((action) => ACTIONS[action].label).join(', ')})`,
  ];
  return [`### ${id}`, sentence, facts.join('\n')].join('\n\n');
}

/** The page. */
export function reasonsPage(): string {
  const words = table(
    ['status', 'meaning', 'what you do'],
    STATUSES.map((status) => [code(status), ...STATUS_MEANINGS[status]]),
  );
  const overview = table(
    ['reason', 'status', 'tried again'],
    entries.map(([id, { status, persistence }]) => [`[${id}](#${id})`, code(status), PERSISTENCE[persistence]]),
  );
  return page('Statuses and reasons', '`src/core/reasons.ts`', [
    'A server has one of five statuses. Beside it stands a reason, with its sentence and what to do next.',
    words,
    '## All reasons',
    overview,
    ...entries.map(([id, reason]) => section(id, reason)),
  ]);
}
