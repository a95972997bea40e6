/**
 * The address at which a person signs in.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { authorizationUrl, type AuthorizationRequest } from '../../../../src/auth/flow/authorization-url.ts';
import { codeChallenge, flowIdOf, newFlowSecrets } from '../../../../src/auth/flow/pkce.ts';
import { Secret } from '../../../../src/base/secret.ts';

const REQUEST: AuthorizationRequest = {
  endpoint: 'https://as.example/authorize?tenant=a%20b',
  clientId: 'client',
  redirectUri: 'http://localhost:1/callback',
  state: 'state',
  codeChallenge: 'challenge',
  resource: 'https://mcp.example/mcp/?a=b',
  scopes: ['a', 'b:c'],
};
const paramsOf = (request: AuthorizationRequest): Record<string, string> =>
  Object.fromEntries(new URL(authorizationUrl(request) ?? '').searchParams);

describe('the address of a sign-in', () => {
  test('says everything once, and keeps what the endpoint has in its query', () => {
    expect(paramsOf(REQUEST)).toEqual({
      tenant: 'a b',
      response_type: 'code',
      client_id: 'client',
      redirect_uri: 'http://localhost:1/callback',
      state: 'state',
      code_challenge: 'challenge',
      code_challenge_method: 'S256',
      scope: 'a b:c',
      resource: 'https://mcp.example/mcp/?a=b',
    });
  });

  test('[signin.scopes] leaves scope and resource out where there are none', () => {
    const params = paramsOf({ ...REQUEST, scopes: undefined, resource: undefined });
    expect(Object.keys(params)).not.toEqual(expect.arrayContaining(['scope']));
    expect(Object.keys(params)).not.toEqual(expect.arrayContaining(['resource']));
  });

  test('asks for consent only with offline_access', () => {
    expect(paramsOf(REQUEST)['prompt']).toBeUndefined();
    expect(paramsOf({ ...REQUEST, scopes: ['a', 'offline_access'] })['prompt']).toBe('consent');
  });

  test.each([
    'a response type of its own cannot be smuggled in: https://as.example/a?response_type=token',
    'a second state neither: https://as.example/a?state=evil&state=worse',
  ])('%s', (text) => {
    const endpoint = text.slice(text.indexOf('https'));
    const url = new URL(authorizationUrl({ ...REQUEST, endpoint }) ?? '');
    expect(url.searchParams.getAll('response_type')).toEqual(['code']);
    expect(url.searchParams.getAll('state')).toEqual(['state']);
  });

  test.each(['', 'javascript:alert(1)', 'http://as.example/authorize', 'https://u:p@as.example/', 'file:///x'])(
    'is none for the endpoint %j',
    (endpoint) => {
      expect(authorizationUrl({ ...REQUEST, endpoint })).toBeUndefined();
    },
  );
});

describe('the secrets of a sign-in', () => {
  test('are new each time, long, and of the alphabet of RFC 7636', () => {
    const all = Array.from({ length: 50 }, newFlowSecrets).flatMap(({ state, verifier }) => [state, verifier]);
    expect(new Set(all.map((one) => one.reveal())).size).toBe(100);
    for (const one of all) expect(one.reveal()).toMatch(/^[\w-]{43}$/);
  });

  test('have the challenge of RFC 7636, appendix B', () => {
    expect(codeChallenge(new Secret('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'))).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    );
  });

  test('do not show in the id of the flow, which is a file name', () => {
    expect(flowIdOf('state')).toMatch(/^[0-9a-f]{32}$/);
    expect(flowIdOf('state')).not.toBe(flowIdOf('State'));
  });
});
