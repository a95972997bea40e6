/**
 * Who the authorization server of a server is, who we are there, and what no request of that kind may do.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'security.oauth-bounded',
    source: 'docs/explanation/behaviour.md §11',
    behaviour:
      'Every OAuth request is bounded in time, size and redirects, goes to https or loopback only, and says whether it may have arrived.',
  },
];
