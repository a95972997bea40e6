/**
 * Requirements of the page in a browser.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'page.escaped',
    source: 'BEHAVIOUR §11',
    behaviour: 'Nothing that a server, a file or a request says becomes markup of the page.',
  },
  {
    id: 'page.opening-code',
    source: 'BEHAVIOUR §11',
    behaviour: 'The page is opened with a code that works once and for a minute, and only by GET.',
  },
  {
    id: 'page.cookie',
    source: 'BEHAVIOUR §11',
    behaviour:
      'A session is a cookie that no script reads and no other site sends; a cookie of another page, an invented one and one that was left open nothing.',
  },
  {
    id: 'page.csrf',
    source: 'BEHAVIOUR §11',
    behaviour: 'A form without the proof of its own session does nothing.',
  },
  {
    id: 'page.rebinding',
    source: 'BEHAVIOUR §11',
    behaviour:
      'A request whose Host is not this machine, or whose Origin is not this page, is refused before anything.',
  },
  {
    id: 'page.no-get',
    source: 'BEHAVIOUR §11',
    behaviour: 'No GET changes anything.',
  },
  {
    id: 'page.headers',
    source: 'BEHAVIOUR §11',
    behaviour:
      'Every answer forbids frames, foreign and inline scripts and styles, and caches, whatever its status is.',
  },
  {
    id: 'page.terminal-code',
    source: 'BEHAVIOUR §11',
    behaviour:
      'What runs a command is approved, and headers are sent to another machine, only with a code that the terminal shows beside all that is agreed to.',
  },
  {
    id: 'page.remote-only',
    source: 'BEHAVIOUR §11',
    behaviour: 'The page adds and edits remote servers only; no field of its forms can write a command or a helper.',
  },
  {
    id: 'page.actions',
    source: 'BEHAVIOUR §9',
    behaviour: 'The buttons of a server are the actions of its snapshot, in that order, and each calls its method.',
  },
  {
    id: 'page.list',
    source: 'BEHAVIOUR §1, §2',
    behaviour:
      'Every server stands in the list with status word, sign, reason, next step, sign-in, tools, age and file, first those that need a person.',
  },
  {
    id: 'page.server',
    source: 'BEHAVIOUR §1, §8',
    behaviour: 'The page of a server says what happened and what to do next, and has a deep link.',
  },
  {
    id: 'page.accounts',
    source: 'Issue 5, part 2; docs/how-to/sign-in.md',
    behaviour:
      'The page of a server shows the accounts that are signed in and which one is used, and signs out of one after asking.',
  },
  {
    id: 'page.callback',
    source: 'BEHAVIOUR §8, §11',
    behaviour: 'The answer of a sign-in comes through the door of the page, believed by its state alone.',
  },
  {
    id: 'page.live',
    source: 'Issue 5, part 2',
    behaviour:
      'The page follows the fleet without being loaded anew, keeps focus and typed text, and says what is new.',
  },
  {
    id: 'page.plain',
    source: 'Issue 5, part 2',
    behaviour: 'Every screen and action works without the script.',
  },
  {
    id: 'page.keyboard',
    source: 'Issue 5, part 2',
    behaviour: 'Everything is reached by the keyboard, in the order in which it is read.',
  },
  {
    id: 'page.axe',
    source: 'Issue 5, part 2',
    behaviour: 'axe finds nothing on any screen, in the light and the dark scheme, wide and narrow.',
  },
  {
    id: 'page.command',
    source: 'BEHAVIOUR §10, §11',
    behaviour: 'The command ui opens the page of the daemon or of its own, prints what a person needs, and closes it.',
  },
];
