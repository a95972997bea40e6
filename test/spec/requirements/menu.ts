/**
 * The menu.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'menu.screens',
    source: 'docs/how-to/menu.md',
    behaviour: 'Every screen of the menu is kept as a text and shown the same by a terminal, from 40×10 to 200×60.',
  },
  {
    id: 'menu.actions',
    source: 'docs/explanation/behaviour.md §9',
    behaviour:
      'The actions of the menu are those that the server offers and no others; what takes something away is asked first.',
  },
  {
    id: 'menu.list',
    source: 'docs/how-to/menu.md',
    behaviour: 'The list begins with who needs a person, keeps the focus on a server that moves, and can be filtered.',
  },
  {
    id: 'menu.sign-in',
    source: 'docs/explanation/behaviour.md §8',
    behaviour: 'A sign-in can be opened, copied, pasted, and given up; what is pasted is never shown.',
  },
  {
    id: 'menu.approval',
    source: 'docs/explanation/behaviour.md §11',
    behaviour: 'An entry is approved only after its whole text was on the screen, and by the hash of that text.',
  },
  {
    id: 'menu.keys',
    source: 'docs/how-to/menu.md',
    behaviour: 'Keys of every terminal are understood, pastes are no keys, and one table says what each key does.',
  },
  {
    id: 'menu.any',
    source: 'docs/how-to/menu.md',
    behaviour:
      'After any messages in any size no row is too wide, the focus is seen and no control character is drawn.',
  },
  {
    id: 'menu.paint',
    source: 'docs/how-to/menu.md',
    behaviour: 'A picture is drawn over the one before it with few bytes, and colours can be left out.',
  },
  {
    id: 'menu.copy',
    source: 'docs/how-to/menu.md',
    behaviour: 'An address is copied through SSH, tmux and screen.',
  },
  {
    id: 'menu.restore',
    source: 'docs/how-to/menu.md',
    behaviour: 'The terminal is given back whole after any end, after a stop, and for as long as an editor runs.',
  },
  {
    id: 'menu.live',
    source: 'docs/how-to/menu.md',
    behaviour:
      'In a real terminal the menu follows the fleet, does every action, signs in, approves, and survives a resize and the end of the daemon.',
  },
  {
    id: 'menu.ends',
    source: 'docs/how-to/menu.md',
    behaviour: 'After quitting, signals, a crash, a stop and kill -9 the terminal has its modes and its screen back.',
  },
  {
    id: 'menu.start',
    source: 'docs/explanation/behaviour.md §10',
    behaviour: 'Without a terminal the menu says what to type instead and exits 2, and the program alone is status.',
  },
];
