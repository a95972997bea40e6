/**
 * What can be done in which state.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'actions.cells',
    source: 'docs/explanation/behaviour.md §9',
    behaviour: 'The actions of every cell of state and sign-in model are those of the table, the default first.',
  },
  {
    id: 'actions.everywhere',
    source: 'docs/explanation/behaviour.md §9',
    behaviour: 'Details, logs and disable are offered everywhere.',
  },
  {
    id: 'actions.mixed',
    source: 'docs/explanation/behaviour.md §9',
    behaviour:
      'A server with headers or a helper that also advertises OAuth gets the sign-in actions in addition, after reconnect.',
  },
  {
    id: 'actions.reachable',
    source: 'docs/explanation/behaviour.md §9',
    behaviour: 'Every action names a Fleet method, a CLI verb and an API route that exist.',
  },
];
