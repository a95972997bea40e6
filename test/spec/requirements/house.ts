/**
 * The package itself.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'house.floors',
    source: 'docs/architecture.md §2',
    behaviour: 'Imports go down, never across on one floor, never in a circle.',
  },
  {
    id: 'house.world',
    source: 'docs/architecture.md §2',
    behaviour: 'Time, randomness, network and process come in as arguments.',
  },
  { id: 'house.surface', source: 'issue: library', behaviour: 'The public names are pinned.' },
  {
    id: 'house.documented',
    source: 'issue: library',
    behaviour: 'Every export of the library has a sentence of documentation.',
  },
  {
    id: 'house.docs',
    source: 'docs/architecture.md §2',
    behaviour: 'Generated reference documents equal what the code would generate.',
  },
  {
    id: 'house.package',
    source: 'issue: library',
    behaviour: 'The packed package installs, and both its entrances can be imported.',
  },
  {
    id: 'demo.settles',
    source: 'issue: demo',
    behaviour:
      'The demo fleet settles as it says and names what to type next; without a terminal it prints the table and exits 0.',
  },
];
