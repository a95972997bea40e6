/**
 * Tokens out of what servers send.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { tokenSetOf } from '../../../../src/auth/token/token-set.ts';

const NOW = 1_000_000;
const read = (more: Record<string, unknown>) => tokenSetOf({ access_token: 'at-1', ...more }, NOW);

describe('[token.tokens] tokens', () => {
  test('are read with everything that is said', () => {
    const tokens = read({ token_type: 'Bearer', refresh_token: 'rt-1', expires_in: 3_600, scope: 'a b' });
    expect(tokens).toMatchObject({
      tokenType: 'bearer',
      obtainedAt: NOW,
      expiresAt: NOW + 3_600_000,
      scopes: ['a', 'b'],
    });
    expect(tokens?.accessToken.reveal()).toBe('at-1');
    expect(tokens?.refreshToken?.reveal()).toBe('rt-1');
  });

  test('have no end, no scopes and no refresh token where nothing is said', () => {
    expect(Object.keys(read({}) ?? {})).toEqual(['accessToken', 'tokenType', 'obtainedAt']);
  });

  test.each([
    [3600, 3_600_000],
    ['3600', 3_600_000],
    [' 60 ', 60_000],
    [59.9, 59_000],
    ['59.9', 59_000],
    [1e300, 100 * 366 * 86_400_000],
  ])('live %j seconds', (expires_in, ms) => {
    expect(read({ expires_in })?.expiresAt).toBe(NOW + ms);
  });

  test.each([[0], [-1], ['0'], ['-5'], ['soon'], [null], [true], ['1e3'], [[60]], [Number.NaN]])(
    'have no known end with %j',
    (expires_in) => {
      expect(read({ expires_in })).not.toHaveProperty('expiresAt');
    },
  );

  test.each([
    ['bearer', 'bearer'],
    ['BEARER', 'bearer'],
    ['DPoP', 'dpop'],
    ['dpop', 'dpop'],
    [undefined, 'bearer'],
    ['user', 'bearer'],
    [7, 'bearer'],
  ])('of type %j are %s', (token_type, type) => {
    expect(read({ token_type })?.tokenType).toBe(type);
  });

  test.each([
    ['a b', ['a', 'b']],
    ['repo,gist', ['repo', 'gist']],
    ['  a   a ', ['a']],
    [
      ['a', 'b c'],
      ['a', 'b', 'c'],
    ],
    ['', undefined],
    [7, undefined],
  ])('with scope %j have %j', (scope, scopes) => {
    expect(read({ scope })?.scopes).toEqual(scopes);
  });

  test.each([[undefined], [''], [7], ['two words'], ['line\nbreak'], ['tök'], [null]])(
    'are none with %j',
    (access_token) => {
      expect(tokenSetOf({ access_token }, NOW)).toBeUndefined();
    },
  );

  test('leave out a refresh token that cannot be one', () => {
    for (const refresh_token of [null, '', 7, 'a b'])
      expect(read({ refresh_token })).not.toHaveProperty('refreshToken');
  });
});
