/**
 * The menu's one way on: a model and a message make the next model, and commands. Pure; never throws.
 *
 * @module
 */
import type { Msg, Updated } from './state/messages.ts';
import { topOf } from './state/model.ts';
import type { Model } from './state/model.ts';
import { onKey } from './state/on-key.ts';
import { onNews } from './state/on-news.ts';
import { onText } from './state/on-text.ts';
import { keep } from './state/stack.ts';

/** What an earlier command did is no news on the next screen. */
function withoutOldNotice(before: Model, { model, commands }: Updated): Updated {
  if (model.notice !== before.notice || model.screens.length === before.screens.length) return { model, commands };
  const { notice: _, ...rest } = model;
  return { model: rest, commands };
}

/** No event tells of a line of a log: while one is looked at, it is asked for. */
function onTick(model: Model): Updated {
  const top = topOf(model);
  const isLog = top.kind === 'server' && top.tab === 'log' && model.link.state === 'live';
  return isLog ? keep(model, { kind: 'ask-facts', name: top.name, what: 'logs' }) : keep(model);
}

/** The next model, and what is to be done. */
export function update(model: Model, msg: Msg): Updated {
  if (msg.kind === 'resize') return keep({ ...model, size: msg.size });
  if (msg.kind === 'tick') return onTick({ ...model, now: msg.now });
  if (msg.kind === 'key') return withoutOldNotice(model, onText(model, msg) ?? onKey(model, msg.key));
  // Outside a field a paste is not a row of keys: what was copied must not press buttons.
  if (msg.kind === 'paste') return onText(model, msg) ?? keep(model);
  return onNews(model, msg);
}
