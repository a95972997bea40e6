/**
 * The state of many servers in one line of words.
 *
 * @module
 */
import type { Owner } from './fleet.ts';
import { STATUSES } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import { waitsForPerson } from './telling.ts';

/** `2 of 5 connected; 1 needs you; 1 failed; 1 connecting; 1 off`. */
export function summaryOf(snapshots: readonly Snapshot[]): string {
  const many = (test: (one: Snapshot) => boolean): number => snapshots.filter((one) => test(one)).length;
  const parts: readonly (readonly [number, string])[] = [
    [many((one) => one.status === 'needs-auth' || waitsForPerson(one)), 'needs you'],
    [many(({ status }) => status === 'failed'), 'failed'],
    [many((one) => one.status === 'pending' && !waitsForPerson(one)), 'connecting'],
    [many(({ status }) => status === 'disabled'), 'off'],
  ];
  const connected = many(({ status }) => status === 'connected');
  const rest = parts
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count} ${count > 1 && words === 'needs you' ? 'need you' : words}`);
  return [`${connected} of ${snapshots.length} connected`, ...rest].join('; ');
}

/** For whom a status speaks. */
export function ownerText(owner: Owner): string {
  return owner.kind === 'daemon' ? `daemon pid ${owner.pid}` : 'this process';
}

const rank = (one: Snapshot): number => (waitsForPerson(one) ? 0 : STATUSES.indexOf(one.status) + 1);

/** The servers in the order in which a reader looks for them: those that need somebody first. */
export function sorted(snapshots: readonly Snapshot[]): readonly Snapshot[] {
  return snapshots.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}
