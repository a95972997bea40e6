/**
 * Errors cross borders as data, and system errors are known by their code.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { HoldfastError, errnoOf, messageOf } from '../../../src/base/errors.ts';

const system = (code: string, extras: ErrorOptions = {}): Error => Object.assign(new Error(code, extras), { code });

describe('an error', () => {
  test('crosses a border with code, sentence, hint and facts', () => {
    const cause = new Error('below');
    const error = new HoldfastError('ERR_USAGE', 'no such verb', {
      hint: 'Run help.',
      cause,
      data: { nearest: ['list'] },
    });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'ERR_USAGE',
      message: 'no such verb',
      hint: 'Run help.',
      data: { nearest: ['list'] },
    });
    expect(error.cause).toBe(cause);
    expect(error).toBeInstanceOf(Error);
  });

  test('leaves out what it does not have', () => {
    expect(new HoldfastError('ERR_CLOSED', 'closed').toJSON()).toEqual({ code: 'ERR_CLOSED', message: 'closed' });
    expect('cause' in new HoldfastError('ERR_CLOSED', 'closed')).toBe(false);
  });

  test('of any kind has a sentence', () => {
    expect(messageOf(new Error('a'))).toBe('a');
    expect(messageOf('b')).toBe('b');
    expect(messageOf(undefined)).toBe('undefined');
  });
});

describe('the code of a system error', () => {
  test.each([
    ['its own', system('ECONNREFUSED'), 'ECONNREFUSED'],
    ['that of its cause', new TypeError('fetch failed', { cause: system('UND_ERR_SOCKET') }), 'UND_ERR_SOCKET'],
    ['the first of many tries', new AggregateError([system('ETIMEDOUT'), system('ECONNREFUSED')], 'all'), 'ETIMEDOUT'],
    ['of a certificate', system('CERT_HAS_EXPIRED'), 'CERT_HAS_EXPIRED'],
    ['none of an ordinary error', new Error('x'), undefined],
    ['none of a number', Object.assign(new Error('x'), { code: 7 }), undefined],
    ['none of a string', 'ECONNREFUSED', undefined],
    [
      'HPE_INVALID of bytes that are no HTTP',
      new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { name: 'HTTPParserError' }) }),
      'HPE_INVALID',
    ],
  ])('is %s', (_what, error, code) => {
    expect(errnoOf(error)).toBe(code);
  });

  test('is looked for without end only so far', () => {
    const loop = new Error('loop');
    loop.cause = loop;
    expect(errnoOf(loop)).toBeUndefined();
  });
});
