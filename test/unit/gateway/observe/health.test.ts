/**
 * The word for the health of the gateway.
 *
 * @module
 */
import { expect, test } from 'vitest';
import type { Snapshot } from '../../../../src/core/snapshot.ts';
import { healthOf, healthStatus } from '../../../../src/gateway/observe/health.ts';
import { snapshotOf } from '../../../support/recording-fleet.ts';

const up = snapshotOf('up');
const first = snapshotOf('first', { status: 'pending', phase: 'startup' });
const again = snapshotOf('again', { status: 'pending', phase: 'reconnect' });
const down = snapshotOf('down', { status: 'failed', reason: 'refused' });
const person = snapshotOf('person', { status: 'needs-auth', reason: 'sign-in-required' });
const off = snapshotOf('off', { status: 'disabled' });

const CASES: readonly (readonly [string, readonly Snapshot[] | undefined, string, number])[] = [
  ['nobody can say how the servers are', undefined, 'failing', 503],
  ['there are no servers', [], 'ok', 200],
  ['every server is up', [up], 'ok', 200],
  ['all are tried for the first time', [first, first], 'starting', 503],
  ['one is up while others are tried', [up, first], 'ok', 200],
  ['one is down and one is tried for the first time', [down, first], 'starting', 503],
  ['all are down', [down], 'ok', 200],
  ['one was lost', [again], 'ok', 200],
  ['all wait for a person or are off', [person, off], 'ok', 200],
];

test.each(CASES)('[watch.health] when %s', (_what, servers, word, status) => {
  expect(healthOf(servers)).toBe(word);
  expect(healthStatus(healthOf(servers))).toBe(status);
});
