/**
 * Keys that move: the focus of a list, or the text of a page.
 *
 * @module
 */
import { scrolled } from '../screens/area.ts';
import { bodyOf, bodySize } from '../view.ts';
import type { Intent } from './keys.ts';
import { focusOf, rowNames } from './listed.ts';
import { serverOf, topOf } from './model.ts';
import type { ListScreen, Model, Screen, ServerScreen, ToolsScreen } from './model.ts';
import { swap } from './stack.ts';
import { shownTools } from './tools.ts';

/** A page leaves two rows of the one before. */
const OVERLAP = 2;

const STEPS: Readonly<Partial<Record<Intent, (page: number) => number>>> = {
  up: () => -1,
  down: () => 1,
  'page-up': (page) => -page,
  'page-down': (page) => page,
  first: () => -Infinity,
  last: () => Infinity,
};

const within = (at: number, total: number): number => Math.max(0, Math.min(at, total - 1));

function inList(model: Model, screen: ListScreen, steps: number): Screen {
  const names = rowNames(model, screen);
  const focus = names[within(names.indexOf(focusOf(model, screen) ?? '') + steps, names.length)];
  return focus === undefined ? screen : { ...screen, focus };
}

function inTools(model: Model, screen: ToolsScreen, steps: number): Screen {
  return {
    ...screen,
    focus: within(within(screen.focus, shownTools(model, screen).length) + steps, shownTools(model, screen).length),
  };
}

/** One line moves the focus through the actions; whole pages scroll the part below or beside them. */
function inServer(model: Model, screen: ServerScreen, steps: number): Screen {
  const total = serverOf(model, screen.name)?.next.length ?? 0;
  const at = within(screen.focus, total) + steps;
  return { ...screen, focus: within(at, total) };
}

/** The screen after a move; `undefined` where the key moves nothing here. */
export function onMove(model: Model, intent: Intent): Model | undefined {
  const stepsOf = STEPS[intent];
  if (stepsOf === undefined) return undefined;
  const top = topOf(model);
  const size = bodySize(model.size);
  const body = bodyOf(model, size);
  const steps = stepsOf(Math.max(1, (body.scroll?.height ?? size.rows) - OVERLAP));
  if (top.kind === 'list') return swap(model, inList(model, top, steps));
  if (top.kind === 'tools') return swap(model, inTools(model, top, steps));
  if (top.kind === 'server' && (intent === 'up' || intent === 'down')) return swap(model, inServer(model, top, steps));
  if (!('scroll' in top) || body.scroll === undefined) return model;
  return swap(model, { ...top, scroll: scrolled(scrolled(top.scroll, body.scroll) + steps, body.scroll) });
}
