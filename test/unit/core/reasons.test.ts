/**
 * The registry of reasons: ids and words are stable, and every row helps a person.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { REASONS, reasonAnchor, reasonOf } from '../../../src/core/reasons.ts';
import type { ReasonId } from '../../../src/core/reasons.ts';
import { STATUSES } from '../../../src/core/words.ts';
import type { Status } from '../../../src/core/words.ts';

const idsOf = (status: Status): readonly string[] =>
  Object.entries(REASONS)
    .filter(([, reason]) => reason.status === status)
    .map(([id]) => id)
    .toSorted();

describe('the reasons', () => {
  test('[status.five-words] belong to five statuses', () => {
    expect(STATUSES.toSorted()).toEqual(['connected', 'disabled', 'failed', 'needs-auth', 'pending']);
    expect(Object.keys(REASONS)).toHaveLength(STATUSES.flatMap(idsOf).length);
  });

  test.each(Object.keys(REASONS) as ReasonId[])('[status.reason-row] %s has a sentence and a remedy', (id) => {
    const { sentence, remedy, next } = reasonOf(id);
    expect(sentence).toMatch(/^[A-Z][^\n]*\.$/);
    expect(remedy).toMatch(/^[A-Z][^\n]*\.$/);
    expect(next.length).toBeGreaterThan(0);
    expect(id).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(reasonAnchor(id)).toBe(`docs/reference/reasons.md#${id}`);
  });

  const tried = ['refused', 'reset', 'timeout', 'dns', 'proxy', 'http-5xx', 'http-429', 'exited'];

  test('[status.reason-row] the causes that can pass are these, and no others', () => {
    const transient = Object.entries(REASONS).filter(([, reason]) => reason.persistence === 'transient');
    expect(transient.map(([id]) => id).toSorted()).toEqual(
      [...tried, 'helper-failed', 'helper-timeout', 'refresh-failed', 'crash-loop'].toSorted(),
    );
  });

  test('[status.reason-row] what needs authentication is told apart', () => {
    expect(idsOf('needs-auth')).toEqual([
      'client-registration-refused',
      'credentials-rejected',
      'credentials-required',
      'forbidden',
      'sign-in-expired',
      'sign-in-required',
      'step-up-required',
    ]);
  });
});
