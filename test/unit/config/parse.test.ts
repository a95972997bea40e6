import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { locate } from '../../../src/config/locate.ts';
import { parseFile } from '../../../src/config/parse.ts';
import type { RawContainer } from '../../../src/config/parse.ts';

const ask = { container: ['mcpServers'], strangers: ['servers'] };
const containerOf = (text: string, container: readonly string[] = ask.container): RawContainer => {
  const parsed = parseFile(text, [{ ...ask, container }]);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.containers[0] as RawContainer;
};
const problemOf = (text: string): string | undefined => {
  const parsed = parseFile(text, [ask]);
  return parsed.ok ? parsed.containers[0]?.problem : parsed.problem;
};

const PLAIN = `{
  "history": ["a \\" } ] , { [", {"mcpServers": {"decoy": {}}}],
  "mcpServers": {
    "one": { "url": "http://a" },
    "t.w-o": {
      "headers": {
        "X": 5
      }
    }
  }
}
`;
const COMMENTED = PLAIN.replace('"one"', '/* { */ "one"')
  .replace('},\n    "t', '}, // }\n    "t')
  .replace('5\n', '5,\n');

describe.each([
  ['plain JSON', PLAIN],
  ['comments and trailing commas', COMMENTED],
  ['a byte order mark', `\uFEFF${PLAIN}`],
  ['lines that end with CR LF', PLAIN.replaceAll('\n', '\r\n')],
])('[config.files] a file with %s', (_what, text) => {
  test('gives its entries, each with line, JSON path and the lines of its fields', () => {
    const { entries } = containerOf(text);
    expect(entries.map(({ name, line, pointer }) => [name, line, pointer])).toEqual([
      ['one', 4, 'mcpServers.one'],
      ['t.w-o', 5, 'mcpServers["t.w-o"]'],
    ]);
    expect(entries[0]?.value).toEqual({ url: 'http://a' });
    expect([['headers', 'X'], ['headers'], ['nothing'], []].map((field) => entries[1]?.lineOf(field))).toEqual([
      7, 6, 5, 5,
    ]);
  });
});

test('[config.files] the entries of one project stand under its path', () => {
  const text = JSON.stringify({
    projects: { '/home/a b': { mcpServers: { x: {} } }, '/other': { mcpServers: { y: {} } } },
  });
  const { entries } = containerOf(text, ['projects', '/home/a b', 'mcpServers']);
  expect(entries.map(({ pointer }) => pointer)).toEqual(['projects["/home/a b"].mcpServers.x']);
});

describe('[config.bad-entry-alone] what is odd is told', () => {
  test.each([PLAIN, COMMENTED])('entries and fields that stand twice', (base) => {
    const text = base.replace(
      '"one": {',
      '"t.w-o": {"a": 1},\n    "one": { "url": "old", "env": {"Q": "1", "Q": "2"},',
    );
    const { entries, replaced } = containerOf(text);
    expect(entries.map(({ name, repeated }) => [name, repeated])).toEqual([
      ['t.w-o', []],
      ['one', ['env.Q', 'url']],
    ]);
    expect(replaced.map(({ entry, by }) => [entry.name, entry.line, by.line])).toEqual([['t.w-o', 4, 6]]);
  });

  test.each([
    ['{"mcpServers": {"a": {}}, "mcpServers": {"b": {}}}', ['b']],
    ['{"mcpServers": {"a": {}}, // twice\n "mcpServers": {"b": {}}}', ['b']],
  ])('an object of entries that stands twice: %s', (text, names) => {
    const { entries, notes } = containerOf(text);
    expect(entries.map(({ name }) => name)).toEqual(names);
    expect(notes).toEqual(['mcpServers stands 2 times; the last one counts']);
  });

  test.each([
    [
      'the key of VS Code',
      '{\n"servers": {"a": {}}}',
      '2: "servers" is how VS Code writes it; rename the key to "mcpServers"',
    ],
    ['entries that are no object', '{"mcpServers": []}', '1: mcpServers must be an object'],
    ['an empty file', '', '1:1: the file is empty'],
    ['white space', ' \n', '1:1: the file is empty'],
    ['another kind of JSON', '[1]', '1:1: the file must hold one JSON object'],
    ['a file cut off', '{\n  "mcpServers": {\n    "a": {"url": "ht', '3:18: a string does not end'],
    ['a file cut off between', '{\n  "mcpServers": {\n', '3:1: the closing } is missing'],
    ['a missing comma', '{"a": 1\n"b": 2}', '2:1: a comma is expected'],
    ['a binary file', '{"a\0\0"', '1:4: this is not UTF-8 text'],
    ['a picture', '\uFFFDPNG\r\n', '1:1: this is not UTF-8 text'],
    ['two files in one', '{} {}', '1:4: there is text after the end'],
    ['too deep a file', `{"mcpServers": ${'['.repeat(200_000)}`, '1:1: the file is nested too deeply'],
  ])('%s', (_what, text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });

  test('a file without entries is no problem', () => {
    expect([problemOf('{}'), problemOf('{"servers": 5}'), containerOf('{}').entries]).toEqual([
      undefined,
      undefined,
      [],
    ]);
  });
});

test('[config.files] finding a value in plain JSON finds what JSON.parse finds', () => {
  const key = fc.constantFrom('a', 'b', '"', '\\', '{}', ' ');
  fc.assert(
    fc.property(
      fc.dictionary(key, fc.jsonValue({ maxDepth: 4 })),
      fc.array(key, { maxLength: 3 }),
      fc.constantFrom(0, 2, '\t'),
      (value, keys, space) => {
        const text = JSON.stringify(value, null, space);
        const found = locate(text, keys);
        const wanted = keys.reduce<unknown>(
          (at, one) =>
            typeof at === 'object' && at !== null && !Array.isArray(at) && Object.hasOwn(at, one)
              ? (at as Record<string, unknown>)[one]
              : undefined,
          JSON.parse(text),
        );
        expect(found === undefined ? undefined : JSON.parse(text.slice(found.start, found.end))).toEqual(wanted);
      },
    ),
    { numRuns: 500 },
  );
});
