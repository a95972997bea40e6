/**
 * What can be done in which state: every cell of the table, and the way from an action to each face.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { ACTIONS, actionsFor } from '../../../src/core/actions.ts';
import type { ActionFacts, ActionId } from '../../../src/core/actions.ts';
import { REASONS } from '../../../src/core/reasons.ts';
import type { ReasonId } from '../../../src/core/reasons.ts';
import { STATUSES } from '../../../src/core/words.ts';
import type { SignInModel, Status } from '../../../src/core/words.ts';

const MODELS: readonly SignInModel[] = ['none', 'headers', 'helper', 'oauth', 'stdio'];
const EVERYWHERE: readonly ActionId[] = ['details', 'logs', 'disable'];

type Cell = readonly ActionId[];
/** One row of the table: the state, and the actions of each column beside those offered everywhere. */
interface Row {
  readonly what: string;
  readonly status: Status;
  readonly reasons: readonly (ReasonId | undefined)[];
  readonly stepUp?: boolean;
  /** The server advertises OAuth, so a server without credentials of its own stands in the OAuth column. */
  readonly offersOAuth?: boolean;
  readonly cells: { readonly [M in SignInModel]?: Cell };
}

const every = (cell: Cell): Row['cells'] => Object.fromEntries(MODELS.map((model) => [model, cell]));
const SIGN_IN: Cell = ['authenticate', 'reconnect', 'clear-authentication', 'reset'];
const TRANSIENT = (Object.keys(REASONS) as ReasonId[]).filter(
  (id) => REASONS[id].persistence === 'transient' && id !== 'helper-failed' && id !== 'helper-timeout',
);

const TABLE: readonly Row[] = [
  {
    what: 'connected',
    status: 'connected',
    reasons: [undefined, 'lists-failed'],
    cells: { ...every(['reconnect']), oauth: ['reconnect', 're-authenticate', 'clear-authentication'] },
  },
  {
    what: 'connected with a step-up',
    status: 'connected',
    reasons: [undefined],
    stepUp: true,
    cells: {
      headers: ['reconnect'],
      helper: ['reconnect'],
      oauth: ['grant-access', 'not-now', 're-authenticate', 'clear-authentication', 'reconnect'],
    },
  },
  {
    what: 'pending, connecting or retrying',
    status: 'pending',
    reasons: [undefined, ...TRANSIENT],
    cells: every(['retry-now', 'stop']),
  },
  {
    what: 'pending, awaiting approval',
    status: 'pending',
    reasons: ['awaiting-approval', 'helper-untrusted'],
    cells: every(['approve', 'reject']),
  },
  {
    what: 'needs-auth, sign-in',
    status: 'needs-auth',
    reasons: ['sign-in-required', 'sign-in-expired', 'step-up-required'],
    cells: { none: ['reconnect'], oauth: SIGN_IN },
  },
  {
    what: 'needs-auth, sign-in, advertised to an entry that sends nothing',
    status: 'needs-auth',
    reasons: ['sign-in-required'],
    offersOAuth: true,
    cells: { none: SIGN_IN },
  },
  {
    what: 'needs-auth, client registration refused',
    status: 'needs-auth',
    reasons: ['client-registration-refused'],
    cells: { oauth: ['authenticate', 'edit', 'reconnect', 'clear-authentication', 'reset'] },
  },
  {
    what: 'needs-auth, credentials',
    status: 'needs-auth',
    reasons: ['credentials-required', 'credentials-rejected', 'forbidden'],
    cells: {
      none: ['reconnect', 'edit'],
      headers: ['reconnect', 'edit'],
      helper: ['reconnect', 'show-helper'],
      oauth: ['re-authenticate', 'reconnect', 'clear-authentication'],
    },
  },
  {
    what: 'failed, transient cause',
    status: 'failed',
    reasons: TRANSIENT,
    cells: { ...every(['reconnect', 'doctor']), stdio: ['reconnect', 'logs'] },
  },
  {
    what: 'failed, the helper did not work this time',
    status: 'failed',
    reasons: ['helper-failed', 'helper-timeout'],
    cells: { helper: ['reconnect', 'show-helper', 'doctor'] },
  },
  {
    what: 'failed, config cause',
    status: 'failed',
    reasons: [
      'http-404',
      'http-4xx',
      'not-mcp',
      'redirected',
      'version-unsupported',
      'spawn-not-found',
      'spawn-denied',
      'variable-missing',
      'config-invalid',
    ],
    cells: {
      ...every(['edit', 'reconnect']),
      helper: ['show-helper', 'reconnect', 'edit'],
      stdio: ['edit', 'logs', 'reconnect'],
    },
  },
  {
    what: 'failed, the helper prints something else',
    status: 'failed',
    reasons: ['helper-bad-output'],
    cells: { helper: ['show-helper', 'reconnect', 'edit'] },
  },
  {
    what: 'failed, nothing in the entry is to blame',
    status: 'failed',
    reasons: ['tls', 'protocol-error', 'issuer-mismatch', 'auth-server-misconfigured', 'stopped-by-user'],
    cells: { ...every(['reconnect', 'doctor']), stdio: ['reconnect', 'logs'] },
  },
  {
    what: 'disabled',
    status: 'disabled',
    reasons: ['disabled-by-user'],
    cells: { ...every(['enable']), oauth: ['enable', 'clear-authentication'] },
  },
  {
    what: 'rejected',
    status: 'disabled',
    reasons: ['rejected-by-user'],
    cells: every(['approve']),
  },
  {
    what: 'denied',
    status: 'disabled',
    reasons: ['policy-denied'],
    cells: every(['doctor']),
  },
];

