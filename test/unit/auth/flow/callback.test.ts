/**
 * What a callback says, and what is not believed.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { callbackParams, pastedParams, readCallback } from '../../../../src/auth/flow/callback.ts';

const REDIRECT = 'http://localhost:4711/callback';
const ISSUER = 'https://as.example/tenant';

describe('the parameters of a callback', () => {
  test.each([
    ['a code', 'code=c&state=s', { code: 'c', state: 's' }],
    [
      'an error',
      'error=access_denied&error_description=no&state=s',
      { error: 'access_denied', description: 'no', state: 's' },
    ],
    [
      'an issuer, decoded once',
      'code=c&state=s&iss=https%3A%2F%2Fas.example%2Ftenant',
      { code: 'c', state: 's', iss: ISSUER },
    ],
    ['what nobody knows is passed over', 'code=c&state=s&session_state=1&x=1&x=2', { code: 'c', state: 's' }],
  ])('are read: %s', (_what, query, expected) => {
    expect(callbackParams(new URLSearchParams(query))).toEqual(expected);
  });

  test.each([
    ['no state', 'code=c'],
    ['an empty state', 'code=c&state='],
    ['neither code nor error', 'state=s'],
    ['an empty code', 'code=&state=s'],
    ['two states', 'code=c&state=s&state=t'],
    ['two codes', 'code=c&code=d&state=s'],
    ['two issuers', 'code=c&state=s&iss=a&iss=b'],
    ['a huge code', `code=${'c'.repeat(20_000)}&state=s`],
  ])('are none: %s', (_what, query) => {
    expect(callbackParams(new URLSearchParams(query))).toBeUndefined();
  });
});

describe('[signin.paste] what a person pastes', () => {
  const EXPECTED = { code: 'c', state: 's' };
  test.each([
    ['the address', `${REDIRECT}?code=c&state=s`],
    ['with blanks around it', `  ${REDIRECT}?code=c&state=s \n`],
    ['cut into lines by a terminal', 'http://localhost:4711/call\nback?code=c\r\n  &state=s'],
    ['with a fragment', `${REDIRECT}?code=c&state=s#_=_`],
    ['the query alone', '?code=c&state=s'],
    ['the parameters alone', 'code=c&state=s'],
    ['the parameters with a fragment', 'code=c&state=s#x'],
    ['the path and query', '/callback?code=c&state=s'],
  ])('is taken: %s', (_what, text) => {
    expect(pastedParams(text, REDIRECT)).toEqual(EXPECTED);
  });

  test.each([
    ['nothing', ''],
    ['a code alone', 'SplxlOBeZQQYbYS6WxSbIA'],
    ['another host', 'http://evil.example:4711/callback?code=c&state=s'],
    ['another port', 'http://localhost:4712/callback?code=c&state=s'],
    ['another path', 'http://localhost:4711/other?code=c&state=s'],
    ['another scheme', 'https://localhost:4711/callback?code=c&state=s'],
    ['the address of the sign-in itself', 'https://as.example/authorize?client_id=x&state=s'],
    ['no address', 'http://'],
    ['a whole book', `code=${'c'.repeat(20_000)}&state=s`],
  ])('is not taken: %s', (_what, text) => {
    expect(pastedParams(text, REDIRECT)).toBeUndefined();
  });
});

describe('[signin.issuer] the issuer of an answer', () => {
  const authority = (issParameter: boolean | undefined) =>
    issParameter === undefined ? { issuer: ISSUER } : { issuer: ISSUER, issParameter };

  test.each([
    ['promised and right', true, ISSUER, 'code'],
    ['promised and wrong', true, 'https://evil.example', 'wrong-issuer'],
    ['promised and missing', true, undefined, 'wrong-issuer'],
    ['not promised and right', undefined, ISSUER, 'code'],
    ['not promised and wrong', undefined, 'https://evil.example', 'wrong-issuer'],
    ['not promised and missing', undefined, undefined, 'code'],
    ['denied and missing', false, undefined, 'code'],
    ['with a slash more', undefined, `${ISSUER}/`, 'wrong-issuer'],
    ['in other letters', undefined, 'https://AS.example/tenant', 'wrong-issuer'],
    ['with the port of https', undefined, 'https://as.example:443/tenant', 'wrong-issuer'],
    ['empty', undefined, '', 'wrong-issuer'],
  ])('%s', (_what, promised, iss, kind) => {
    const params = { state: 's', code: 'c', ...(iss === undefined ? {} : { iss }) };
    expect(readCallback(params, authority(promised)).kind).toBe(kind);
  });

  test('an error of a wrong issuer is not repeated', () => {
    const params = { state: 's', error: 'access_denied', description: 'call +1 555', iss: 'https://evil.example' };
    expect(readCallback(params, authority(true))).toEqual({ kind: 'wrong-issuer' });
  });
});

describe('an error of the right issuer', () => {
  test('is told, cleaned', () => {
    const params = { state: 's', error: 'access_denied', description: 'no\u001B[31m\n way\u202E' };
    expect(readCallback(params, { issuer: ISSUER })).toEqual({
      kind: 'error',
      error: 'access_denied',
      description: 'no way',
    });
  });

  test('wins over a code that came with it', () => {
    expect(readCallback({ state: 's', code: 'c', error: 'access_denied' }, { issuer: ISSUER }).kind).toBe('error');
  });

  test.each(['a\nb', 'x'.repeat(200), 'ä', '"', ''])('that is no word (%j) is called invalid_response', (error) => {
    expect(readCallback({ state: 's', error, code: 'c' }, { issuer: ISSUER })).toEqual({
      kind: 'error',
      error: 'invalid_response',
    });
  });
});
