/**
 * Security defaults.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'security.canaries',
    source: 'docs/explanation/behaviour.md §11',
    behaviour:
      'A secret in headers, env, urls or helper output appears in no output, event, log, get, doctor or process argument.',
  },
  {
    id: 'security.secret-type',
    source: 'docs/explanation/behaviour.md §11',
    behaviour: 'A Secret cannot be printed by string conversion, JSON or inspection.',
  },
  {
    id: 'security.socket',
    source: 'docs/explanation/behaviour.md §11',
    behaviour:
      'The control socket lies in a 0700 folder, is 0600, and the client checks owner, mode and that it is no symlink.',
  },
  {
    id: 'security.approval',
    source: 'docs/explanation/behaviour.md §11',
    behaviour: 'A project entry is used only after approval of file, project, entry and the scripts it runs.',
  },
  {
    id: 'security.approval-again',
    source: 'docs/explanation/behaviour.md §11',
    behaviour: 'Approval is asked again with the difference when any of it changes.',
  },
  {
    id: 'security.no-shadow',
    source: 'docs/explanation/behaviour.md §11',
    behaviour: 'An unapproved project entry never shadows an approved or user entry of its name.',
  },
  {
    id: 'security.approve-hash',
    source: 'docs/explanation/behaviour.md §11',
    behaviour: 'approve with a hash approves only what still has that hash.',
  },
  {
    id: 'security.approval-variables',
    source: 'docs/explanation/behaviour.md §11',
    behaviour: 'The environment names an approved entry may expand are shown and fixed at approval.',
  },
  {
    id: 'security.origin-bound',
    source: 'docs/explanation/behaviour.md §11',
    behaviour: 'Configured and helper headers go to the origin of the entry and never follow a redirect elsewhere.',
  },
  {
    id: 'security.metadata-clean',
    source: 'docs/explanation/behaviour.md §11',
    behaviour:
      'Requests for metadata that a server names carry no configured header and are bounded in time, size and redirects.',
  },
  {
    id: 'security.safe-text',
    source: 'docs/explanation/behaviour.md §11',
    behaviour: 'Text of servers reaches terminals without control characters and escape sequences.',
  },
];
