import { describe, expect, test } from 'vitest';
import { HiddenLine } from '../../../src/cli/text/hidden-line.ts';

const typed = (...chunks: readonly string[]): ReturnType<HiddenLine['feed']> => {
  const line = new HiddenLine();
  let end: ReturnType<HiddenLine['feed']>;
  for (const chunk of chunks) end ??= line.feed(chunk);
  return end;
};

describe('[login.paste] a line that is not shown', () => {
  test.each([
    ['keys and Enter', ['a', 'b', '\r'], 'ab'],
    ['a paste with a line break', ['https://x/?a=1&b=2\n'], 'https://x/?a=1&b=2'],
    ['a bracketed paste', ['\u001B[200~ab', 'c\u001B[201~', '\r'], 'abc'],
    ['marks in two pieces', ['\u001B', '[20', '0~a', '\u001B[2', '01~\r'], 'a'],
    ['backspace', ['abc\u007F\u007Fd\b\r'], 'a'],
    ['a line begun anew', ['wrong\u0015right\r'], 'right'],
    ['arrows and function keys', ['a\u001B[D\u001BOPb\u001B[1;5C\r'], 'ab'],
    ['Ctrl-D in the middle', ['a\u0004b\r'], 'ab'],
    ['other control keys and tabs', ['a\u0001\t\u0000b\r'], 'ab'],
    ['nothing', ['\r'], ''],
  ])('%s', (_what, chunks, text) => {
    expect(typed(...chunks)).toEqual({ kind: 'line', text });
  });

  test.each([
    ['Ctrl-C', 'abc\u0003', 'interrupted'],
    ['Ctrl-D on an empty line', '\u0004', 'ended'],
  ])('%s ends it', (_what, keys, kind) => {
    expect(typed(keys)).toEqual({ kind });
  });

  test('is counted, and bounded', () => {
    const line = new HiddenLine();
    expect(line.feed('x'.repeat(100_000))).toBeUndefined();
    expect(line.length).toBe(32_768);
  });
});
