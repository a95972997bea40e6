import { describe, expect, test } from 'vitest';
import { createGuard, hostName, sameSecret } from '../../../../src/gateway/guard/guard.ts';

const TOKEN = 'hf_0123456789';
const visit = { host: '127.0.0.1:7000', origin: undefined, authorization: `Bearer ${TOKEN}` };

describe('[gateway.guard] the endpoint lets in', () => {
  const guard = createGuard({ token: () => TOKEN, hosts: ['Team.example'], origins: ['https://app.example'] });

  test.each([
    ['a program of this machine with the token', {}],
    ['localhost by name', { host: 'localhost:7000' }],
    ['the other loopback address', { host: '[::1]:7000' }],
    ['a name that was allowed', { host: 'team.EXAMPLE' }],
    ['a page that was allowed', { origin: 'https://app.example' }],
    ['a page of this machine that knows the token', { origin: 'http://localhost:5173' }],
    ['the scheme in any case', { authorization: `bearer ${TOKEN}` }],
  ])('%s', (_, change) => {
    expect(guard({ ...visit, ...change })).toBeUndefined();
  });

  test.each([
    ['no host', { host: undefined }, 403],
    ['a foreign host', { host: 'rebind.evil:7000' }, 403],
    ['a host that only begins like ours', { host: 'localhost:7000.evil' }, 403],
    ['a host with a user', { host: 'localhost@evil' }, 403],
    ['a foreign page', { origin: 'https://evil.example' }, 403],
    ['a page without origin', { origin: 'null' }, 403],
    ['a page of an allowed host under another scheme', { origin: 'file://localhost' }, 403],
    ['an origin with a path', { origin: 'http://localhost:1/x' }, 403],
    ['no token', { authorization: undefined }, 401],
    ['an empty token', { authorization: 'Bearer ' }, 401],
    ['another token', { authorization: 'Bearer hf_0123456788' }, 401],
    ['the token as a user name', { authorization: `Basic ${TOKEN}` }, 401],
  ])('but not %s', (_, change, status) => {
    const refusal = guard({ ...visit, ...change });
    expect(refusal?.status).toBe(status);
    expect(refusal?.why).not.toContain(TOKEN);
    expect(refusal?.why).toMatch(status === 403 ? /--allow-(host|origin)/ : /holdfast token show/);
  });

  test('where no token is asked for, Host and Origin still are', () => {
    const open = createGuard({});
    expect(open({ ...visit, authorization: undefined })).toBeUndefined();
    expect(open({ ...visit, host: 'evil' })?.status).toBe(403);
    expect(open({ ...visit, origin: 'https://evil.example' })?.status).toBe(403);
  });
});

test.each([
  ['localhost', 'localhost'],
  ['LOCALHOST:80', 'localhost'],
  ['[::1]:1', '[::1]'],
  ['a:123456', undefined],
  ['a b', undefined],
  ['', undefined],
  [undefined, undefined],
])('the host of %j is %j', (host, name) => {
  expect(hostName(host)).toBe(name);
});

test('secrets are compared whole', () => {
  expect(sameSecret('a', 'a')).toBe(true);
  for (const other of ['', 'A', 'aa']) expect(sameSecret(other, 'a')).toBe(false);
});
