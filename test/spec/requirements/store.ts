/**
 * The store of logins: files, keys, exclusion.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

const PAGE = 'docs/storage-schema.md';
const ISSUE = 'issue: sign-in that never loses a login';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'store.private',
    source: `${PAGE}; docs/explanation/behaviour.md §11`,
    behaviour:
      'Every file of the store is 0600 in a 0700 folder whatever the umask is, and wider modes are mended and told.',
  },
  {
    id: 'store.not-ours',
    source: PAGE,
    behaviour:
      'Symbolic links, pipes and files or folders of other users are refused, named, and hide no other record.',
  },
  {
    id: 'store.whole',
    source: ISSUE,
    behaviour: 'A reader, a crash or a kill -9 sees the old record or the new one, never a part.',
  },
  {
    id: 'store.swap',
    source: ISSUE,
    behaviour: 'Of writers that have seen the same generation exactly one wins, between processes too.',
  },
  {
    id: 'store.reserve',
    source: ISSUE,
    behaviour:
      'What was reserved can be written on a full disk; what cannot be reserved fails before anything is redeemed.',
  },
  {
    id: 'store.faults',
    source: ISSUE,
    behaviour: 'A full or read-only disk loses nothing, and the error names the path and what can be done.',
  },
  {
    id: 'store.quarantine',
    source: PAGE,
    behaviour: 'A file that cannot be understood is kept under another name and told; no other record is touched.',
  },
  {
    id: 'store.newer',
    source: PAGE,
    behaviour: 'A file of a later version is refused with a clear error and stays as it is.',
  },
  {
    id: 'store.stray',
    source: PAGE,
    behaviour: 'Temp files that a dead process left are removed a day later, and younger ones are left alone.',
  },
  {
    id: 'store.memory',
    source: PAGE,
    behaviour:
      'In a home that cannot be written logins live in memory, or are read only where there are some, and it is told.',
  },
  {
    id: 'store.cipher',
    source: `${PAGE}; NIST SP 800-38D`,
    behaviour: 'Secrets open only with their key and beside their own kind, id, generation and facts.',
  },
  {
    id: 'store.key-ladder',
    source: PAGE,
    behaviour:
      'A key file, a systemd credential, a proven keyring or none: chosen once, noted, and never changed by itself.',
  },
  {
    id: 'store.key-unreadable',
    source: PAGE,
    behaviour: 'A key that cannot be read is an error and a notice, never "no login" and never a new key.',
  },
  {
    id: 'store.keyring-proof',
    source: PAGE,
    behaviour:
      'A keyring is used only after one process has read what another wrote, and never that of the Linux kernel.',
  },
  {
    id: 'store.lazy',
    source: ISSUE,
    behaviour: 'No key and no keyring is touched before a secret is read or written.',
  },
  {
    id: 'store.watch',
    source: 'src/core/store.ts',
    behaviour: 'Every record that is written or removed, by whichever process, is told once to whoever watches.',
  },
  {
    id: 'store.lease',
    source: ISSUE,
    behaviour: 'A lease excludes other processes, fails closed with ERR_STORE_BUSY, and passes the errors of its work.',
  },
];
