/**
 * Proxy settings of the environment.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { proxyRule } from '../../../src/net/proxy-env.ts';

const BOTH = { HTTPS_PROXY: 'http://secure:1', HTTP_PROXY: 'http://plain:2' };

describe('[net.proxy] the proxy of a URL', () => {
  test.each<[string, Record<string, string>, string, string | undefined]>([
    ['nothing set', {}, 'https://h.example/', undefined],
    ['https by HTTPS_PROXY', BOTH, 'https://h.example/', 'http://secure:1'],
    ['http by HTTP_PROXY', BOTH, 'http://h.example/', 'http://plain:2'],
    ['https never by HTTP_PROXY', { HTTP_PROXY: 'http://plain:2' }, 'https://h.example/', undefined],
    ['lower case wins', { ...BOTH, https_proxy: 'http://lower:3' }, 'https://h.example/', 'http://lower:3'],
    ['an empty lower case does not', { ...BOTH, https_proxy: '' }, 'https://h.example/', 'http://secure:1'],
    ['no scheme means http', { HTTPS_PROXY: 'proxy:3128' }, 'https://h.example/', 'http://proxy:3128'],
    ['localhost goes direct', BOTH, 'http://localhost:3000/', undefined],
    ['127.0.0.1 goes direct', BOTH, 'http://127.0.0.1:3000/', undefined],
    ['::1 goes direct', BOTH, 'http://[::1]:3000/', undefined],
    ['a private address does not', BOTH, 'http://10.0.0.1/', 'http://plain:2'],
    ['NO_PROXY=*', { ...BOTH, NO_PROXY: '*' }, 'https://h.example/', undefined],
    ['NO_PROXY names the host', { ...BOTH, NO_PROXY: 'a.example, H.example' }, 'https://h.example/', undefined],
    ['NO_PROXY covers what is below it', { ...BOTH, NO_PROXY: 'example' }, 'https://h.example/', undefined],
    ['with a dot', { ...BOTH, NO_PROXY: '.example' }, 'https://h.example/', undefined],
    ['with a star', { ...BOTH, NO_PROXY: '*.example' }, 'https://h.example/', undefined],
    ['but not what only ends alike', { ...BOTH, NO_PROXY: 'h.example' }, 'https://xh.example/', 'http://secure:1'],
    ['its port fits', { ...BOTH, NO_PROXY: 'h.example:443' }, 'https://h.example/', undefined],
    ['its port does not fit', { ...BOTH, NO_PROXY: 'h.example:8443' }, 'https://h.example/', 'http://secure:1'],
    ['an IPv6 address', { ...BOTH, NO_PROXY: 'fd00::1' }, 'http://[fd00::1]/', undefined],
    ['an IPv6 address with port', { ...BOTH, NO_PROXY: '[fd00::1]:80' }, 'http://[fd00::1]/', undefined],
    ['no_proxy wins', { ...BOTH, NO_PROXY: '*', no_proxy: 'other' }, 'https://h.example/', 'http://secure:1'],
  ])('%s', (_what, env, url, expected) => {
    expect(proxyRule(env)(new URL(url))).toBe(expected);
  });
});
