/**
 * A person has chosen an action: what is shown, and what is to be done.
 *
 * @module
 */
import type { ActionId } from '../../core/action-table.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { QUICK } from './keys.ts';
import type { Updated } from './messages.ts';
import { busyWith, topOf } from './model.ts';
import type { FactKind, Model, Tab } from './model.ts';
import { keep, push, swap } from './stack.ts';

const WANTS: Readonly<Partial<Record<Tab, FactKind>>> = { tools: 'lists', log: 'logs', helper: 'helper' };

/** The part of a server's page, opened, with what it shows asked for. */
export function showTab(model: Model, name: string, tab: Tab): Updated {
  const top = topOf(model);
  const next =
    top.kind === 'server' && top.name === name
      ? swap(model, { ...top, tab, scroll: 0 })
      : push(model, { kind: 'server', name, tab, focus: 0, scroll: 0 });
  const what = WANTS[tab];
  return what === undefined ? keep(next) : keep(next, { kind: 'ask-facts', name, what });
}

/** Does it, without asking any more. */
export function doAction(model: Model, name: string, action: ActionId): Updated {
  return keep(busyWith(model, name, action), { kind: 'act', name, action });
}

type Begin = (model: Model, server: Snapshot, action: ActionId) => Updated;

const shows =
  (tab: Tab): Begin =>
  (model, { name }) =>
    showTab(model, name, tab);

const doctor: Begin = (model, { name }) =>
  keep(push(model, { kind: 'doctor', name, scroll: 0 }), { kind: 'ask-doctor', name });

const approve: Begin = (model, { name }) =>
  keep(push(model, { kind: 'approval', name, focus: 'back', scroll: 0 }), { kind: 'ask-approval', name });

const signIn: Begin = (model, { name }, action) => {
  const stepUp = action === 'grant-access';
  return keep(push(model, { kind: 'sign-in', name, stepUp, scroll: 0 }), { kind: 'begin-login', name, stepUp });
};

const edit: Begin = (model, { name, source: { file, line } }) => keep(model, { kind: 'edit', name, file, line });

const asks: Begin = (model, { name }, action) => keep(push(model, { kind: 'confirm', name, action, yes: false }));

const does: Begin = (model, { name }, action) => doAction(model, name, action);

/** How each action of the table begins here. */
const BEGINS: Readonly<Record<ActionId, Begin>> = {
  details: shows('overview'),
  logs: (model, server) => showTab(model, server.name, server.signIn === 'stdio' ? 'log' : 'timeline'),
  'show-helper': shows('helper'),
  doctor,
  approve,
  authenticate: signIn,
  're-authenticate': signIn,
  'grant-access': signIn,
  edit,
  disable: asks,
  reset: asks,
  'clear-authentication': asks,
  reject: asks,
  reconnect: does,
  'retry-now': does,
  stop: does,
  enable: does,
  'not-now': does,
};

/** Whether it can be done to the server now: what its state offers, and reset in every state (BEHAVIOUR §5.4). */
export function isOffered({ next }: Snapshot, action: ActionId): boolean {
  return action === 'reset' || next.includes(action);
}

/** Begins an action that the server offers; any other is passed over. Two at once of one server are one too many. */
export function act(model: Model, server: Snapshot, action: ActionId): Updated {
  if (!isOffered(server, action)) return keep(model);
  const isTelling = action === 'details' || action === 'logs' || action === 'show-helper' || action === 'doctor';
  if (model.busy.has(server.name) && !isTelling) return keep(model);
  return BEGINS[action](model, server, action);
}

/** Begins the first action of the server that has this letter. */
export function quickAct(model: Model, server: Snapshot, key: string): Updated {
  const action = server.next.find((one) => QUICK[one] === key) ?? (key === QUICK.reset ? 'reset' : undefined);
  return action === undefined ? keep(model) : act(model, server, action);
}
