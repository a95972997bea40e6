/**
 * docs/reference/actions.md: what can be done in which state, by running `actionsFor`.
 *
 * @module
 */
import { COMMANDS } from '../../src/cli/commands.ts';
import { ACTIONS, actionsFor } from '../../src/core/actions.ts';
import type { ActionFacts, ActionId, ActionRow } from '../../src/core/actions.ts';
import type { SignInModel } from '../../src/core/words.ts';
import { code, page, table } from './markdown.ts';

const MODELS: readonly SignInModel[] = ['none', 'headers', 'helper', 'oauth', 'stdio'];
const EVERYWHERE: ReadonlySet<ActionId> = new Set<ActionId>(['details', 'logs', 'disable']);

/** One row: its words, the state, and the columns in which the state can occur. */
interface StateRow {
  readonly what: string;
  readonly facts: Omit<ActionFacts, 'signIn' | 'offersOAuth'>;
  readonly models: readonly SignInModel[];
  readonly offersOAuth?: boolean;
}

const HTTP: readonly SignInModel[] = ['none', 'headers', 'helper', 'oauth'];
const ROWS: readonly StateRow[] = [
  { what: 'connected', facts: { status: 'connected' }, models: MODELS },
  {
    what: 'connected, more rights wanted',
    facts: { status: 'connected', stepUp: {} },
    models: ['headers', 'helper', 'oauth'],
  },
  { what: 'pending, connecting or retrying', facts: { status: 'pending', reason: 'refused' }, models: MODELS },
  { what: 'pending, awaiting approval', facts: { status: 'pending', reason: 'awaiting-approval' }, models: MODELS },
  {
    what: 'needs-auth, sign-in required',
    facts: { status: 'needs-auth', reason: 'sign-in-required' },
    models: ['none', 'oauth'],
    offersOAuth: true,
  },
  {
    what: 'needs-auth, credentials required or rejected, forbidden',
    facts: { status: 'needs-auth', reason: 'credentials-rejected' },
    models: HTTP,
  },
  { what: 'failed, a cause that can pass', facts: { status: 'failed', reason: 'refused' }, models: MODELS },
  { what: 'failed, the entry has to be mended', facts: { status: 'failed', reason: 'config-invalid' }, models: MODELS },
  { what: 'disabled', facts: { status: 'disabled', reason: 'disabled-by-user' }, models: MODELS },
];

function cellOf(row: StateRow, signIn: SignInModel): string {
  if (!row.models.includes(signIn)) return '–';
  const own = actionsFor({ ...row.facts, signIn, offersOAuth: row.offersOAuth ?? false }).filter(
    (id, index) => index === 0 || !EVERYWHERE.has(id),
  );
  return own.map((id, index) => (index === 0 ? `**${id}**` : id)).join(' · ');
}

/** Whether the shell has the verb of an action. */
export function isBuilt(action: ActionRow): boolean {
  const verb = action.verb.split(' ')[0];
  return COMMANDS.some(({ name }) => name === verb);
}

/** The page. */
export function actionsPage(): string {
  const actions = (Object.entries(ACTIONS) as [ActionId, ActionRow][]).map(([id, action]) => [
    code(id),
    action.label,
    ...(isBuilt(action)
      ? [code(`holdfast ${action.verb}`), code(action.method ?? '–'), code(action.route)]
      : ['not built yet', '–', '–']),
  ]);
  return page('Actions', '`src/core/action-table.ts` and `src/core/actions.ts`', [
    'What can be done with a server, and how: from the shell, from code (`Fleet`), and over the control API of the daemon.',
    table(['action', 'label', 'shell', 'code', 'control API'], actions),
    '## What is offered when',
    'The first is the default. `details`, `logs` and `disable` are offered everywhere (`disable` where the server is not disabled). A server with headers or a headersHelper that also advertises OAuth is offered signing in in addition, never first.',
    table(
      ['state', 'nothing configured', 'headers', 'headersHelper', 'OAuth', 'stdio'],
      ROWS.map((row) => [row.what, ...MODELS.map((model) => cellOf(row, model))]),
    ),
  ]);
}
