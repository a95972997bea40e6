/**
 * Everything the menu knows: one value. `update` makes the next one, `view` draws it.
 *
 * @module
 */
import type { Place } from '../../base/short-path.ts';
import type { ActionId } from '../../core/action-table.ts';
import type { NotLoaded } from '../../core/config-model.ts';
import type { ApprovalView, Finding, LogLine, Owner } from '../../core/fleet.ts';
import type { HelperRun, Lists } from '../../core/ports.ts';
import type { LoginWaiting } from '../../core/sign-in.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { Size } from '../terminal/tty.ts';

/** Parts of a server's page, in order. */
export const TABS = ['overview', 'sign-in', 'tools', 'config', 'timeline', 'log', 'helper'] as const;
export type Tab = (typeof TABS)[number];

/** The list of all servers. `focus` is a name, so that a server that moves keeps it; absent = whoever stands first. */
export interface ListScreen {
  readonly kind: 'list';
  readonly filter: string;
  readonly typing: boolean;
  readonly focus?: string;
}

/** One server. `focus` is the place in its actions. */
export interface ServerScreen {
  readonly kind: 'server';
  readonly name: string;
  readonly tab: Tab;
  readonly focus: number;
  readonly scroll: number;
}

/** The tools of a server. */
export interface ToolsScreen {
  readonly kind: 'tools';
  readonly name: string;
  readonly filter: string;
  readonly typing: boolean;
  readonly focus: number;
}

/** One tool. */
export interface ToolScreen {
  readonly kind: 'tool';
  readonly name: string;
  readonly tool: string;
  readonly scroll: number;
}

/** Asks before something is done that cannot be taken back by the next key. */
export interface ConfirmScreen {
  readonly kind: 'confirm';
  readonly name: string;
  readonly action: ActionId;
  readonly yes: boolean;
}

/** What an entry of a project file would run or contact. */
export interface ApprovalScreen {
  readonly kind: 'approval';
  readonly name: string;
  readonly about?: ApprovalView;
  /** When it came on the screen: a key that was pressed before is no answer to it. Milliseconds since the epoch. */
  readonly at?: number;
  readonly focus: 'approve' | 'reject' | 'back';
  readonly scroll: number;
}

/** A sign-in that waits for the person. */
export interface SignInScreen {
  readonly kind: 'sign-in';
  readonly name: string;
  readonly stepUp: boolean;
  readonly waiting?: LoginWaiting;
  /** Whether a browser was opened, or why not. */
  readonly browser?: string;
  /** What is being pasted or typed; never drawn. */
  readonly typed?: string;
  /** Why the last paste was not taken. */
  readonly refused?: string;
  readonly scroll: number;
}

/** What `doctor` found, or the entries that are not loaded. */
export interface FindingsScreen {
  readonly kind: 'doctor';
  readonly name: string;
  readonly found?: readonly Finding[];
  readonly scroll: number;
}
export interface NotLoadedScreen {
  readonly kind: 'not-loaded';
  readonly scroll: number;
}
export interface HelpScreen {
  readonly kind: 'help';
  readonly scroll: number;
}

export type Screen =
  | ListScreen
  | ServerScreen
  | ToolsScreen
  | ToolScreen
  | ConfirmScreen
  | ApprovalScreen
  | SignInScreen
  | FindingsScreen
  | NotLoadedScreen
  | HelpScreen;
export type ScreenKind = Screen['kind'];

/** How things stand with the owner of the connections. */
export type Link =
  | { readonly state: 'opening' }
  | { readonly state: 'live'; readonly owner: Owner }
  | { readonly state: 'lost'; readonly text: string };

/** What the last command did. */
export interface Notice {
  readonly level: 'good' | 'warning' | 'bad';
  readonly text: string;
  /** Milliseconds since the epoch at which it goes away. */
  readonly until: number;
}

/** What is asked for when somebody looks at it. */
export interface Facts {
  readonly logs?: readonly LogLine[];
  readonly helper?: HelperRun | 'none';
  readonly lists?: Lists;
  /** Why one of them could not be told. */
  readonly trouble?: Readonly<Partial<Record<FactKind, string>>>;
}
export type FactKind = 'logs' | 'helper' | 'lists';

/** What stays the same as long as the menu is open. */
export interface Setting {
  readonly ascii: boolean;
  readonly place: Place;
  /** How this person types this program, and what goes after its words (`--config FILE`). */
  readonly program: string;
  readonly suffix: string;
  /** Why no browser can be opened from here; absent where one can. */
  readonly noBrowser?: string;
}

export interface Model {
  readonly setting: Setting;
  readonly size: Size;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly link: Link;
  /** Absent until they have been told. In the order in which a person looks for them. */
  readonly servers?: readonly Snapshot[];
  readonly notLoaded: readonly NotLoaded[];
  /** The last one is shown; the first is the list. */
  readonly screens: readonly [ListScreen, ...Screen[]];
  /** What is being done to a server. */
  readonly busy: ReadonlyMap<string, ActionId>;
  readonly facts: ReadonlyMap<string, Facts>;
  readonly notice?: Notice;
}

/** A menu that knows nothing yet. */
export function newModel(setting: Setting, size: Size, now: number): Model {
  return {
    setting,
    size,
    now,
    link: { state: 'opening' },
    notLoaded: [],
    screens: [{ kind: 'list', filter: '', typing: false }],
    busy: new Map(),
    facts: new Map(),
  };
}

/** The screen that is shown. */
export function topOf({ screens }: Model): Screen {
  return screens.at(-1) ?? screens[0];
}

/** A server by name, while it is there. */
export function serverOf({ servers }: Model, name: string): Snapshot | undefined {
  return servers?.find((one) => one.name === name);
}

/** The model while an action is being done to a server. */
export function busyWith(model: Model, name: string, action: ActionId): Model {
  return { ...model, busy: new Map(model.busy).set(name, action) };
}

/** The model when nothing is being done to a server any more. */
export function idle(model: Model, name: string): Model {
  const busy = new Map(model.busy);
  return busy.delete(name) ? { ...model, busy } : model;
}
