/**
 * Which lists of a server are different from those that were known before.
 *
 * @module
 */
import type { ListKind, Lists } from '../core/ports.ts';

const PARTS = {
  tools: ['tools'],
  prompts: ['prompts'],
  resources: ['resources', 'resourceTemplates'],
} as const satisfies Record<ListKind, readonly (keyof Lists)[]>;

function isSame(before: readonly unknown[], after: readonly unknown[]): boolean {
  if (before === after) return true;
  return before.length === after.length && JSON.stringify(before) === JSON.stringify(after);
}

/** The lists of a server as they were shown last, by whatever session. */
export class ShownLists {
  #lists: Lists | undefined;

  /** `known`: those of an earlier life. */
  constructor(known?: Lists) {
    this.#lists = known;
  }

  /** Remembers them; the kinds of which anything differs from before. */
  learn(lists: Lists): readonly ListKind[] {
    const before = this.#lists;
    this.#lists = lists;
    return changedKinds(before, lists);
  }
}

/** The kinds of which anything differs, a description included; none where nothing was known before. */
export function changedKinds(before: Lists | undefined, after: Lists): readonly ListKind[] {
  if (before === undefined) return [];
  const kinds = Object.keys(PARTS) as ListKind[];
  return kinds.filter((kind) => PARTS[kind].some((part) => !isSame(before[part], after[part])));
}
