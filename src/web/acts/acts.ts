/**
 * What the buttons of a server do: one function each, by the last words of the form's address.
 *
 * @module
 */
import { HoldfastError } from '../../base/errors.ts';
import type { ActionReport } from '../../core/fleet.ts';
import type { LoginStarted } from '../../core/fleet-sign-in.ts';
import type { LoginOptions } from '../../core/sign-in.ts';
import type { PageDeps } from '../deps.ts';
import type { Note } from '../guard/notes.ts';
import type { CodeRefusal, TerminalCodes } from '../guard/terminal-codes.ts';
import type { Session } from '../guard/sessions.ts';
import { signOut } from './accounts.ts';
import { approvalData } from './approving.ts';
import { reportNote } from './outcome.ts';
import { CALLBACK_PATH } from './waiting.ts';
import type { WaitingLogins } from './waiting.ts';

/** The page, as its actions see it. */
export interface ActWorld {
  readonly deps: PageDeps;
  readonly codes: TerminalCodes;
  readonly logins: WaitingLogins;
}

/** A form that was sent for a server. */
export interface Act {
  readonly name: string;
  readonly form: URLSearchParams;
  readonly session: Session;
  /** `http://127.0.0.1:4657`, as the browser says it. */
  readonly origin: string;
}

/** One button. */
export interface Doer {
  /** What is said while it takes long. */
  readonly meanwhile: string;
  readonly run: (world: ActWorld, act: Act) => Promise<Note | undefined>;
  /** Where to go on; default: the page of the server. `stay` = the screen of the same name. */
  readonly goesTo?: 'stay' | 'list' | 'sign-in';
}

type Reporting = (world: ActWorld['deps'], act: Act) => Promise<ActionReport>;

const reports = (meanwhile: string, run: Reporting): Doer => ({
  meanwhile,
  run: async ({ deps }, act) => reportNote(await run(deps, act)),
});

/** The answer comes to this page, at the port by which the browser reaches it. */
function loginOptions(origin: string): LoginOptions {
  const { port } = new URL(origin);
  return { redirectUri: `http://localhost${port === '' ? '' : `:${port}`}${CALLBACK_PATH}` };
}

async function begun(started: LoginStarted, { logins }: ActWorld, { origin }: Act): Promise<Note | undefined> {
  if (started.kind === 'done') return reportNote(started.report);
  logins.add({ waiting: started, origin });
  return undefined;
}

const signIn: Doer = {
  meanwhile: 'The authorization server is being asked.',
  run: async (world, act) => {
    const { fleet, view } = world.deps;
    return begun(await fleet.startLogin(act.name, loginOptions(act.origin), view), world, act);
  },
  goesTo: 'sign-in',
};

const REFUSALS: Readonly<Record<CodeRefusal, string>> = {
  'none-asked': 'no code was shown for this; what is agreed to may have changed since',
  'too-late': 'the code is too old',
  wrong: 'this is not the code that the terminal shows',
  'too-many': 'this was not the code either, so it is void now',
};

/** Takes a typed code. Errors: `ERR_BLOCKED`. */
export function takeCode(world: ActWorld, act: Act, about: { readonly what: string; readonly hash: string }): void {
  const refused = world.codes.take(act.session.id, { ...about, server: act.name }, act.form.get('code') ?? '');
  if (refused !== undefined)
    throw new HoldfastError('ERR_BLOCKED', REFUSALS[refused], { hint: 'Have a code shown and type that one.' });
}

const approve: Doer = {
  meanwhile: 'It is approved and being contacted.',
  run: async (world, act) => {
    const { fleet, view } = world.deps;
    const hash = act.form.get('hash') ?? '';
    const { needsCode, what } = await approvalData(world.deps, act.name);
    if (needsCode) takeCode(world, act, { what, hash });
    return reportNote(await fleet.approve(act.name, hash, view));
  },
};

const approveCode: Doer = {
  meanwhile: 'The code is being shown.',
  run: async ({ deps, codes }, act) => {
    const { approval, what } = await approvalData(deps, act.name);
    const hash = act.form.get('hash') ?? '';
    if (approval.hash !== hash)
      throw new HoldfastError('ERR_APPROVAL_STALE', 'the entry has changed since it was shown', {
        hint: 'Read it again.',
      });
    const lines = [...approval.summary, ...approval.difference.map((line) => `(${line})`)];
    codes.ask(act.session.id, { what, server: act.name, hash, lines });
    return { tone: 'done', lines: ['The code is shown in the terminal in which “holdfast ui” runs.'] };
  },
  goesTo: 'stay',
};

const ticked = (form: URLSearchParams, name: string): boolean => form.get(name) === 'yes';

/** Every button, by the rest of its address. */
export const ACTS: Readonly<Record<string, Doer>> = {
  reconnect: reports('It is being contacted.', ({ fleet, view }, { name }) => fleet.reconnect(name, view)),
  'retry-now': reports('It is being tried again.', ({ fleet, view }, { name }) => fleet.retryNow(name, view)),
  stop: reports('The tries end.', ({ fleet, view }, { name }) => fleet.stopTrying(name, view)),
  reset: reports('It is contacted as if for the first time.', ({ fleet, view }, { name, form }) =>
    fleet.reset(name, { client: ticked(form, 'client'), credentials: ticked(form, 'credentials') }, view),
  ),
  enable: reports('It is being contacted.', ({ fleet, view }, { name }) => fleet.enable(name, view)),
  disable: reports('It is being switched off.', ({ fleet, view }, { name }) => fleet.disable(name, view)),
  reject: reports('It is being rejected.', ({ fleet, view }, { name }) => fleet.reject(name, view)),
  approve,
  'approve/code': approveCode,
  authenticate: signIn,
  're-authenticate': signIn,
  'grant-access': {
    ...signIn,
    run: async (world, act) => {
      const { fleet, view } = world.deps;
      return begun(await fleet.grantStepUp(act.name, loginOptions(act.origin), view), world, act);
    },
  },
  'not-now': reports('The offer is being taken away.', ({ fleet, view }, { name }) => fleet.declineStepUp(name, view)),
  'clear-authentication': reports('The login is being taken back.', ({ fleet, view }, { name }) =>
    fleet.logout(name, {}, view),
  ),
  'sign-out': {
    meanwhile: 'The login is being taken back.',
    run: ({ deps }, { name, form }) => signOut(deps, name, form.get('account') ?? ''),
  },
  'login/finish': reports('The answer is being redeemed.', ({ fleet, view }, { form }) =>
    fleet.finishLogin(form.get('flow') ?? '', form.get('callback') ?? '', view),
  ),
  'login/cancel': {
    meanwhile: 'The sign-in is being given up.',
    run: async ({ deps: { fleet, view } }, { form }) => {
      await fleet.cancelLogin(form.get('flow') ?? '', view);
      return { tone: 'done', lines: ['The sign-in was given up; nothing has changed.'] };
    },
  },
  remove: {
    meanwhile: 'The entry is being removed.',
    run: async ({ deps: { fleet, view } }, { name }) => {
      const { source } = await fleet.snapshot(name, view);
      const { file, line } = await fleet.remove({ name, scope: source.scope }, view);
      return { tone: 'done', lines: [`${name} is gone from ${file}, line ${line}.`] };
    },
    goesTo: 'list',
  },
};
