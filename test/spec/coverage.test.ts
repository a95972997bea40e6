/**
 * Every requirement is cited by a test, every citation names a requirement, and no test is skipped.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { bareCode, filesUnder, stringsOf, textOf } from '../support/source-scan.ts';
import { REQUIREMENTS } from './requirements.ts';

const ID = /^[a-z][a-z0-9]*\.[a-z0-9][a-z0-9-]*$/;
const CITED = /\[([a-z][a-z0-9]*\.[a-z0-9][a-z0-9-]*)\]/g;

const files = filesUnder('test').filter((file) => !file.startsWith('test/spec/requirements/'));
const strings = files.flatMap((file) => stringsOf(textOf(file)));
const known = new Set(REQUIREMENTS.map(({ id }) => id));

/** Ids in square brackets within titles, and ids that stand alone as a cell of a table of cases. */
const bracketed = new Set(strings.flatMap((text) => [...text.matchAll(CITED)].map((match) => match[1] ?? '')));
const cells = new Set(strings.filter((text) => ID.test(text)));

describe('the requirements', () => {
  test('are there, each once, with a source and a sentence', () => {
    expect(REQUIREMENTS.length).toBeGreaterThan(50);
    expect(known.size).toBe(REQUIREMENTS.length);
    for (const { id, source, behaviour } of REQUIREMENTS) {
      expect(id).toMatch(ID);
      expect(source).not.toBe('');
      expect(behaviour).toMatch(/^[\w$-].*\.$/);
    }
  });

  test('are all cited', () => {
    const uncited = [...known].filter((id) => !bracketed.has(id) && !cells.has(id));
    expect(uncited).toEqual([]);
  });

  test('are the only ones cited', () => {
    expect(bracketed.size).toBeGreaterThan(50);
    expect([...bracketed].filter((id) => !known.has(id))).toEqual([]);
  });
});

test('no test is skipped, left for later or run alone', () => {
  const tests = filesUnder('test', '.test.ts');
  expect(tests.length).toBeGreaterThan(5);
  const bad = tests.filter((file) => /\b(?:test|it|describe)\.(?:skip|only|todo|fails)\b/.test(bareCode(textOf(file))));
  expect(bad).toEqual([]);
});
