/**
 * The verb of the page in a browser.
 *
 * @module
 */
import type { CommandRow } from '../command.ts';

/** The port of the page: HOLP on the keys of a telephone, beside the gateway's. */
export const PAGE_PORT = 4_657;

export const UI: readonly CommandRow[] = [
  {
    name: 'ui',
    group: 'Look',
    kind: 'live',
    summary: 'open the page: every server in a browser',
    details: [
      `Listens on this machine only, at port ${PAGE_PORT} or the next free one, for as long as the command runs, and opens the browser at an address that works once, within a minute. What the page may not do by a click alone (approve what runs a command, send headers to another machine) needs a code that is shown here.`,
      'Where no browser can be started, over SSH say, the address is printed; forward the port to your own machine.',
    ],
    args: [{ name: 'NAME', optional: true, completes: 'server', summary: 'open the page of this server' }],
    options: [
      { name: 'print', summary: 'print the address and open no browser' },
      { name: 'port', value: 'N', type: 'count', summary: `this port and no other; 0 = any (default ${PAGE_PORT})` },
    ],
    examples: [
      ['ui', 'the page, until Ctrl-C'],
      ['ui notion', 'the page of one server'],
      ['ui --print', 'only the address, e.g. over SSH'],
    ],
    load: async () => (await import('../commands/ui.ts')).ui,
  },
];
