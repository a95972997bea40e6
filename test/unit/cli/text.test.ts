import { describe, expect, test } from 'vitest';
import { age, parseDuration, shortDuration, until } from '../../../src/cli/text/duration.ts';
import { liveBlock } from '../../../src/cli/text/live.ts';
import { bareUrl, commandWord, maskedArgs } from '../../../src/cli/text/mask.ts';
import { shellWord, shortPath } from '../../../src/cli/text/shell.ts';
import { styleOf } from '../../../src/cli/text/style.ts';
import { editDistance, nearest } from '../../../src/cli/text/suggest.ts';
import { tableLines } from '../../../src/cli/text/table.ts';
import { cutStart, cutTo, padTo, widthOf } from '../../../src/cli/text/width.ts';
import { definitions, wrap } from '../../../src/cli/text/wrap.ts';
import { wantsColor } from '../../../src/cli/io.ts';

describe('durations', () => {
  test.each([
    ['20s', 20_000],
    ['1m', 60_000],
    ['500ms', 500],
    ['1m30s', 90_000],
    ['1.5s', 1_500],
    ['2h', 7_200_000],
    ['0', 0],
    ['20', undefined],
    ['', undefined],
    ['5 s', undefined],
    ['-5s', undefined],
    ['s', undefined],
    ['1w', undefined],
  ])('"%s" is read as %s ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    [0, '0ms'],
    [850, '850ms'],
    [12_400, '12s'],
    [59_999, '59s'],
    [61_000, '1m'],
    [7_300_000, '2h'],
    [172_800_000, '2d'],
    [-5, '0ms'],
  ])('%d ms is told as %s', (ms, text) => {
    expect(shortDuration(ms)).toBe(text);
  });

  const NOW = Date.parse('2026-01-01T00:01:00Z');
  test('ages and waits are relative to now', () => {
    expect(age('2026-01-01T00:00:48Z', NOW)).toBe('12s');
    expect(age('2026-01-01T00:01:00Z', NOW)).toBe('now');
    expect(age(undefined, NOW)).toBe('–');
    expect(age('not a time', NOW)).toBe('–');
    expect(until('2026-01-01T00:01:03.200Z', NOW)).toBe('in 4s');
    expect(until('2026-01-01T00:00:59Z', NOW)).toBe('now');
  });
});

