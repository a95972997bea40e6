/**
 * Secrets do not print, and known ones are removed from any text.
 *
 * @module
 */
import { format, inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Redactor, Secret } from '../../../src/base/secret.ts';

const CANARY = 'canary-7f3a91d2';

describe('[security.secret-type] a secret', () => {
  const secret = new Secret(CANARY);

  test.each([
    ['as a string', () => String(secret)],
    ['in a template', () => ['', secret].join('')],
    ['as JSON', () => JSON.stringify({ secret, list: [secret] })],
    ['inspected', () => inspect({ deep: { secret } }, { depth: 9, showHidden: true })],
    ['formatted', () => format('%s %o %j %O', secret, secret, secret, secret)],
    ['by its keys', () => JSON.stringify([Object.entries(secret), Reflect.ownKeys(secret)])],
    ['copied', () => JSON.stringify(Object.assign({}, secret))],
  ])('does not show %s', (_how, show) => {
    expect(show()).not.toContain(CANARY);
  });

  test('is revealed only on purpose', () => {
    expect(secret.reveal()).toBe(CANARY);
  });
});

describe('[security.canaries] the redactor', () => {
  const redactorOf = (...values: readonly string[]): Redactor => {
    const redactor = new Redactor();
    redactor.add(...values);
    return redactor;
  };

  test.each([
    ['as it is', CANARY, `token ${CANARY}!`],
    ['encoded for a url', 'a b/c+d=e', 'https://x.example/?t=a%20b%2Fc%2Bd%3De'],
    ['in base64', CANARY, Buffer.from(CANARY).toString('base64')],
    ['inside JSON', 'quo"ted\\secret', JSON.stringify({ t: 'quo"ted\\secret' })],
    ['without its scheme', `Bearer ${CANARY}`, `the token ${CANARY} was refused`],
    ['with characters of a pattern', 'a.b*c(d)[e]', 'x a.b*c(d)[e] y'],
  ])('removes a secret %s', (_how, secret, text) => {
    const clean = redactorOf(secret).redact(text);
    expect(clean).toContain('[secret]');
    expect(clean).not.toContain(CANARY);
    expect(clean).not.toContain(secret);
  });

  test('removes the longest first, so that no tail stays', () => {
    expect(redactorOf('abcdef', 'abcdefghij').redact('abcdefghij')).toBe('[secret]');
  });

  test('leaves short values alone: they would blank out words', () => {
    expect(redactorOf('on', '').redact('on and on')).toBe('on and on');
  });

  test('hears of values that come later', () => {
    const redactor = redactorOf('first-secret');
    redactor.redact('x');
    redactor.add(new Secret('second-secret'), undefined);
    expect(redactor.redact('first-secret second-secret')).toBe('[secret] [secret]');
  });

  test('takes half characters and long values as they come', () => {
    expect(redactorOf('half \uD800 pair').redact('a half \uD800 pair')).toBe('a [secret]');
    const long = '\u0000'.repeat(100_000);
    expect(redactorOf(long).redact(`a ${long} b`)).toBe('a [secret] b');
  });

  test('stays quick however many tokens came and went', () => {
    const redactor = redactorOf();
    const tokens = Array.from({ length: 5_000 }, (_, i) => `eyJ0eXAi${i}.${'x'.repeat(1_000)}`);
    const start = performance.now();
    for (const token of tokens) {
      redactor.add(`Bearer ${token}`);
      expect(redactor.redact(`sent ${token} today`)).toBe('sent [secret] today');
    }
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test('forgets the oldest of very many, but not what is registered again and again', () => {
    const redactor = redactorOf('oldest-secret', 'static-secret');
    for (let i = 0; i < 12_000; i += 1) redactor.add(`rotating-${i}`, 'static-secret');
    expect(redactor.redact('oldest-secret static-secret rotating-11999')).toBe('oldest-secret [secret] [secret]');
  });

  test('forgets the oldest of very long ones too: a server that makes long tokens fills no memory', () => {
    const redactor = redactorOf('oldest-secret', 'static-secret');
    const long = (n: number): string => `${n}-${'x'.repeat(65_000)}`;
    for (let n = 0; n < 400; n += 1) redactor.add(long(n), 'static-secret');
    expect(redactor.redact(`oldest-secret static-secret ${long(399)}`)).toBe('oldest-secret [secret] [secret]');
  });

  test('leaves no registered value in any text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 8 }), { maxLength: 5 }), fc.string(), (secrets, text) => {
        const redactor = redactorOf(...secrets);
        const clean = redactor.redact([text, ...secrets].join(' | '));
        for (const secret of secrets) expect(clean.replaceAll('[secret]', '')).not.toContain(secret);
      }),
    );
  });
});
