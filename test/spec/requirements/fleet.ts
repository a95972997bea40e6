/**
 * The fleet: life of connections as a pure function and its effects.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'step.same-object',
    source: 'docs/architecture.md §1',
    behaviour: 'An event a state does not expect returns the same object.',
  },
  {
    id: 'step.late-answer',
    source: 'docs/architecture.md §1',
    behaviour: 'An answer of an earlier epoch changes nothing.',
  },
  {
    id: 'step.timer',
    source: 'docs/architecture.md §1',
    behaviour:
      'A state that promises nextRetryAt has exactly one armed timer; a state that waits for a person has none.',
  },
  {
    id: 'step.permanent',
    source: 'docs/architecture.md §1',
    behaviour: 'A permanent fault is never retried by itself.',
  },
  { id: 'step.attempts', source: 'docs/architecture.md §1', behaviour: 'Attempts stay within their limits.' },
  { id: 'step.retry-after', source: 'docs/architecture.md §1', behaviour: 'A Retry-After is never undercut.' },
  {
    id: 'step.legal',
    source: 'docs/architecture.md §1',
    behaviour: 'No sequence of events leads to an illegal state.',
  },
  {
    id: 'fleet.timeline',
    source: 'issue: fleet',
    behaviour: 'The last 200 entries of the history of each server are kept.',
  },
  {
    id: 'fleet.shared',
    source: 'docs/architecture.md §3',
    behaviour: 'Equal effective entries share one connection, different ones never do.',
  },
  {
    id: 'fleet.virtual-day',
    source: 'issue: what must be seen',
    behaviour: '24 virtual hours of 100 servers with drops and sleeps are deterministic under one seed.',
  },
  {
    id: 'fleet.lives',
    source: 'docs/architecture.md §1',
    behaviour:
      'People, files, calls, faults and sleep in any order: every wait ends, no session or timer is left, no call is acted on twice, events tell what snapshots show.',
  },
  {
    id: 'fleet.no-lost-wait',
    source: 'docs/architecture.md §3',
    behaviour:
      'Who waits for a server that is edited, disabled, removed or closed meanwhile goes on with what took its place, or is told at once.',
  },
  {
    id: 'fleet.process-order',
    source: 'docs/architecture.md §7',
    behaviour: 'A process of a server is gone before the next one of it starts, whatever made it start.',
  },
  {
    id: 'fleet.flat',
    source: 'issue: what must be seen',
    behaviour: 'Ten thousand reconnects leave no timer, listener or session behind.',
  },
];
