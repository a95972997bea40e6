/**
 * From the address of a screen to the screen: what it is made from is asked of the fleet anew each time.
 *
 * @module
 */
import type { Lists } from '../core/ports.ts';
import { accountOf, accountsOf } from './acts/accounts.ts';
import { approvalData } from './acts/approving.ts';
import type { ActWorld } from './acts/acts.ts';
import { remoteEndpoint } from './acts/entry-acts.ts';
import type { PageDeps } from './deps.ts';
import type { Session } from './guard/sessions.ts';
import { signOutScreen } from './screens/accounts.ts';
import { approveScreen, clearScreen, removeScreen, resetScreen } from './screens/ask.ts';
import { doctorScreen } from './screens/doctor.ts';
import { addScreen, editScreen } from './screens/entry-form.ts';
import type { Frame, Screen } from './screens/layout.ts';
import { listScreen } from './screens/list.ts';
import { serverScreen } from './screens/server.ts';
import { STATUSES } from '../core/snapshot.ts';

/** For whom a screen is made. */
export interface Showing {
  readonly world: ActWorld;
  readonly session: Session;
  readonly frame: Frame;
}

type Shown = (name: string, showing: Showing, url: URL) => Promise<Screen>;

const NO_LISTS: Lists = { tools: [], prompts: [], resources: [], resourceTemplates: [] };

async function list({ searchParams }: URL, { world: { deps }, frame }: Showing): Promise<Screen> {
  const { fleet, view } = deps;
  const [snapshots, sources] = await Promise.all([fleet.snapshots(view), fleet.sources(view)]);
  const status = STATUSES.find((one) => one === searchParams.get('status')) ?? '';
  const by = searchParams.get('by') === 'file' ? 'file' : 'need';
  const text = (searchParams.get('find') ?? '').slice(0, 200);
  return listScreen({ snapshots, sources, filter: { text, status, by } }, frame);
}

const server: Shown = async (name, { world: { deps, logins }, frame }) => {
  const { fleet, view } = deps;
  const snapshot = await fleet.snapshot(name, view);
  const [lists, log, helper, { notLoaded }, command, accounts] = await Promise.all([
    fleet.lists(name, view).catch(() => NO_LISTS),
    fleet.logs(name, view),
    snapshot.signIn === 'helper' ? fleet.helperRun(name, view) : undefined,
    fleet.sources(view),
    snapshot.transport === 'stdio' ? deps.commandOf(name) : undefined,
    // A store that cannot be read is told by the doctor; the page of the server is shown all the same.
    snapshot.transport === 'stdio' ? undefined : accountsOf(deps, name).catch(() => undefined),
  ]);
  const hidden = notLoaded.filter((one) => one.name === name);
  const signIn = logins.view(snapshot);
  return serverScreen({ snapshot, command, lists, log, helper, hidden, accounts, signIn }, frame);
};

const approve: Shown = async (name, { world, session, frame }) => {
  const { what, ...data } = await approvalData(world.deps, name);
  const about = { what, server: name, hash: data.approval.hash ?? '' };
  return approveScreen({ ...data, isAsked: data.needsCode && world.codes.isAsked(session.id, about) }, frame);
};

const edit: Shown = async (name, { world: { deps }, frame }) => {
  const snapshot = await deps.fleet.snapshot(name, deps.view);
  const endpoint = await remoteEndpoint(deps, name);
  return editScreen({ snapshot, endpoint, typed: {}, problem: undefined, needsCode: false }, frame);
};

const asking =
  (screen: typeof resetScreen): Shown =>
  async (name, { world: { deps }, frame }) =>
    screen(await deps.fleet.snapshot(name, deps.view), frame);

const signOut: Shown = async (name, { world: { deps }, frame }, { searchParams }) =>
  signOutScreen(
    await deps.fleet.snapshot(name, deps.view),
    await accountOf(deps, name, searchParams.get('account') ?? ''),
    frame,
  );

const doctorOf = async ({ fleet, view }: PageDeps, name?: string): Promise<Screen> =>
  doctorScreen(await fleet.doctor(name, view), name);

const SERVER_SCREENS: Readonly<Record<string, Shown>> = {
  '': server,
  approve,
  edit,
  reset: asking(resetScreen),
  'clear-authentication': asking(clearScreen),
  'sign-out': signOut,
  remove: asking(removeScreen),
  doctor: (name, { world: { deps } }) => doctorOf(deps, name),
};

function serverWords(pathname: string): readonly [name: string, words: string] | undefined {
  const [, encoded, words = ''] = /^\/servers\/([^/]+)(?:\/([\w-]+))?\/?$/.exec(pathname) ?? [];
  if (encoded === undefined) return undefined;
  try {
    return [decodeURIComponent(encoded), words];
  } catch {
    return undefined;
  }
}

/** The screen at an address; `undefined` where there is none. Errors: those of the fleet. */
export async function screenAt(url: URL, showing: Showing): Promise<Screen | undefined> {
  const { pathname } = url;
  if (pathname === '/' || pathname === '/servers') return list(url, showing);
  if (pathname === '/add') return addScreen({}, undefined, showing.frame);
  if (pathname === '/doctor') return doctorOf(showing.world.deps);
  const [name = '', words = ''] = serverWords(pathname) ?? [];
  const screen = Object.hasOwn(SERVER_SCREENS, words) && name !== '' ? SERVER_SCREENS[words] : undefined;
  return screen?.(name, showing, url);
}
