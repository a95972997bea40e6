/**
 * Requirements of runs without a person: run, events for scripts, webhooks.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'run.environment',
    source: 'docs/explanation/behaviour.md §10; issue: headless',
    behaviour:
      'A command under run finds the address and the token of the gateway in its environment and can use every server.',
  },
  {
    id: 'run.require',
    source: 'docs/explanation/behaviour.md §10',
    behaviour:
      'run does not start the command unless the required servers are connected, and ends with the code of their state.',
  },
  {
    id: 'run.wait',
    source: 'docs/explanation/behaviour.md §4, §10',
    behaviour: 'run waits the start wait for all servers, and up to the connect limit for named ones.',
  },
  {
    id: 'run.terminal',
    source: 'issue: headless',
    behaviour: 'Standard input, output and signals are those of the command, and its exit code is passed on.',
  },
  {
    id: 'events.gap',
    source: 'issue: headless (no loss, gap told)',
    behaviour:
      'A reader that comes back with a number gets every later event, or is told that some are lost; numbers rise over owners.',
  },
];
