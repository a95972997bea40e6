/**
 * No cached verdict ever blocks an attempt; reconnect and reset.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'fresh.start',
    source: 'docs/explanation/behaviour.md §5',
    behaviour: 'A start always contacts the server, whatever an earlier run saw.',
  },
  {
    id: 'fresh.change',
    source: 'docs/explanation/behaviour.md §5',
    behaviour: 'An enable, a change of the entry or a new sign-in always contacts the server.',
  },
  {
    id: 'fresh.content-key',
    source: 'docs/explanation/behaviour.md §5',
    behaviour: 'What is remembered is keyed by the effective entry, never by the name: renaming changes nothing.',
  },
  {
    id: 'fresh.negative-memory',
    source: 'docs/explanation/behaviour.md §5',
    behaviour: 'Negative results live in memory only and end at the first contact.',
  },
  {
    id: 'fresh.blocked-not-contacted',
    source: 'docs/explanation/behaviour.md §5',
    behaviour: 'A server that awaits approval, is disabled, denied or invalid is not contacted.',
  },
  {
    id: 'reconnect.contacts',
    source: 'docs/explanation/behaviour.md §5',
    behaviour: 'reconnect always contacts the server now, in every state.',
  },
  {
    id: 'reconnect.caller-values',
    source: 'docs/explanation/behaviour.md §5',
    behaviour: 'reconnect re-reads the entry with the variable values of its caller.',
  },
  {
    id: 'reconnect.caller-path',
    source: 'docs/explanation/behaviour.md §5',
    behaviour:
      'A process that callers with different PATHs share is started with the PATH of the one who asked last for a reconnect, a reset or a retry; where it lacks a command, reason and doctor say so.',
  },
  {
    id: 'reconnect.helper',
    source: 'docs/explanation/behaviour.md §5',
    behaviour: 'reconnect runs the headersHelper again.',
  },
  {
    id: 'reconnect.in-flight',
    source: 'docs/explanation/behaviour.md §5',
    behaviour: 'Calls in flight at a reconnect are sent again only if unsent or rejected, else they end interrupted.',
  },
  {
    id: 'reconnect.says-what',
    source: 'docs/explanation/behaviour.md §5',
    behaviour: 'reconnect and reset say what they did.',
  },
  {
    id: 'reset.forgets',
    source: 'docs/explanation/behaviour.md §5',
    behaviour: 'reset forgets everything derived: discovery, era, session, cached lists.',
  },
  {
    id: 'reset.every-server',
    source: 'docs/explanation/behaviour.md §5',
    behaviour: 'reconnect and reset exist for every server whatever file it came from, in every state.',
  },
];
