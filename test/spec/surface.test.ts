/**
 * The public names are exactly these, and every export of the library is documented.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit.ts';
import { ACTIONS } from '../../src/core/actions.ts';
import { EVENT_NAMES } from '../../src/core/events.ts';
import { NUMBERS } from '../../src/core/numbers.ts';
import { REASONS } from '../../src/core/reasons.ts';
import { STATUSES } from '../../src/core/words.ts';
import * as library from '../../src/index.ts';
import * as testing from '../../src/testing/index.ts';
import { documentationOf, exportsOf } from '../support/public-names.ts';
import { textOf } from '../support/source-scan.ts';
import * as pinned from './surface.ts';

const INDEXES = ['src/index.ts', 'src/testing/index.ts'];
const namesOf = (index: string, type: boolean): readonly string[] =>
  exportsOf(index)
    .filter((exported) => exported.type === type)
    .map(({ name }) => name)
    .toSorted();

describe('[house.surface] the public names', () => {
  test('of holdfast are these', () => {
    expect(Object.keys(library).toSorted()).toEqual(pinned.LIBRARY_VALUES);
    expect(namesOf('src/index.ts', false)).toEqual(pinned.LIBRARY_VALUES);
    expect(namesOf('src/index.ts', true)).toEqual(pinned.LIBRARY_TYPES);
  });

  test('of holdfast/testing are these', () => {
    expect(Object.keys(testing).toSorted()).toEqual(pinned.TESTING_VALUES);
    expect(namesOf('src/testing/index.ts', false)).toEqual(pinned.TESTING_VALUES);
    expect(namesOf('src/testing/index.ts', true)).toEqual(pinned.TESTING_TYPES);
  });

  test('[events.names] of events, statuses, reasons, actions, errors, numbers and exit codes are these', () => {
    expect(EVENT_NAMES).toEqual(pinned.EVENTS);
    expect(STATUSES.toSorted()).toEqual(pinned.STATUS_WORDS);
    expect(Object.keys(REASONS)).toEqual(pinned.REASON_IDS);
    expect(Object.keys(ACTIONS)).toEqual(pinned.ACTION_IDS);
    expect([...textOf('src/base/errors.ts').matchAll(/\| '(ERR_\w+)'/g)].map((match) => match[1])).toEqual(
      pinned.ERROR_CODES,
    );
    expect(Object.fromEntries(Object.entries(NUMBERS).map(([id, { env }]) => [id, env]))).toEqual(pinned.NUMBER_ENV);
  });

  test('[cli.exit-codes] each exit code has one meaning', () => {
    expect(EXIT).toEqual(pinned.EXIT_CODES);
    expect(new Set(Object.values(EXIT)).size).toBe(Object.keys(EXIT).length);
  });
});

describe('[house.documented] the exports of the library', () => {
  const all = INDEXES.flatMap(exportsOf);

  test('are seen', () => {
    expect(all.length).toBeGreaterThan(50);
  });

  test.each(all)('$name says what it is for', (exported) => {
    expect(
      documentationOf(exported)
        .replaceAll(/[\s*]+/g, ' ')
        .trim().length,
    ).toBeGreaterThan(15);
  });
});
