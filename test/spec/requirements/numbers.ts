/**
 * The numbers a user can feel.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'numbers.one-table',
    source: 'docs/explanation/behaviour.md §4',
    behaviour: 'Every number has a default, a unit, an environment variable, a sentence and a source in one table.',
  },
  {
    id: 'numbers.environment',
    source: 'docs/explanation/behaviour.md §4',
    behaviour: 'Each number can be set by its environment variable; values that are not whole numbers are passed over.',
  },
  {
    id: 'numbers.per-server',
    source: 'docs/explanation/behaviour.md §4',
    behaviour: 'Each number can be set in the entry, and the entry wins over the environment.',
  },
  {
    id: 'numbers.startup',
    source: 'docs/explanation/behaviour.md §4',
    behaviour: 'At startup a transient cause is retried 3 times after 1, 2 and 4 s, each times random 0.5 to 1.',
  },
  {
    id: 'numbers.reconnect',
    source: 'docs/explanation/behaviour.md §4',
    behaviour: 'After a loss a remote server is tried 5 times, 1 s doubling, cap 30 s, times random 0.5 to 1.',
  },
  {
    id: 'numbers.slow-probe',
    source: 'docs/explanation/behaviour.md §4',
    behaviour:
      'After the quick retries a transient cause is probed every 60 s ± 50 %, cap 5 min, for ever; the status stays failed.',
  },
  {
    id: 'numbers.budget',
    source: 'docs/explanation/behaviour.md §4',
    behaviour: 'The budget of retries is given back only by a session that answered a call or lived 60 s.',
  },
  {
    id: 'numbers.respawn',
    source: 'docs/explanation/behaviour.md §4',
    behaviour: 'A process is started again after 1 s doubling, cap 30 s.',
  },
  {
    id: 'numbers.parallel',
    source: 'docs/explanation/behaviour.md §4',
    behaviour: 'At most 3 stdio and 20 remote servers are connected at once, first tries before retries.',
  },
  {
    id: 'numbers.slot',
    source: 'docs/explanation/behaviour.md §4',
    behaviour: 'A try gives its parallel slot back after 3 s, so that hanging servers do not keep good ones waiting.',
  },
  {
    id: 'numbers.call-limits',
    source: 'docs/explanation/behaviour.md §4',
    behaviour: 'A call ends after 60 s without a first byte, 5 min of silence over the network, 30 min over stdio.',
  },
  {
    id: 'numbers.start-wait',
    source: 'docs/explanation/behaviour.md §4',
    behaviour: 'A headless run waits 5 s at its start, longer for servers it names.',
  },
  {
    id: 'numbers.helper',
    source: 'docs/explanation/behaviour.md §4',
    behaviour: 'A headersHelper has 10 s and 64 KiB of output.',
  },
  {
    id: 'numbers.wake',
    source: 'issue: fleet',
    behaviour: 'After a sleep of the machine every remote server is contacted in one spread wave.',
  },
];
