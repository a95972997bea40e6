/**
 * Verbs that are planned and not built: each says so in one sentence.
 *
 * @module
 */
import type { CommandRow } from '../command.ts';

const later = (name: string, summary: string): CommandRow => ({
  name,
  group: 'Help',
  kind: 'later',
  summary,
  args: [{ name: 'ARGUMENT', optional: true, many: true, summary: '' }],
  examples: [],
});

export const LATER: readonly CommandRow[] = [later('menu', 'the menu in the terminal')];
