/**
 * Requirements of the documentation: it cannot say what the program does not do.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

const SOURCE = 'issue: documentation';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'docs.answer-table',
    source: SOURCE,
    behaviour: 'Every row of the documented table of answers is replayed, and comes to what the table says.',
  },
];
