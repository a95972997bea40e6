/**
 * A menu in a test: models, keys, and what a terminal shows of them.
 *
 * @module
 */
import { sorted } from '../../../src/core/summary.ts';
import { Painter } from '../../../src/menu/paint/painter.ts';
import type { Command, Msg } from '../../../src/menu/state/messages.ts';
import { newModel } from '../../../src/menu/state/model.ts';
import type { Model, Setting } from '../../../src/menu/state/model.ts';
import { update } from '../../../src/menu/update.ts';
import { view } from '../../../src/menu/view.ts';
import { NOW, NOT_LOADED, SERVERS } from './servers.ts';
import { fakeScreen } from './terminal.ts';
import type { Seen } from './terminal.ts';

export const SETTING: Setting = {
  ascii: false,
  place: { home: '/home/me', cwd: '/code/app' },
  program: 'holdfast',
  suffix: '',
};

/** A menu that has heard of the servers. */
export function liveModel(more: Partial<Model> = {}): Model {
  return {
    ...newModel(SETTING, { columns: 80, rows: 24 }, NOW),
    link: {
      state: 'live',
      owner: { kind: 'daemon', pid: 4711, version: '0.1.0', startedAt: '2026-11-21T08:00:00.000Z' },
    },
    servers: sorted(SERVERS),
    notLoaded: NOT_LOADED,
    ...more,
  };
}

/** The model after some messages; a text is a key. */
export function after(
  model: Model,
  ...messages: readonly (string | Msg)[]
): { readonly model: Model; readonly commands: readonly Command[] } {
  let now = model;
  const commands: Command[] = [];
  for (const one of messages) {
    const next = update(now, typeof one === 'string' ? { kind: 'key', key: one } : one);
    now = next.model;
    commands.push(...next.commands);
  }
  return { model: now, commands };
}

/** What a terminal of the size of the model shows. */
export async function shown(model: Model, { color = false, old = false } = {}): Promise<Seen> {
  const { columns, rows } = model.size;
  const screen = fakeScreen(columns, rows, { old });
  await screen.write(`\u001B[?7l${new Painter(color).paint(view(model, model.size), columns)}`);
  return screen.seen();
}
