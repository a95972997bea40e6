/**
 * Which addresses a browser is opened for, and how.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { browserCommand, openableUrl } from '../../../../src/auth/flow/open-url.ts';

const BAD: readonly string[] = [
  '',
  ' ',
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  'java\nscript:alert(1)',
  ' javascript:alert(1)',
  'javascript://as.example/%0aalert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'file:///etc/passwd',
  'file://as.example/share',
  'FILE:///C:/Windows/System32/calc.exe',
  'ftp://as.example/x',
  'ssh://as.example',
  'smb://as.example/share',
  'ms-msdt:/id PCWDiagnostic',
  'search-ms:query=x&crumb=location:\\\\evil',
  'mailto:a@b.example',
  'tel:123',
  'intent://as.example#Intent;end',
  'view-source:https://as.example/',
  'blob:https://as.example/1',
  'about:blank',
  'chrome://settings',
  'ws://as.example/',
  'wss://as.example/',
  'a:$(calc)?response_type=code',
  'https://as.example/$(calc)?response_type=code',
  'https://as.example/`calc`',
  'https://as.example/"&calc&"',
  "https://as.example/';calc;'",
  'https://as.example/|calc',
  'https://as.example/^&calc',
  'https://as.example/<script>',
  'https://as.example/{a}',
  'https://as.example\\evil.example/',
  'https:\\\\as.example\\x',
  'https:as.example',
  'https:/as.example/x',
  '//as.example/x',
  '/etc/passwd',
  'as.example/x',
  '--flag',
  '-a Calculator',
  '--upload-pack=touch /tmp/x',
  'https://user@as.example/',
  'https://user:pass@as.example/',
  'https://as.example@evil.example/',
  'https://as.example/a b',
  'https://as.example/a\tb',
  'https://as.example/\nb',
  'https://as.example/\r\nb',
  'https://as.example/\u0000',
  'https://as.example/\u001B[31m',
  'https://as.example/\u0085',
  'https://as.example/\u202Eexe.gpj',
  'https://as.example/\u200B',
  'https://as.example/?a=%0d%0aSet-Cookie:x',
  'https://as.example/?a=%00',
  'https://as.example/?a=%1B%5B31m',
  'http://as.example/authorize',
  'http://127.0.0.1.evil.example/',
  'http://localhost.evil.example/',
  'http://10.0.0.1/authorize',
  'http://0.0.0.0/authorize',
  'http://[fe80::1]/',
  'https://',
  'https://[::1',
  'https://as.example:99999/',
  `https://as.example/${'a'.repeat(100_000)}`,
];

const GOOD: readonly (readonly [string, string])[] = [
  ['https://as.example/authorize?a=1&b=%20x', 'https://as.example/authorize?a=1&b=%20x'],
  ['HTTPS://AS.example/A', 'https://as.example/A'],
  ['https://as.example', 'https://as.example/'],
  ['https://as.example:8443/a/../b', 'https://as.example:8443/b'],
  ['https://münchen.example/', 'https://xn--mnchen-3ya.example/'],
  ['http://localhost:8080/authorize?x=$1', 'http://localhost:8080/authorize?x=$1'],
  ['http://127.0.0.1:1/', 'http://127.0.0.1:1/'],
  ['http://[::1]:1/', 'http://[::1]:1/'],
  ['https://as.example/?scope=a+b&claims=%7B%22a%22%3A1%7D', 'https://as.example/?scope=a+b&claims=%7B%22a%22%3A1%7D'],
];

describe('[signin.opener] the browser', () => {
  test('is never opened for any of 60 bad addresses, on no system', () => {
    expect(BAD.length).toBeGreaterThanOrEqual(60);
    for (const url of BAD)
      for (const platform of ['linux', 'darwin', 'win32']) expect(browserCommand(url, platform), url).toBeUndefined();
  });

  test.each(GOOD)('is opened for %j', (url, normal) => {
    expect(openableUrl(url)).toBe(normal);
    expect(openableUrl(normal)).toBe(normal);
  });

  test.each([
    ['linux', 'xdg-open', []],
    ['freebsd', 'xdg-open', []],
    ['darwin', '/usr/bin/open', []],
    ['win32', 'rundll32', ['url.dll,FileProtocolHandler']],
  ])('on %s by one program, with the address as its one last argument', (platform, command, before) => {
    const url = 'https://as.example/a?b=1&c=%25PATH%25';
    expect(browserCommand(url, platform)).toEqual({ command, args: [...before, url] });
  });
});
