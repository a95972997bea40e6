/**
 * Text of servers cannot steer a terminal.
 *
 * @module
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safeLine, safeText } from '../../../src/base/safe-text.ts';

describe('[security.safe-text] text', () => {
  test.each([
    ['colours', '\u001B[31mred\u001B[0m', 'red'],
    ['cursor moves', 'a\u001B[2J\u001B[Hb', 'ab'],
    ['titles', '\u001B]0;owned\u0007x', 'x'],
    ['links', '\u001B]8;;https://evil.example\u001B\\click\u001B]8;;\u001B\\', 'click'],
    ['8-bit sequences', '\u009B31mred', 'red'],
    ['a lone escape', 'a\u001B', 'a'],
    ['bells and backspaces', 'a\u0007\u0008b', 'ab'],
    ['a carriage return', 'good\rbad', 'goodbad'],
    ['reversed direction', 'a\u202Egnp.exe', 'agnp.exe'],
    ['invisible characters', 'a\u200Bb\uFEFFc', 'abc'],
  ])('loses %s', (_what, text, clean) => {
    expect(safeText(text)).toBe(clean);
  });

  test('keeps line breaks, tabs and every language', () => {
    const text = 'één\n\ttwee 三 🚀';
    expect(safeText(text)).toBe(text);
  });

  test('is cut at its limit', () => {
    expect(safeText('x'.repeat(50), 10)).toBe(`${'x'.repeat(9)}…`);
    expect(safeText('x'.repeat(10), 10)).toBe('x'.repeat(10));
  });

  test('never holds a control character, whatever came', () => {
    const dirty = fc.array(fc.constantFrom('\u001B', '[', ']', '0', ';', 'm', '\u0007', '\u009B', '\u202E', 'é', '\r'));
    fc.assert(
      fc.property(dirty, (parts) => {
        expect(safeText(parts.join(''))).not.toMatch(/[\p{Cc}\u202A-\u202E]/u);
      }),
    );
  });

  test('stands on one line where one line is wanted', () => {
    expect(safeLine('  a\n\n b\t\tc ')).toBe('a b c');
  });
});
