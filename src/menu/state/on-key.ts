/**
 * A key that no field took: the key table says what it is for, the screen says what that means.
 *
 * @module
 */
import type { ActionId } from '../../core/action-table.ts';
import type { LoginWaiting } from '../../core/sign-in.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { isReadToEnd } from '../screens/approval.ts';
import { focusedAction } from '../screens/server/page.ts';
import { tabsOf } from '../screens/server/sections.ts';
import { bodyOf, bodySize } from '../view.ts';
import { act, doAction, isOffered, quickAct, showTab } from './acting.ts';
import { intentOf } from './keys.ts';
import type { Intent } from './keys.ts';
import { NOT_LOADED, focusOf } from './listed.ts';
import type { Command, Updated } from './messages.ts';
import { busyWith, serverOf, topOf } from './model.ts';
import type { ApprovalScreen, ListScreen, Model, Setting, SignInScreen } from './model.ts';
import { onMove } from './on-move.ts';
import { keep, pop, push, swap } from './stack.ts';
import { shownTools } from './tools.ts';

type Handler = (model: Model, key: string) => Updated;
type Move = 'up' | 'down' | 'page-up' | 'page-down' | 'first' | 'last';

/** The server that a key is about. */
function aimed(model: Model): Snapshot | undefined {
  const top = topOf(model);
  if (top.kind === 'list') return serverOf(model, focusOf(model, top) ?? '');
  return 'name' in top ? serverOf(model, top.name) : undefined;
}

function openTools(model: Model, name: string): Updated {
  return keep(push(model, { kind: 'tools', name, filter: '', typing: false, focus: 0 }), {
    kind: 'ask-facts',
    name,
    what: 'lists',
  });
}

/** Nobody reads quicker. */
const READ_MS = 500;
const SETTLED = 'The state has changed meanwhile: look again.';

/** What was asked about may be of the past: only what is still offered is done. */
function isOfferedStill(model: Model, name: string, action: ActionId): boolean {
  const server = serverOf(model, name);
  return !model.busy.has(name) && server !== undefined && isOffered(server, action);
}

function tooLate(model: Model): Updated {
  return keep({ ...model, notice: { level: 'warning', text: SETTLED, until: model.now + 10_000 } });
}

function agreed(model: Model, name: string, action: ActionId): Updated {
  return isOfferedStill(model, name, action) ? doAction(model, name, action) : tooLate(model);
}

function openRow(model: Model, top: ListScreen): Updated {
  const focus = focusOf(model, top);
  if (focus === undefined) return keep(model);
  if (focus === NOT_LOADED) return keep(push(model, { kind: 'not-loaded', scroll: 0 }));
  // Who has opened a server comes back to it.
  return showTab(swap(model, { ...top, focus }), focus, 'overview');
}

function open(model: Model): Updated {
  const top = topOf(model);
  if (top.kind === 'list') return openRow(model, top);
  if (top.kind === 'confirm') return top.yes ? agreed(pop(model), top.name, top.action) : keep(pop(model));
  if (top.kind === 'approval') return decide(model, top, top.focus);
  if (top.kind === 'server') {
    const server = serverOf(model, top.name);
    const action = server?.next[server === undefined ? 0 : focusedAction(server, top)];
    return server === undefined || action === undefined ? keep(model) : act(model, server, action);
  }
  const tool = top.kind === 'tools' ? shownTools(model, top)[top.focus] : undefined;
  return top.kind !== 'tools' || tool === undefined
    ? keep(model)
    : keep(push(model, { kind: 'tool', name: top.name, tool: tool.name, scroll: 0 }));
}

/** What is agreed to has been on the screen whole. */
function decide(model: Model, screen: ApprovalScreen, what: ApprovalScreen['focus']): Updated {
  const { name, about } = screen;
  if (what === 'back') return keep(pop(model));
  if (what === 'reject') return keep(swap(model, { kind: 'confirm', name, action: 'reject', yes: false }));
  // Who has pressed a key twice has not read.
  if (about === undefined || model.now - (screen.at ?? model.now) < READ_MS) return keep(model);
  if (!isOfferedStill(model, name, 'approve')) return tooLate(pop(model));
  const area = bodyOf(model, bodySize(model.size)).scroll ?? { total: 0, height: 0 };
  if (!isReadToEnd(screen, area)) {
    const down = onMove(model, 'page-down') ?? model;
    const notice = {
      level: 'warning',
      text: 'Read to the end first: there is more.',
      until: model.now + 5_000,
    } as const;
    return keep({ ...down, notice });
  }
  const hash = about.hash === undefined ? {} : { hash: about.hash };
  return keep(busyWith(pop(model), name, 'approve'), { kind: 'approve', name, ...hash });
}

function turnTab(model: Model, by: 1 | -1): Updated {
  const screen = topOf(model);
  const server = aimed(model);
  if (server === undefined || screen.kind !== 'server') return keep(model);
  const tabs = tabsOf(server);
  const at = Math.max(0, tabs.indexOf(screen.tab));
  return showTab(model, screen.name, tabs[(at + by + tabs.length) % tabs.length] ?? 'overview');
}

