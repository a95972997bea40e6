import * as fc from 'fast-check';
import { getNodeValue, parseTree } from 'jsonc-parser';
import { describe, expect, test } from 'vitest';
import { editJson } from '../../../src/config/json-edit.ts';
import type { JsonChange } from '../../../src/config/json-edit.ts';

const put = (text: string, ...keysAndValue: readonly unknown[]): string =>
  editJson(text, [{ keys: keysAndValue.slice(0, -1) as string[], value: keysAndValue.at(-1) }]);
const valueOf = (text: string): unknown => {
  const errors: never[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  expect(errors).toEqual([]);
  return tree === undefined ? undefined : JSON.parse(JSON.stringify(getNodeValue(tree)));
};

describe('[config.edit-in-place] an added member', () => {
  test.each([
    ['an empty object', '{}', '{\n  "s": {\n    "b": 2\n  }\n}'],
    [
      'an object on lines of its own',
      '{\n  "s": {\n    "a": 1\n  }\n}\n',
      '{\n  "s": {\n    "a": 1,\n    "b": 2\n  }\n}\n',
    ],
    [
      'a line with a comment that stays with its line',
      '{\n  "s": {\n    "a": 1 // about a\n    // the end\n  }\n}\n',
      '{\n  "s": {\n    "a": 1, // about a\n    "b": 2\n    // the end\n  }\n}\n',
    ],
    [
      'a trailing comma, which is gone on with',
      '{\n  "s": {\n    "a": 1, // about a\n  },\n}\n',
      '{\n  "s": {\n    "a": 1, // about a\n    "b": 2,\n  },\n}\n',
    ],
    ['tabs', '{\n\t"s": {\n\t\t"a": 1\n\t}\n}', '{\n\t"s": {\n\t\t"a": 1,\n\t\t"b": 2\n\t}\n}'],
    [
      'four blanks',
      '{\n    "s": {\n        "a": 1\n    }\n}',
      '{\n    "s": {\n        "a": 1,\n        "b": 2\n    }\n}',
    ],
    [
      'lines that end with CR LF',
      '{\r\n  "s": {\r\n    "a": 1\r\n  }\r\n}',
      '{\r\n  "s": {\r\n    "a": 1,\r\n    "b": 2\r\n  }\r\n}',
    ],
    ['an object on one line', '{"s":{"a":1}}', '{"s":{"a":1,"b":2}}'],
    [
      'an object with only a comment',
      '{\n  "s": {\n    // none yet\n  }\n}',
      '{\n  "s": {\n    // none yet\n    "b": 2\n  }\n}',
    ],
  ])('keeps %s', (_what, before, after) => {
    expect(put(before, 's', 'b', 2)).toBe(after);
  });

  test('makes the objects above it that are missing', () => {
    expect(valueOf(put('{"z":0}', 'projects', '/a b', 'mcpServers', 'n', { url: 'u' }))).toEqual({
      z: 0,
      projects: { '/a b': { mcpServers: { n: { url: 'u' } } } },
    });
  });

  test('may have the strangest name', () => {
    expect(valueOf(put('{}', '__proto__', 'constructor', 1))).toEqual(JSON.parse('{"__proto__":{"constructor":1}}'));
  });
});

describe('[config.edit-in-place] a changed or removed member', () => {
  const text =
    '{\n  // first\n  "a": 1, // about a\n  /* second */ "b": {"c": [1, 2]}, // about b\n  "d": 4 // last\n}\n';

  test('leaves every other character where it was', () => {
    expect(put(text, 'a', 7)).toBe(text.replace('"a": 1', '"a": 7'));
    expect(put(text, 'd', 'x')).toBe(text.replace('"d": 4', '"d": "x"'));
  });

  test('takes no comment and no other member with it', () => {
    for (const [key, rest] of [
      ['a', { b: { c: [1, 2] }, d: 4 }],
      ['b', { a: 1, d: 4 }],
      ['d', { a: 1, b: { c: [1, 2] } }],
    ] as const) {
      const after = editJson(text, [{ keys: [key], value: undefined }]);
      expect(valueOf(after)).toEqual(rest);
      for (const comment of ['// first', '// about a', '/* second */', '// about b', '// last'])
        expect(after).toContain(comment);
    }
  });

  test('goes from a list that ends with a comma, which goes on ending with one', () => {
    const list = '{\n  "a": 1,\n  "b": 2,\n}\n';
    expect(editJson(list, [{ keys: ['b'], value: undefined }])).toBe('{\n  "a": 1,\n}\n');
  });

  test('that is not there to be removed changes nothing', () => {
    expect(editJson(text, [{ keys: ['x', 'y'], value: undefined }])).toBe(text);
  });
});

// Texts with comments everywhere, of objects that hold numbers and objects.
interface Shape {
  readonly [key: string]: number | Shape;
}
const keys = fc.constantFrom('a', 'b', 'c', 'd "e"', '/p/q');
const shape: fc.Arbitrary<Shape> = fc.letrec<{ object: Shape }>((tie) => ({
  object: fc.dictionary(keys, fc.oneof({ maxDepth: 3 }, fc.nat(9), tie('object')), { maxKeys: 4 }),
})).object;

function write(value: number | Shape, next: () => number): string {
  const space = (): string => ['', ' ', '\n  ', ` /* c${next()} */ `, ` // c${next()}\n`][next() % 5] ?? '';
  if (typeof value === 'number') return String(value);
  const members = Object.entries(value).map(
    ([key, inner]) => `${space()}${JSON.stringify(key)}${space()}:${space()}${write(inner, next)}${space()}`,
  );
  return `{${members.join(',')}${members.length > 0 && next() % 2 === 0 ? ',' : ''}${space()}}`;
}

test('[config.edit-in-place] whatever the text, an edit says what was meant and an added member loses no comment', () => {
  let edits = 0;
  const change = fc.record({
    keys: fc.array(keys, { minLength: 1, maxLength: 3 }),
    value: fc.option(fc.nat(99), { nil: undefined }),
  });
  fc.assert(
    fc.property(
      shape,
      fc.array(change, { maxLength: 4 }),
      fc.infiniteStream(fc.nat(10_000)),
      (value, changes, stream) => {
        let counter = 0;
        const text = write(value, () => ((stream.next().value ?? 0) % 5) + 5 * (counter += 1));
        const isPossible = ({ keys: path }: JsonChange, now: unknown): boolean =>
          path
            .slice(0, -1)
            .reduce<unknown>((at, key) => (typeof at === 'object' ? (at as Shape | undefined)?.[key] : at), now) ===
            undefined ||
          typeof path.slice(0, -1).reduce<unknown>((at, key) => (at as Shape | undefined)?.[key], now) === 'object';
        let current = text;
        for (const one of changes) {
          const now = valueOf(current);
          if (!isPossible(one, now)) continue;
          const isNew =
            one.value !== undefined &&
            one.keys.reduce<unknown>((at, key) => (at as Shape | undefined)?.[key], now) === undefined;
          const next = editJson(current, [one]);
          edits += 1;
          const comments = current.match(/c\d+/g) ?? [];
          if (isNew) expect(next.match(/c\d+/g) ?? []).toEqual(comments);
          current = next;
        }
      },
    ),
    { numRuns: 400, seed: 20 },
  );
  expect(edits).toBeGreaterThan(400);
});
