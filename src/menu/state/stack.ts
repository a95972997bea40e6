/**
 * The screens on top of each other.
 *
 * @module
 */
import type { Model, Screen } from './model.ts';
import type { Command, Updated } from './messages.ts';

/** The model as it is, and what is to be done. */
export const keep = (model: Model, ...commands: readonly Command[]): Updated => ({ model, commands });

export function push(model: Model, screen: Screen): Model {
  return { ...model, screens: [...model.screens, screen] };
}

/** Without the screen that is shown; the list stays. */
export function pop(model: Model): Model {
  const [list, ...others] = model.screens;
  return { ...model, screens: [list, ...others.slice(0, -1)] };
}

/** Another screen in the place of the one that is shown. */
export function swap(model: Model, screen: Screen): Model {
  const [list, ...others] = model.screens;
  if (others.length === 0) return screen.kind === 'list' ? { ...model, screens: [screen] } : push(model, screen);
  return { ...model, screens: [list, ...others.slice(0, -1), screen] };
}

/** Every screen changed by the same function. */
export function mapScreens(model: Model, change: (screen: Screen) => Screen | undefined): Model {
  const [list, ...others] = model.screens;
  const changed = others.map(change).filter((one) => one !== undefined);
  return { ...model, screens: [list, ...changed] };
}
