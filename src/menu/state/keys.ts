/**
 * Every key of the menu. The footer, the help and the documentation are made from this table, and `update` asks it.
 *
 * @module
 */
import type { ActionId } from '../../core/action-table.ts';
import type { ScreenKind } from './model.ts';

/** What a key is for. */
export type Intent =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'open'
  | 'back'
  | 'filter'
  | 'quick'
  | 'next-tab'
  | 'previous-tab'
  | 'choose'
  | 'tools'
  | 'browser'
  | 'copy'
  | 'plain'
  | 'paste'
  | 'give-up'
  | 'yes'
  | 'no'
  | 'other-button'
  | 'add'
  | 'not-loaded'
  | 'join'
  | 'help'
  | 'redraw'
  | 'suspend'
  | 'quit';

/** One row of the table. */
export interface KeyRow {
  readonly intent: Intent;
  readonly keys: readonly string[];
  /** Where; absent = everywhere. */
  readonly on?: readonly ScreenKind[];
  /** Word for the footer; absent = not told there. */
  readonly short?: string;
  /** Sentence for the help. */
  readonly help: string;
}

const SCROLLS: readonly ScreenKind[] = ['server', 'tool', 'approval', 'sign-in', 'doctor', 'not-loaded', 'help'];
const MOVES: readonly ScreenKind[] = ['list', 'tools', ...SCROLLS];

/** Keys of actions that are in a server's list of actions; on any other server they do nothing. */
export const QUICK: Readonly<Partial<Record<ActionId, string>>> = {
  reconnect: 'r',
  'retry-now': 'r',
  authenticate: 'a',
  're-authenticate': 'a',
  'grant-access': 'a',
  approve: 'a',
  'not-now': 'n',
  reject: 'x',
  stop: 's',
  enable: 'e',
  disable: 'd',
  logs: 'l',
  edit: 'i',
  'clear-authentication': 'c',
  reset: 'z',
  'show-helper': 'h',
  doctor: 'D',
};

/** The letter that does an action of a server: one letter does the first that has it. */
export function letterOf(action: ActionId, next: readonly ActionId[]): string | undefined {
  const letter = QUICK[action];
  return next.find((one) => QUICK[one] === letter) === action ? letter : undefined;
}

export const KEYS: readonly KeyRow[] = [
  { intent: 'up', keys: ['up', 'k'], on: MOVES, help: 'one up; a text scrolls' },
  { intent: 'down', keys: ['down', 'j'], on: MOVES, short: 'move', help: 'one down; a text scrolls' },
  { intent: 'page-up', keys: ['page-up', 'ctrl-b'], on: MOVES, help: 'a page up' },
  { intent: 'page-down', keys: ['page-down', 'ctrl-f', 'space'], on: MOVES, help: 'a page down' },
  { intent: 'first', keys: ['home', 'g'], on: MOVES, help: 'to the beginning' },
  { intent: 'last', keys: ['end', 'G'], on: MOVES, help: 'to the end' },
  {
    intent: 'open',
    keys: ['enter'],
    on: ['list', 'server', 'tools', 'approval', 'confirm'],
    short: 'open',
    help: 'open what has the focus, or do it',
  },
  { intent: 'open', keys: ['right'], on: ['list', 'tools'], help: 'open what has the focus' },
  {
    intent: 'choose',
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    on: ['server'],
    help: 'do the action of this number',
  },
  { intent: 'next-tab', keys: ['tab', 'right'], on: ['server'], short: 'next part', help: 'the next part of the page' },
  { intent: 'previous-tab', keys: ['shift-tab', 'left'], on: ['server'], help: 'the part before' },
  { intent: 'tools', keys: ['t'], on: ['list', 'server'], short: 'tools', help: 'the tools of the server, to browse' },
  {
    intent: 'filter',
    keys: ['/'],
    on: ['list', 'tools'],
    short: 'filter',
    help: 'show only what has these letters in it',
  },
  { intent: 'browser', keys: ['o'], on: ['sign-in'], short: 'open browser', help: 'open the address in a browser' },
  { intent: 'copy', keys: ['y'], on: ['sign-in'], short: 'copy', help: 'copy the address (OSC 52: through SSH too)' },
  {
    intent: 'plain',
    keys: ['w'],
    on: ['sign-in'],
    short: 'whole',
    help: 'show the address unbroken, to mark it with the mouse',
  },
  {
    intent: 'paste',
    keys: ['p', 'enter'],
    on: ['sign-in'],
    short: 'paste',
    help: 'paste the address on which the browser ended (not shown)',
  },
  {
    intent: 'give-up',
    keys: ['x'],
    on: ['sign-in'],
    short: 'give up',
    help: 'give the sign-in up; the old login stays',
  },
  {
    intent: 'other-button',
    keys: ['left', 'right', 'tab', 'shift-tab'],
    on: ['confirm', 'approval'],
    short: 'choose',
    help: 'the other button',
  },
  { intent: 'yes', keys: ['y'], on: ['confirm'], short: 'yes', help: 'yes' },
  { intent: 'no', keys: ['n'], on: ['confirm'], short: 'no', help: 'no' },
  { intent: 'yes', keys: ['a'], on: ['approval'], short: 'approve', help: 'approve' },
  { intent: 'no', keys: ['x'], on: ['approval'], short: 'reject', help: 'reject' },
  {
    intent: 'quick',
    keys: [...new Set(Object.values(QUICK))],
    on: ['list', 'server'],
    help: 'do the action of this letter',
  },
  { intent: 'add', keys: ['+'], on: ['list'], help: 'how a server is added' },
  { intent: 'not-loaded', keys: ['u'], on: ['list'], help: 'entries that are not loaded, and why' },
  { intent: 'join', keys: ['R'], help: 'when the daemon has gone: start it again' },
  { intent: 'back', keys: ['escape', 'backspace'], short: 'back', help: 'back; in the list: no filter any more' },
  { intent: 'back', keys: ['left'], on: ['tools', 'tool', 'doctor', 'not-loaded', 'help'], help: 'back' },
  { intent: 'help', keys: ['?'], short: 'help', help: 'this help' },
  { intent: 'redraw', keys: ['ctrl-l'], help: 'draw the screen anew' },
  { intent: 'suspend', keys: ['ctrl-z'], help: 'stop the menu; `fg` brings it back' },
  {
    intent: 'quit',
    keys: ['q', 'ctrl-c', 'ctrl-d'],
    short: 'quit',
    help: 'end the menu; the daemon keeps the connections',
  },
];

/** What a key is for on a screen; the row that names the screen goes before those for everywhere. */
export function intentOf(key: string, kind: ScreenKind): Intent | undefined {
  const rows = KEYS.filter(({ keys, on }) => keys.includes(key) && (on === undefined || on.includes(kind)));
  return (rows.find(({ on }) => on !== undefined) ?? rows[0])?.intent;
}

const SHOWN: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  enter: 'Enter',
  escape: 'Esc',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  'page-up': 'PgUp',
  'page-down': 'PgDn',
  home: 'Home',
  end: 'End',
  space: 'Space',
  backspace: 'Backspace',
};

/** A key as people read it. */
export function keyName(key: string): string {
  return SHOWN[key] ?? key.replace(/^ctrl-(.)$/, (_, letter: string) => `Ctrl-${letter.toUpperCase()}`);
}
