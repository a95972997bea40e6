/**
 * From a request of the control API to the method of the fleet, for every method that answers at once.
 *
 * @module
 */
import type { EntryChange } from '../core/config-model.ts';
import type { Fleet } from '../core/fleet.ts';
import type { LoginOptions } from '../core/sign-in.ts';
import type { View } from '../core/view.ts';
import {
  fieldsOf,
  flagOf,
  maybeCount,
  maybeFields,
  maybeScope,
  maybeText,
  maybeTexts,
  maybeWord,
  textOf,
} from './fields.ts';
import type { Fields } from './fields.ts';
import { HoldfastError } from '../base/errors.ts';

/** A request, read and checked. */
export interface Ask {
  /** The server's name or the sign-in's id, from the path; empty where the path has none. */
  readonly name: string;
  readonly fields: Fields;
  readonly view: View | undefined;
  /** Aborted when the client leaves or the daemon stops. */
  readonly signal: AbortSignal;
}

type Handler = (fleet: Fleet, ask: Ask) => Promise<unknown>;
/** Methods whose answer is one JSON text. */
export type PlainMethod = Exclude<keyof Fleet, 'events' | 'request' | 'close'>;

/** The longest wait that `settled` and `loginResult` take: a day. */
const LONGEST_WAIT_MS = 86_400_000;

const LOGIN_METHODS = ['auto', 'browser', 'device'] as const;

const optional = <K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: T };

function add(fleet: Fleet, { fields, view }: Ask): Promise<unknown> {
  const entry = fieldsOf(fields, 'entry');
  const scope = maybeScope(entry, 'scope');
  if (scope === undefined) throw new HoldfastError('ERR_USAGE', 'the field "scope" of the request is missing');
  const replace = flagOf(entry, 'replace');
  return fleet.add({ name: textOf(entry, 'name'), raw: fieldsOf(entry, 'raw'), scope, replace }, view);
}

function edit(fleet: Fleet, { name, fields, view }: Ask): Promise<unknown> {
  const given = fieldsOf(fields, 'change');
  const change: EntryChange = {
    ...optional('set', maybeFields(given, 'set')),
    ...optional('unset', maybeTexts(given, 'unset')),
  };
  return fleet.edit({ name, change, ...optional('scope', maybeScope(fields, 'scope')) }, view);
}

function reset(fleet: Fleet, { name, fields, view }: Ask): Promise<unknown> {
  const options = maybeFields(fields, 'options') ?? {};
  return fleet.reset(name, { client: flagOf(options, 'client'), credentials: flagOf(options, 'credentials') }, view);
}

async function settled(fleet: Fleet, { fields, view, signal }: Ask): Promise<unknown> {
  const snapshots = await fleet.settled({
    timeoutMs: Math.min(maybeCount(fields, 'timeoutMs') ?? 0, LONGEST_WAIT_MS),
    signal,
    ...optional('names', maybeTexts(fields, 'names')),
    ...optional('view', view),
  });
  // A wait that the end of the daemon cut short is no answer.
  signal.throwIfAborted();
  return snapshots;
}

function loginOptionsOf({ fields }: Ask): LoginOptions {
  const options = maybeFields(fields, 'options') ?? {};
  return {
    ...optional('scopes', maybeTexts(options, 'scopes')),
    ...optional('method', maybeWord(options, 'method', LOGIN_METHODS)),
    ...optional('callbackPort', maybeCount(options, 'callbackPort')),
    ...(flagOf(options, 'byHand') ? { byHand: true } : {}),
    ...(flagOf(options, 'remoteShell') ? { remoteShell: true } : {}),
  };
}

async function loginResult(fleet: Fleet, { name, fields, view, signal }: Ask): Promise<unknown> {
  const report = await fleet.loginResult(name, {
    timeoutMs: Math.min(maybeCount(fields, 'timeoutMs') ?? LONGEST_WAIT_MS, LONGEST_WAIT_MS),
    signal,
    ...optional('view', view),
  });
  signal.throwIfAborted();
  return report;
}

function logout(fleet: Fleet, { name, fields, view }: Ask): Promise<unknown> {
  const options = maybeFields(fields, 'options') ?? {};
  return fleet.logout(name, { local: flagOf(options, 'local'), client: flagOf(options, 'client') }, view);
}

/** The table; its type keeps it complete. */
export const HANDLERS: Readonly<Record<PlainMethod, Handler>> = {
  owner: (fleet) => fleet.owner(),
  snapshots: (fleet, { view }) => fleet.snapshots(view),
  snapshot: (fleet, { name, view }) => fleet.snapshot(name, view),
  settled,
  reconnect: (fleet, { name, view }) => fleet.reconnect(name, view),
  retryNow: (fleet, { name, view }) => fleet.retryNow(name, view),
  stopTrying: (fleet, { name, view }) => fleet.stopTrying(name, view),
  reset,
  enable: (fleet, { name, view }) => fleet.enable(name, view),
  disable: (fleet, { name, view }) => fleet.disable(name, view),
  approve: (fleet, { name, fields, view }) => fleet.approve(name, maybeText(fields, 'hash'), view),
  reject: (fleet, { name, view }) => fleet.reject(name, view),
  approval: (fleet, { name, view }) => fleet.approval(name, view),
  add,
  edit,
  remove: (fleet, { name, fields, view }) =>
    fleet.remove({ name, ...optional('scope', maybeScope(fields, 'scope')) }, view),
  sources: (fleet, { view }) => fleet.sources(view),
  logs: (fleet, { name, view }) => fleet.logs(name, view),
  helperRun: (fleet, { name, view }) => fleet.helperRun(name, view),
  doctor: (fleet, { fields, view }) => fleet.doctor(maybeText(fields, 'server'), view),
  lists: (fleet, { name, view }) => fleet.lists(name, view),
  startLogin: (fleet, ask) => fleet.startLogin(ask.name, loginOptionsOf(ask), ask.view),
  finishLogin: (fleet, { name, fields, view }) => fleet.finishLogin(name, textOf(fields, 'callback'), view),
  loginResult,
  cancelLogin: (fleet, { name, view }) => fleet.cancelLogin(name, view),
  logout,
  grantStepUp: (fleet, ask) => fleet.grantStepUp(ask.name, loginOptionsOf(ask), ask.view),
  declineStepUp: (fleet, { name, view }) => fleet.declineStepUp(name, view),
  setProfile: (fleet, { name, fields, view }) => fleet.setProfile(name, maybeText(fields, 'profile'), view),
  credentials: (fleet) => fleet.credentials(),
};