describe('widths', () => {
  test.each([
    ['plain', 5],
    ['', 0],
    ['日本', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['😀', 2],
    ['🇩🇪', 2],
    ['한글', 4],
    ['…–·', 3],
  ])('"%s" takes %d cells', (text, cells) => {
    expect(widthOf(text)).toBe(cells);
  });

  test('cutting never goes over the width and marks what is missing', () => {
    expect(cutTo('abcdef', 4)).toBe('abc…');
    expect(cutTo('日本語', 4)).toBe('日…');
    expect(cutTo('abc', 3)).toBe('abc');
    expect(cutTo('abc', 0)).toBe('');
    expect(cutStart('/home/me/file.json', 10)).toBe('…file.json');
    expect(padTo('日', 4)).toBe('日  ');
  });
});

describe('tables', () => {
  const columns = [
    { title: 'NAME', least: 4 },
    { title: 'STATE' },
    { title: 'EXTRA', drop: 1 },
    { title: 'WHERE', least: 5, keep: 'end' as const, drop: 2 },
  ];
  const rows = [
    ['日本', 'on', 'xxxxxx', '/a/b/c/file.json'],
    ['a-long-name', 'failed', 'x', 'here'],
  ];

  test('columns are as wide as their widest cell', () => {
    expect(tableLines(columns, rows)).toEqual([
      'NAME         STATE   EXTRA   WHERE',
      '日本         on      xxxxxx  /a/b/c/file.json',
      'a-long-name  failed  x       here',
    ]);
  });

  test('a narrow terminal cuts what may be cut before it leaves anything out', () => {
    const lines = tableLines(columns, rows, { columns: 32 });
    expect(lines[1]).toMatch(/…\S*json$/);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(32);
  });

  test.each([10, 14, 18, 20, 24, 30, 36, 80])(
    'no line of a table is wider than %d cells, down to its core',
    (width) => {
      const lines = tableLines(columns, rows, { columns: width });
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(Math.max(width, 12));
      expect(lines[2]).toContain('failed');
    },
  );

  test('colour is put on after measuring', () => {
    const painted = tableLines([{ title: 'A', paint: (text) => `<${text}>` }, { title: 'B' }], [['x', 'y']]);
    expect(painted).toEqual(['A  B', '<x>  y']);
  });
});

describe('texts for people', () => {
  test('paragraphs break between words', () => {
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
    expect(wrap('averyverylongword x', 5)).toEqual(['averyverylongword', 'x']);
  });

  test('definitions stand in two columns', () => {
    expect(
      definitions(
        [
          ['a', 'one two'],
          ['bbb', 'three'],
        ],
        40,
      ),
    ).toEqual(['  a    one two', '  bbb  three']);
  });

  test.each([
    ['plain', 'plain'],
    ['two words', "'two words'"],
    ["it's", String.raw`'it'\''s'`],
    ['$HOME', "'$HOME'"],
    ['', "''"],
  ])('the word %s is typed as %s', (word, typed) => {
    expect(shellWord(word)).toBe(typed);
  });

  test('paths are told from where the person stands', () => {
    const place = { home: '/home/me', cwd: '/home/me/app' };
    expect(shortPath('/home/me/app/.mcp.json', place)).toBe('.mcp.json');
    expect(shortPath('/home/me/.claude.json', place)).toBe('~/.claude.json');
    expect(shortPath('/home/meg/x', place)).toBe('/home/meg/x');
    expect(shortPath('/etc/x', { home: '/', cwd: '/' })).toBe('/etc/x');
  });
});

describe('[cli.nearest] suggestions', () => {
  test.each([
    ['abc', 'abc', 0],
    ['abc', 'acb', 1],
    ['abc', 'abd', 1],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
  ])('%s and %s are %d edits apart', (a, b, edits) => {
    expect(editDistance(a, b)).toBe(edits);
  });

  test('the nearest come first, and far ones not at all', () => {
    const names = ['notion', 'notes', 'linear', 'github'];
    expect(nearest('notoin', names)).toEqual(['notion']);
    expect(nearest('not', names)).toEqual(['notes', 'notion']);
    expect(nearest('NOTION', names)[0]).toBe('notion');
    expect(nearest('postgres', names)).toEqual([]);
  });
});

describe('[security.canaries] configuration is shown without what may be secret', () => {
  test.each([
    ['https://user:canary@host.example/mcp?key=canary#canary', 'https://host.example/mcp'],
    ['https://host.example/mcp', 'https://host.example/mcp'],
    ['https://${HOST}/mcp?k=${KEY}', 'https://${HOST}/mcp'],
    ['https://${HOST:-canary}/mcp', 'https://${HOST:-[hidden]}/mcp'],
    ['https://host.example/s/4fa93bc0d81e4fa93bc0d81e/mcp', 'https://host.example/s/[hidden]/mcp'],
    ['canary@host', 'canary@host'],
  ])('the url %s is shown as %s', (url, shown) => {
    expect(bareUrl(url)).toBe(shown);
  });

  test.each<[readonly string[], readonly string[]]>([
    [
      ['-y', '@modelcontextprotocol/server-everything', '/srv/data'],
      ['-y', '@modelcontextprotocol/server-everything', '/srv/data'],
    ],
    [
      ['--token', 'canary', '--port', '80'],
      ['--token', '[hidden]', '--port', '80'],
    ],
    [['--api-key=canary'], ['--api-key=[hidden]']],
    [['--api-key=${KEY}'], ['--api-key=${KEY}']],
    [['API_TOKEN=canary'], ['API_TOKEN=[hidden]']],
    [['postgres://me:canary@db/x'], ['postgres://db/x']],
    [['sk-canary'], ['[hidden]']],
    [['Authorization: Bearer canary'], ['[hidden]']],
    [['mcp-server-for-everything-v2'], ['mcp-server-for-everything-v2']],
  ])('the arguments %j are shown as %j', (args, shown) => {
    expect(maskedArgs(args)).toEqual(shown);
  });

  test('of a shell command only the first word is shown', () => {
    expect(commandWord('./token.sh --password canary')).toBe('./token.sh …');
    expect(commandWord('token')).toBe('token');
  });
});

describe('[cli.quiet-end] colour', () => {
  test.each([
    ['a terminal', { isTTY: true, env: {}, refused: false }, true],
    ['a pipe', { isTTY: false, env: {}, refused: false }, false],
    ['NO_COLOR', { isTTY: true, env: { NO_COLOR: '1' }, refused: false }, false],
    ['an empty NO_COLOR', { isTTY: true, env: { NO_COLOR: '' }, refused: false }, true],
    ['a dumb terminal', { isTTY: true, env: { TERM: 'dumb' }, refused: false }, false],
    ['--no-color', { isTTY: true, env: { FORCE_COLOR: '1' }, refused: true }, false],
    ['FORCE_COLOR in a pipe', { isTTY: false, env: { FORCE_COLOR: '1' }, refused: false }, true],
    ['NO_COLOR against FORCE_COLOR', { isTTY: true, env: { FORCE_COLOR: '1', NO_COLOR: '1' }, refused: false }, false],
    ['FORCE_COLOR=0', { isTTY: true, env: { FORCE_COLOR: '0' }, refused: false }, false],
  ])('%s', (_what, facts, colored) => {
    expect(wantsColor(facts)).toBe(colored);
    expect(styleOf({ color: wantsColor(facts) }).red('x') !== 'x').toBe(colored);
  });
});

describe('a block of lines that is written over', () => {
  const written: string[] = [];
  const io = { raw: (text: string) => void written.push(text), columns: 10, rows: 4 };
  const block = liveBlock(io as unknown as Parameters<typeof liveBlock>[0]);

  test('it fits the terminal, in width and height, and gives the cursor back', () => {
    block.draw(['0123456789abc', '\u001B[31mred and long\u001B[39m', 'three']);
    const first = written.join('');
    // A command stays whole, so that it can be copied; only the last row cuts.
    expect(first).toContain('0123456789abc');
    expect(first).toContain('\u001B[31mred and l…\u001B[39m');
    expect(first).not.toContain('three');
    expect(first).toContain('\u001B[?25l');
    block.draw(['next']);
    expect(written.at(-1)).toContain('\u001B[3A');
    block.end();
    expect(written.at(-1)).toBe('\u001B[?25h');
  });
});
