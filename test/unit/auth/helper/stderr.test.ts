/**
 * Stderr of a helper as it is shown.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { lastLines, Tail } from '../../../../src/auth/helper/stderr.ts';
import { Redactor } from '../../../../src/base/secret.ts';

const NOTHING = { redactor: new Redactor(), stdout: '', secrets: [] };

describe('stderr of a helper', () => {
  test('is shown by its last 20 lines, without blanks and control characters', () => {
    const text = Array.from({ length: 30 }, (_, i) => `line ${i}\u001B[31m\r\n\n`).join('');
    const lines = lastLines(text, NOTHING);
    expect(lines).toHaveLength(20);
    expect(lines[0]).toBe('line 10');
    expect(lines[19]).toBe('line 29');
  });

  test.each([
    'Authorization: Bearer CANARYCANARY',
    '> authorization: Basic CANARYCANARY',
    'sent "bearer CANARYCANARY"',
    'token=CANARYCANARY',
    '"access_token": "CANARYCANARY"',
    'X-Api-Key: CANARYCANARY',
    "password='CANARYCANARY'",
    'Cookie: CANARYCANARY',
  ])('[security.canaries] "%s" is shown without what stands behind the name', (line) => {
    const [shown] = lastLines(line, NOTHING);
    expect(shown).toContain('[secret]');
    expect(shown).not.toContain('CANARY');
  });

  test('[security.canaries] words of stdout, secrets of the environment and registered secrets are masked', () => {
    const redactor = new Redactor();
    redactor.add('REGISTERED');
    const shown = lastLines('+ echo FROM-STDOUT\nENVIRON-1 REGISTERED plain', {
      redactor,
      stdout: '{"A": "x FROM-STDOUT"',
      secrets: ['ENVIRON-1'],
    });
    expect(shown).toEqual(['+ echo [secret]', '[secret] [secret] plain']);
  });

  test('that never ends is kept from a whole line on, within bounds', () => {
    const tail = new Tail();
    for (let i = 0; i < 20_000; i += 1) tail.push(Buffer.from(`number ${i}\n`));
    expect(tail.text.length).toBeLessThan(40_000);
    expect(tail.text).toMatch(/^number \d+\n/);
    expect(tail.text.endsWith('number 19999\n')).toBe(true);
  });

  test('that is one endless line shows nothing of it once it had to be cut', () => {
    const tail = new Tail();
    for (let i = 0; i < 100; i += 1) tail.push(Buffer.alloc(1_000, 'x'));
    expect(tail.text).toBe('');
  });

  test('cut inside a character keeps the character', () => {
    const tail = new Tail();
    const bytes = Buffer.from('grün');
    tail.push(bytes.subarray(0, 3));
    tail.push(bytes.subarray(3));
    expect(tail.text).toBe('grün');
  });
});
