/**
 * The five status words and what stands beside them.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'status.five-words',
    source: 'docs/explanation/behaviour.md §1',
    behaviour: 'A server is connected, pending, needs-auth, failed or disabled; there is no sixth word.',
  },
  {
    id: 'status.reason-row',
    source: 'docs/explanation/behaviour.md §2',
    behaviour: 'Every reason has one status, one persistence, one sentence, one remedy and actions that exist.',
  },
  {
    id: 'status.last-cause-stays',
    source: 'docs/explanation/behaviour.md §2',
    behaviour: 'When the quick retries are over the reason stays the last cause and attempt equals maxAttempts.',
  },
  {
    id: 'status.living-contact',
    source: 'docs/explanation/behaviour.md §1',
    behaviour: 'A status comes only from a contact made by the living owner of the connection.',
  },
  {
    id: 'status.times',
    source: 'docs/explanation/behaviour.md §1',
    behaviour: 'Times in a snapshot are ISO-8601 UTC and durations end in Ms.',
  },
];
