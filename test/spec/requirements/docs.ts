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
  {
    id: 'docs.commands',
    source: SOURCE,
    behaviour: 'Every command that a page tells a reader to type is one that the program takes.',
  },
  {
    id: 'docs.pages',
    source: SOURCE,
    behaviour: 'The pages that people asked for are there, and every page stands in the index.',
  },
  { id: 'docs.units', source: SOURCE, behaviour: 'The files for systemd and launchd that a page shows are good.' },
  { id: 'docs.recipe', source: SOURCE, behaviour: 'The recipe for CI runs as it stands on its page.' },
  {
    id: 'docs.environment',
    source: SOURCE,
    behaviour: 'Every environment variable that the program reads or sets is documented.',
  },
  {
    id: 'docs.man',
    source: SOURCE,
    behaviour: 'The manual page has every verb, is read without a warning, and is shipped.',
  },
  { id: 'docs.llms', source: SOURCE, behaviour: 'llms.txt names every page.' },
  {
    id: 'docs.newcomer',
    source: 'issue: what must be seen',
    behaviour: 'Who types only what the program printed gets from needs-auth to connected.',
  },
  { id: 'docs.transcript', source: SOURCE, behaviour: 'The transcript in the README is what the program prints.' },
  {
    id: 'docs.numbers',
    source: SOURCE,
    behaviour: 'Numbers that pages written by hand name are those of the program.',
  },
];