const facts = (row: Row, signIn: SignInModel, reason: ReasonId | undefined): ActionFacts => ({
  status: row.status,
  signIn,
  offersOAuth: row.offersOAuth ?? false,
  ...(reason === undefined ? {} : { reason }),
  ...(row.stepUp === true ? { stepUp: { scopes: ['x'] } } : {}),
});

const CELLS = TABLE.flatMap((row) =>
  (Object.entries(row.cells) as [SignInModel, Cell][]).flatMap(([signIn, cell]) =>
    row.reasons.map((reason) => ({
      title: `${row.what} · ${reason ?? 'no reason'} · ${signIn}`,
      given: facts(row, signIn, reason),
      cell,
    })),
  ),
);

describe('[actions.cells] the actions of a cell', () => {
  test.each(CELLS)('$title', ({ given, cell }) => {
    const expected = [...cell, ...EVERYWHERE.filter((id) => id !== 'disable' || given.status !== 'disabled')];
    expect(actionsFor(given)).toEqual([...new Set(expected)]);
  });

  test('the table knows every reason that a state can show', () => {
    const known = new Set(TABLE.flatMap((row) => row.reasons));
    const missing = Object.keys(REASONS).filter(
      (id) => !known.has(id as ReasonId) && id !== 'duplicate-shadowed' && id !== 'store-readonly',
    );
    expect(missing).toEqual([]);
  });
});

const offered = ({ offersOAuth, status }: ActionFacts): boolean =>
  offersOAuth && status !== 'pending' && status !== 'disabled';

describe('in every state', () => {
  const all: readonly ActionFacts[] = STATUSES.flatMap((status) =>
    MODELS.flatMap((signIn) =>
      [undefined, ...(Object.keys(REASONS) as ReasonId[])].flatMap((reason) =>
        [true, false].map((offersOAuth) => ({
          status,
          signIn,
          offersOAuth,
          ...(reason === undefined ? {} : { reason }),
        })),
      ),
    ),
  );

  test('[actions.everywhere] details and logs are offered, and disable wherever the server is not disabled', () => {
    for (const given of all) {
      const actions = actionsFor(given);
      expect(actions).toEqual(expect.arrayContaining(['details', 'logs']));
      expect(actions.includes('disable')).toBe(given.status !== 'disabled');
      expect(new Set(actions).size).toBe(actions.length);
    }
  });

  test('[actions.mixed] headers or a helper and a server that advertises OAuth: sign-in comes in addition, after reconnect', () => {
    const own = all.filter(({ signIn }) => signIn === 'headers' || signIn === 'helper');
    for (const id of ['authenticate', 're-authenticate', 'clear-authentication'] as const)
      for (const given of own) {
        const actions = actionsFor(given);
        expect(actions.includes(id)).toBe(offered(given));
        // −1 where neither is offered.
        expect(actions.indexOf(id)).toBeGreaterThanOrEqual(offered(given) ? actions.indexOf('reconnect') : -1);
      }
  });

  test('[heal.no-oauth-over-headers] sign-in is never the default of a server that sends headers', () => {
    for (const given of all.filter(({ signIn }) => signIn === 'headers' || signIn === 'helper'))
      expect(['authenticate', 're-authenticate']).not.toContain(actionsFor(given)[0]);
  });

  test('[actions.cells] a process is never asked to sign in', () => {
    for (const given of all.filter(({ signIn }) => signIn === 'stdio'))
      for (const id of ['authenticate', 're-authenticate', 'clear-authentication', 'grant-access'] as const)
        expect(actionsFor(given)).not.toContain(id);
  });
});

test('[status.reason-row] the actions of every reason exist', () => {
  for (const reason of Object.values(REASONS))
    expect(Object.keys(ACTIONS)).toEqual(expect.arrayContaining([...reason.next]));
});
