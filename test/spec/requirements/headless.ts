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
  {
    id: 'webhook.signed',
    source: 'issue: headless; Standard Webhooks 1.0',
    behaviour: 'A delivery is signed with the secret of its webhook; a second try has the same id and a new signature.',
  },
  {
    id: 'webhook.retry',
    source: 'issue: headless',
    behaviour:
      'A receiver that fails, hangs or asks for time is tried again with back-off and given up in the end; nothing is followed elsewhere.',
  },
  {
    id: 'webhook.chosen',
    source: 'issue: headless (per event type)',
    behaviour: 'A webhook gets the events and servers that it names, each event once.',
  },
  {
    id: 'webhook.config',
    source: 'issue: headless (our own config)',
    behaviour:
      'Webhooks stand in our own file or in named files; one that is wrong is told and does not hide the others; secrets are never shown.',
  },
  {
    id: 'webhook.owner',
    source: 'issue: headless (delivered by the owner)',
    behaviour: 'The owner of the connections delivers, daemon and run alike, and lets deliveries end before it does.',
  },
  {
    id: 'webhook.test',
    source: 'issue: headless',
    behaviour:
      'A test of webhooks sends each one a delivery as a real one is sent, says what was answered, where it is written and what to do, and ends with 0 only when all took it.',
  },
];
