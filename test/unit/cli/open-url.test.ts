import { describe, expect, test } from 'vitest';
import { openerOf } from '../../../src/open-url.ts';

const URL = 'https://as.example/authorize?a=1&b=2';

describe('[login.browser] the program that opens an address', () => {
  test.each<[NodeJS.Platform, Record<string, string>, string, readonly string[]]>([
    ['darwin', {}, '/usr/bin/open', [URL]],
    ['linux', {}, 'xdg-open', [URL]],
    ['win32', {}, 'rundll32', ['url.dll,FileProtocolHandler', URL]],
    ['linux', { WSL_DISTRO_NAME: 'Debian' }, 'rundll32.exe', ['url.dll,FileProtocolHandler', URL]],
    ['linux', { BROWSER: '/usr/bin/firefox' }, '/usr/bin/firefox', [URL]],
    ['linux', { BROWSER: 'firefox:chromium' }, 'xdg-open', [URL]],
    ['linux', { BROWSER: 'firefox -new-tab %s' }, 'xdg-open', [URL]],
    ['win32', { BROWSER: 'firefox' }, 'rundll32', ['url.dll,FileProtocolHandler', URL]],
  ])('on %s with %j is %s, without a shell', (platform, env, command, args) => {
    expect(openerOf(URL, { platform, env })).toEqual({ command, args });
  });

  test.each([
    'http://as.example/authorize',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://me:pw@as.example/',
    'https://as.example/$(id)',
    'https://as.example/"',
    '--version',
  ])('is none for %s, whatever BROWSER says', (url) => {
    expect(openerOf(url, { platform: 'linux', env: { BROWSER: 'firefox' } })).toBeUndefined();
  });
});