/** The sign-in that is shown and waits. */
function waitingOf(model: Model): { readonly screen: SignInScreen; readonly waiting: LoginWaiting } | undefined {
  const top = topOf(model);
  return top.kind === 'sign-in' && top.waiting !== undefined ? { screen: top, waiting: top.waiting } : undefined;
}

function onWaiting(what: (waiting: LoginWaiting) => Command): Handler {
  return (model) => {
    const found = waitingOf(model);
    return found === undefined ? keep(model) : keep(model, what(found.waiting));
  };
}

function openField(model: Model): Updated {
  const found = waitingOf(model);
  if (found === undefined || found.waiting.userCode !== undefined) return keep(model);
  return keep(swap(model, { ...found.screen, typed: '' }));
}

function giveUp(model: Model): Updated {
  const found = waitingOf(model);
  if (found === undefined) return keep(pop(model));
  return keep(pop(model), { kind: 'cancel-login', name: found.screen.name, flow: found.waiting.flow });
}

const NEXT_BUTTON = { approve: 'reject', reject: 'back', back: 'approve' } as const;
const PREVIOUS_BUTTON = { approve: 'back', reject: 'approve', back: 'reject' } as const;

function otherButton(model: Model, key: string): Updated {
  const screen = topOf(model);
  if (screen.kind === 'confirm') return keep(swap(model, { ...screen, yes: !screen.yes }));
  if (screen.kind !== 'approval') return keep(model);
  const order = key === 'left' || key === 'shift-tab' ? PREVIOUS_BUTTON : NEXT_BUTTON;
  return keep(swap(model, { ...screen, focus: order[screen.focus] }));
}

function answer(model: Model, isYes: boolean): Updated {
  const screen = topOf(model);
  if (screen.kind === 'approval') return decide(model, screen, isYes ? 'approve' : 'reject');
  if (screen.kind !== 'confirm') return keep(model);
  return isYes ? agreed(pop(model), screen.name, screen.action) : keep(pop(model));
}

function back(model: Model): Updated {
  const top = topOf(model);
  if (top.kind === 'list') return keep(swap(model, { ...top, filter: '' }));
  if (top.kind === 'tools' && top.filter !== '') return keep(swap(model, { ...top, filter: '' }));
  return keep(pop(model));
}

const howToAdd = ({ program, suffix }: Setting): string =>
  `Type in a shell: ${program} add NAME URL${suffix}, or add NAME${suffix} -- COMMAND. It shows here at once.`;

function onAimed(what: (server: Snapshot, model: Model, key: string) => Updated): Handler {
  return (model, key) => {
    const server = aimed(model);
    return server === undefined ? keep(model) : what(server, model, key);
  };
}

function choose(server: Snapshot, model: Model, key: string): Updated {
  const top = topOf(model);
  const at = Number(key) - 1;
  const action = server.next[at];
  return action === undefined || top.kind !== 'server'
    ? keep(model)
    : act(swap(model, { ...top, focus: at }), server, action);
}

function openFilter(model: Model): Updated {
  const top = topOf(model);
  return keep(top.kind === 'list' || top.kind === 'tools' ? swap(model, { ...top, typing: true }) : model);
}

function help(model: Model): Updated {
  return keep(topOf(model).kind === 'help' ? pop(model) : push(model, { kind: 'help', scroll: 0 }));
}

const HANDLERS: Readonly<Record<Exclude<Intent, Move>, Handler>> = {
  quit: (model) => keep(model, { kind: 'quit' }),
  suspend: (model) => keep(model, { kind: 'suspend' }),
  redraw: (model) => keep(model, { kind: 'redraw' }),
  help,
  join: (model) =>
    model.link.state === 'lost' ? keep({ ...model, link: { state: 'opening' } }, { kind: 'open-link' }) : keep(model),
  back,
  open,
  filter: openFilter,
  add: (model) =>
    keep({ ...model, notice: { level: 'good', text: howToAdd(model.setting), until: model.now + 30_000 } }),
  'not-loaded': (model) => keep(push(model, { kind: 'not-loaded', scroll: 0 })),
  tools: onAimed((server, model) => openTools(model, server.name)),
  quick: onAimed((server, model, key) => quickAct(model, server, key)),
  choose: onAimed(choose),
  'next-tab': (model) => turnTab(model, 1),
  'previous-tab': (model) => turnTab(model, -1),
  'other-button': otherButton,
  yes: (model) => answer(model, true),
  no: (model) => answer(model, false),
  browser: onWaiting(({ flow, url }) => ({ kind: 'open-browser', flow, url })),
  copy: onWaiting(({ url }) => ({ kind: 'copy', text: url })),
  plain: onWaiting(({ url }) => ({ kind: 'show-plain', text: url })),
  paste: openField,
  'give-up': giveUp,
};

/** The next model after a key, and what is to be done. */
export function onKey(model: Model, key: string): Updated {
  const intent = intentOf(key, topOf(model).kind);
  if (intent === undefined) return keep(model);
  const moved = onMove(model, intent);
  if (moved !== undefined) return keep(moved);
  return HANDLERS[intent as Exclude<Intent, Move>](model, key);
}
