/**
 * Classes of addresses, and which of them a server may point to.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { admits, reachOf, refusesLiteral, type Reach } from '../../../src/net/address-policy.ts';
import { classOf, isLoopback, literalAddress } from '../../../src/net/address.ts';

describe('an address', () => {
  test.each([
    ['8.8.8.8', 'public'],
    ['2606:4700:4700::1111', 'public'],
    ['::ffff:8.8.8.8', 'public'],
    ['64:ff9b::808:808', 'translated'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['0.0.0.0', 'loopback'],
    ['::', 'loopback'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['198.18.0.1', 'private'],
    ['fd00::1', 'private'],
    ['fec0::1', 'private'],
    ['::ffff:10.0.0.1', 'private'],
    ['169.254.169.254', 'other'],
    ['::ffff:169.254.169.254', 'other'],
    ['fe80::1', 'other'],
    ['fe80::1%eth0', 'other'],
    ['64:ff9b::7f00:1', 'other'],
    ['64:ff9b::a9fe:a9fe', 'other'],
    ['64:ff9b:1::7f00:1', 'other'],
    ['::127.0.0.1', 'other'],
    ['::7f00:1', 'other'],
    ['::808:808', 'other'],
    ['2002:7f00:1::', 'other'],
    ['2001:0:7f00:1::', 'other'],
    ['0.1.2.3', 'other'],
    ['192.0.2.1', 'other'],
    ['224.0.0.1', 'other'],
    ['255.255.255.255', 'other'],
    ['240.0.0.1', 'other'],
    ['ff02::1', 'other'],
    ['example.com', 'other'],
    ['', 'other'],
  ])('%s is %s', (address, expected) => {
    expect(classOf(address)).toBe(expected);
  });

  test.each([
    ['http://127.0.0.1/', '127.0.0.1'],
    ['http://2130706433/', '127.0.0.1'],
    ['http://0x7f.1/', '127.0.0.1'],
    ['http://0177.0.0.1/', '127.0.0.1'],
    ['http://127.1./', '127.0.0.1'],
    ['http://①②⑦.0.0.1/', '127.0.0.1'],
    ['http://[::ffff:7f00:1]/', '::ffff:7f00:1'],
    ['http://localhost:3000/', '127.0.0.1'],
    ['http://LOCALHOST./', '127.0.0.1'],
    ['http://a.b.localhost/', '127.0.0.1'],
    ['http://localhost.example/', undefined],
    ['http://example.com/', undefined],
  ])('the host of %s is the address %s', (url, expected) => {
    expect(literalAddress(new URL(url))).toBe(expected);
    expect(isLoopback(new URL(url))).toBe(expected !== undefined);
  });
});

const INSIDE = [
  'https://127.0.0.1/',
  'https://[::1]/',
  'https://10.1.2.3/',
  'https://169.254.169.254/',
  'https://[fd00::1]/',
];

describe('[security.metadata-clean] what a server names', () => {
  test.each(INSIDE)('%s is refused to a server of the public internet', (target) => {
    for (const serverUrl of ['https://203.0.114.9/mcp', 'https://[2606:4700::1]/mcp'])
      expect(refusesLiteral(new URL(target), { mode: 'local-user', serverUrl })).toBe(true);
  });

  test.each([
    ['its own origin, whatever it is', 'http://169.254.1.1:3000/mcp', 'http://169.254.1.1:3000/x', false],
    ['another port of a link-local server', 'http://169.254.1.1:3000/mcp', 'http://169.254.1.1:4000/x', true],
    ['loopback to loopback', 'http://localhost:3000/mcp', 'http://127.0.0.1:9000/x', false],
    ['private to loopback', 'http://10.0.0.1/mcp', 'http://127.0.0.1:9000/x', true],
    ['loopback to private', 'http://localhost:3000/mcp', 'https://10.0.0.1/x', false],
    ['private to private', 'https://192.168.0.2/mcp', 'https://10.0.0.1/x', false],
    ['loopback to the metadata service', 'http://localhost/mcp', 'http://169.254.169.254/x', true],
    ['a named server to loopback', 'https://mcp.example/mcp', 'http://127.0.0.1/x', true],
    [
      'a named server to a private address (the resolver decides)',
      'https://mcp.example/mcp',
      'https://10.0.0.1/x',
      false,
    ],
    ['a name is not judged here', 'https://mcp.example/mcp', 'https://auth.example/x', false],
  ])('%s', (_what, serverUrl, target, refused) => {
    expect(refusesLiteral(new URL(target), { mode: 'local-user', serverUrl })).toBe(refused);
  });

  test('a hosted gateway goes to public addresses only, even if the server itself is private', () => {
    for (const target of [...INSIDE, 'https://[64:ff9b::808:808]/'])
      expect(refusesLiteral(new URL(target), { mode: 'hosted', serverUrl: target })).toBe(true);
    expect(refusesLiteral(new URL('https://8.8.8.8/'), { mode: 'hosted', serverUrl: 'https://8.8.8.8/' })).toBe(false);
  });
});

describe('the reach of a request', () => {
  const at =
    (...addresses: string[]) =>
    (): Promise<string[]> =>
      Promise.resolve(addresses);
  const unresolved = (): Promise<string[]> => Promise.reject(new Error('ENOTFOUND'));

  test.each<[string, string, () => Promise<string[]>, Reach]>([
    ['a public name', 'https://mcp.example/', at('8.8.8.8'), 'public'],
    ['an intranet name', 'https://mcp.corp/', at('10.0.0.1', 'fd00::1'), 'private'],
    [
      'a name that resolves to this machine is private, never loopback',
      'https://mcp.corp/',
      at('127.0.0.1'),
      'private',
    ],
    ['a name with one public address', 'https://mcp.corp/', at('10.0.0.1', '8.8.8.8'), 'public'],
    ['a name without address', 'https://mcp.corp/', unresolved, 'public'],
    ['a literal private address', 'https://10.0.0.1/', unresolved, 'private'],
    ['localhost', 'http://localhost:1/', unresolved, 'loopback'],
    ['a link-local address', 'http://169.254.0.1/', unresolved, 'public'],
  ])('of a server at %s', async (_what, serverUrl, resolve, expected) => {
    const policy = { mode: 'local-user', serverUrl } as const;
    expect(await reachOf(new URL('https://auth.example/'), policy, resolve)).toBe(expected);
    expect(await reachOf(new URL('/well-known', serverUrl), policy, resolve)).toBe('any');
    expect(await reachOf(new URL(serverUrl), { ...policy, mode: 'hosted' }, resolve)).toBe('hosted');
  });

  test('each step admits less than the one before', () => {
    const table = ['169.254.169.254', '127.0.0.1', '10.0.0.1', '64:ff9b::808:808', '8.8.8.8'].map((address) =>
      (['any', 'loopback', 'private', 'public', 'hosted'] as const)
        .map((reach) => (admits(reach, address) ? 1 : 0))
        .join(''),
    );
    expect(table).toEqual(['10000', '11000', '11100', '11110', '11111']);
  });
});
