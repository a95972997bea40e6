/**
 * Sign-in at the shell: settings, verbs, what is printed and what is never printed.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'login.settings',
    source: 'docs/reference/entry.md',
    behaviour:
      'Every sign-in setting of an entry is read, expanded, checked with file and line, and never shown if secret.',
  },
];
