/**
 * One owner per user, and its faces.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

export const REQUIREMENTS: readonly Requirement[] = [
  { id: 'daemon.one-owner', source: 'issue: daemon', behaviour: 'Two daemons at once end with one owner.' },
  {
    id: 'daemon.dead-socket',
    source: 'issue: daemon',
    behaviour: 'A socket left from a dead daemon does not keep a new one from starting.',
  },
  { id: 'daemon.stop', source: 'issue: daemon', behaviour: 'Stop leaves no process behind.' },
  {
    id: 'daemon.kill',
    source: 'issue: daemon',
    behaviour: 'kill -9 of the daemon leaves no server process after 6 s.',
  },
  {
    id: 'daemon.remote-fleet',
    source: 'issue: daemon',
    behaviour: 'The remote fleet does what the local one does, errors and events included.',
  },
  {
    id: 'daemon.views',
    source: 'issue: daemon',
    behaviour: 'Two projects with a server of one name see each its own.',
  },
  { id: 'daemon.owner-told', source: 'issue: daemon', behaviour: 'status says whom it speaks for.' },
  {
    id: 'daemon.version',
    source: 'docs/architecture.md §7',
    behaviour: 'A newer command line replaces an older daemon.',
  },
];
