import { describe, expect, test } from 'vitest';
import { expand, foreignForms, namesOf } from '../../../src/config/variables.ts';

const VALUES = { A: 'one', B: 'two', EMPTY: '', LOOP: '${A}' };

describe('[config.variables] a text', () => {
  test.each([
    ['plain', 'plain'],
    ['${A}', 'one'],
    ['x-${A}/${B}-y', 'x-one/two-y'],
    ['${NONE:-default}', 'default'],
    ['${A:-default}', 'one'],
    ['${EMPTY}', ''],
    ['${EMPTY:-default}', 'default'],
    ['${NONE:-}', ''],
    ['${NONE:-http://h:1/p?q=}', 'http://h:1/p?q='],
    ['${NONE:-${B}}', 'two'],
    ['${NONE:-${NEITHER:-x}y}z', 'xyz'],
    ['$A and $ and ${', '$A and $ and ${'],
    ['${env:A} ${input:key} ${1A} ${A-b}', '${env:A} ${input:key} ${1A} ${A-b}'],
    ['${LOOP}', '${A}'],
    ['${NONE:-open ${A}', '${NONE:-open one'],
    ['}{${A}}{', '}{one}{'],
  ])('%s becomes %s', (text, expected) => {
    expect(expand(text, VALUES)).toMatchObject({ ok: true, text: expected });
  });

  test.each([
    ['${NONE}', 'NONE'],
    ['${A} ${NONE} ${OTHER}', 'NONE'],
    ['${NONE:-${OTHER}}', 'OTHER'],
    ['${toString}', 'toString'],
    ['${__proto__}', '__proto__'],
  ])('%s lacks %s', (text, missing) => {
    expect(expand(text, VALUES)).toEqual({ ok: false, missing });
  });

  test('tells the names it may read, those with a default too, and those inside defaults', () => {
    expect(namesOf('${A} ${B:-${C:-x}} $D ${env:E}')).toEqual(['A', 'B', 'C']);
  });

  test('tells forms of other programs, which stay as they are', () => {
    expect(foreignForms('Bearer ${env:TOKEN} ${input:id} ${A}')).toEqual(['${env:TOKEN}', '${input:id}']);
  });

  test('of hostile depth or length is read in time, without a failure', () => {
    const deep = '${A:-'.repeat(50_000);
    const began = performance.now();
    expect(expand(deep, {})).toMatchObject({ ok: true });
    expect(expand(`${'${A:-'.repeat(5_000)}${'}'.repeat(5_000)}`, {})).toMatchObject({ ok: true });
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
