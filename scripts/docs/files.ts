/**
 * docs/reference/files.md: every file of our own, by asking the code where it puts them.
 *
 * @module
 */
import { daemonPaths } from '../../src/daemon/socket-path.ts';
import { KINDS, FOLDERS } from '../../src/store/places.ts';
import { foldersOf } from '../../src/system/paths.ts';
import type { FolderFacts, Folders } from '../../src/system/paths.ts';
import { code, page, table } from './markdown.ts';

const LINUX: FolderFacts = { platform: 'linux', env: { XDG_RUNTIME_DIR: '/run/user/1000' }, home: '/home/me' };

const SYSTEMS: readonly (readonly [string, FolderFacts])[] = [
  ['Linux', LINUX],
  ['macOS', { platform: 'darwin', env: {}, home: '/Users/me' }],
  [
    'Windows',
    {
      platform: 'win32',
      env: { APPDATA: 'C:\\Users\\me\\AppData\\Roaming', LOCALAPPDATA: 'C:\\Users\\me\\AppData\\Local' },
      home: 'C:\\Users\\me',
    },
  ],
];

const FOLDER_WORDS: readonly (readonly [keyof Folders, string])[] = [
  ['config', 'configuration: what you write'],
  ['state', 'state: what is remembered'],
  ['runtime', 'runtime: what ends with the session'],
];

const RECORDS: Readonly<Record<(typeof KINDS)[number], string>> = {
  credential: 'one login each',
  registration: 'a client that an authorization server has registered',
  flow: 'a sign-in that waits for a person',
  intent: 'the note that a token is being redeemed',
};

function relative(path: string): string {
  const { state, runtime } = foldersOf(LINUX);
  return path.replace(`${state}/`, 'state: ').replace(`${runtime}/`, 'runtime: ');
}

/** The page. */
export function filesPage(): string {
  const folders = FOLDER_WORDS.map(([folder, what]) => [
    what,
    ...SYSTEMS.map(([, facts]) => code(foldersOf(facts)[folder])),
  ]);
  const { state, runtime } = foldersOf(LINUX);
  const paths = daemonPaths({ runtimeDir: runtime, stateDir: state, tmpDir: '/tmp', uid: 1000, windows: false });
  const files: readonly (readonly [string, string])[] = [
    ['configuration: servers.json', 'servers of your own (`holdfast add`), and `webhooks`'],
    ['state: overlay.json', 'what you switched on or off, approved, and bound to an account'],
    ...KINDS.map((kind) => [`state: ${FOLDERS[kind]}/`, RECORDS[kind]] as const),
    ['state: store.json', 'which key the logins are encrypted with, never the key'],
    ['state: locks/', 'locks between processes; empty, never removed'],
    ['state: lists/', 'the last good lists of servers, shown and marked until they are read again'],
    ['state: gateway-token', 'the token of the gateway over HTTP'],
    [relative(paths.log), 'what the daemon says'],
    [relative(paths.ledger), 'who the daemon is, for the case that it does not answer'],
    [relative(paths.socket), 'the control socket'],
  ];
  return page('Files on disk', '`src/system/paths.ts`, `src/store/places.ts` and `src/daemon/socket-path.ts`', [
    'Everything of ours lies in three folders. `HOLDFAST_CONFIG_DIR` moves the first, with the state inside it; `HOLDFAST_STATE_DIR` moves the second. Files of other programs are written by an explicit command alone.',
    table(['folder', ...SYSTEMS.map(([name]) => name)], folders),
    '## What lies in them',
    table(
      ['file', 'what'],
      files.map(([path, what]) => [code(path), what]),
    ),
    'Folders are 0700 and files 0600. What may be deleted, and the form of a login: [what is kept on disk](../storage-schema.md).',
  ]);
}
