/**
 * The verb that shows the menu: what `holdfast` alone is on a terminal.
 *
 * @module
 */
import type { CommandRow } from '../command.ts';

export const MENU: readonly CommandRow[] = [
  {
    name: 'menu',
    group: 'Look',
    kind: 'live',
    summary: 'every server on one screen, live, with what can be done about it',
    details: [
      'The same as the program without a verb on a terminal. It shows what needs a person first; Enter opens a server, ? tells every key, q ends it.',
      'The daemon keeps the connections when the menu ends. Without a terminal it says what to type instead and exits 2.',
    ],
    options: [{ name: 'ascii', summary: 'draw with ASCII only' }],
    examples: [
      ['menu', 'every server of this folder'],
      ['menu --config servers.json', 'those of one file'],
      ['menu --ascii --no-color', 'for a terminal that shows neither signs nor colours'],
    ],
    load: async () => (await import('../commands/menu.ts')).menu,
  },
];
