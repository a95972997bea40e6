/**
 * Servers in the order in which a person looks for them, and in groups.
 *
 * @module
 */
import { STATUSES } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { PathPlace } from './words.ts';
import { clientWords, factsOf, shortPath, waitsForPerson } from './words.ts';

/** By who needs a person, or by file. */
export type Grouping = 'need' | 'file';

/** Servers that belong together. */
export interface Group {
  readonly id: string;
  readonly title: string;
  readonly servers: readonly Snapshot[];
}

const needsYou = (one: Snapshot): boolean =>
  one.status === 'needs-auth' || waitsForPerson(one) || (one.status === 'connected' && one.stepUp !== undefined);

const NEEDS: readonly (readonly [id: string, title: string, has: (one: Snapshot) => boolean])[] = [
  ['you', 'Needs you', needsYou],
  ['failed', 'Failed', ({ status }) => status === 'failed'],
  ['trying', 'Connecting', ({ status }) => status === 'pending'],
  ['connected', 'Connected', ({ status }) => status === 'connected'],
  ['off', 'Off', ({ status }) => status === 'disabled'],
];

const rank = (one: Snapshot): number => (needsYou(one) ? -1 : STATUSES.indexOf(one.status));

/** First those that need somebody. */
export function sorted(snapshots: readonly Snapshot[]): readonly Snapshot[] {
  return snapshots.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

function byNeed(snapshots: readonly Snapshot[]): readonly Group[] {
  const left = new Set(sorted(snapshots));
  return NEEDS.map(([id, title, has]) => {
    const servers = [...left].filter((one) => has(one));
    for (const one of servers) left.delete(one);
    return { id, title, servers };
  }).filter(({ servers }) => servers.length > 0);
}

function byFile(snapshots: readonly Snapshot[], place: PathPlace): readonly Group[] {
  const files = new Map<string, Snapshot[]>();
  for (const one of sorted(snapshots)) {
    const key = one.source.file;
    const list = files.get(key) ?? [];
    files.set(key, list);
    list.push(one);
  }
  return [...files].map(([file, servers], index) => {
    const whose = servers[0] === undefined ? '' : clientWords(servers[0].source);
    return { id: `file-${index}`, title: file === '' ? whose : `${whose}: ${shortPath(file, place)}`, servers };
  });
}

/** The groups that have somebody in them. */
export function groupsOf(snapshots: readonly Snapshot[], by: Grouping, place: PathPlace): readonly Group[] {
  return by === 'file' ? byFile(snapshots, place) : byNeed(snapshots);
}

/** The text in which a person looks for a server; the script of the page looks in the same. */
export function findText(one: Snapshot): string {
  const { name, status, source } = one;
  return [name, status, ...factsOf(one), clientWords(source), source.scope, source.file].join(' ').toLowerCase();
}

/** Whether a server is one of those that are looked for. */
export function matches(one: Snapshot, filter: { readonly text: string; readonly status: string }): boolean {
  if (filter.status !== '' && one.status !== filter.status) return false;
  return findText(one).includes(filter.text.trim().toLowerCase());
}

/** `2 of 5 connected. 1 needs you, 1 failed.` */
export function summaryOf(snapshots: readonly Snapshot[]): string {
  if (snapshots.length === 0) return 'No servers yet.';
  const groups = new Map(byNeed(snapshots).map(({ id, servers }) => [id, servers.length]));
  const connected = snapshots.filter(({ status }) => status === 'connected').length;
  const count = (id: string, one: string, many = one): readonly string[] => {
    const servers = groups.get(id) ?? 0;
    return servers === 0 ? [] : [`${servers} ${servers === 1 ? one : many}`];
  };
  const rest = [
    ...count('you', 'needs you', 'need you'),
    ...count('failed', 'failed'),
    ...count('trying', 'connecting'),
    ...count('off', 'off'),
  ];
  return `${connected} of ${snapshots.length} connected.${rest.length === 0 ? '' : ` ${rest.join(', ')}.`}`;
}
