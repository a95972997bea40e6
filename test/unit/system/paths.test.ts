import { describe, expect, test } from 'vitest';
import { foldersOf } from '../../../src/system/paths.ts';
import { sessionFolder } from '../../../src/system/session-folder.ts';

const HOME = '/home/ada';

describe('our folders', () => {
  test.each([
    [
      'linux',
      {},
      '/home/ada/.config/holdfast',
      '/home/ada/.local/state/holdfast',
      '/home/ada/.local/state/holdfast/run',
    ],
    [
      'linux',
      { XDG_CONFIG_HOME: '/x/c', XDG_STATE_HOME: '/x/s', XDG_RUNTIME_DIR: '/run/user/7' },
      '/x/c/holdfast',
      '/x/s/holdfast',
      '/run/user/7/holdfast',
    ],
    [
      'linux',
      { XDG_CONFIG_HOME: 'relative', XDG_STATE_HOME: '' },
      '/home/ada/.config/holdfast',
      '/home/ada/.local/state/holdfast',
      '/home/ada/.local/state/holdfast/run',
    ],
    ['linux', { HOLDFAST_CONFIG_DIR: '/w/', XDG_RUNTIME_DIR: '/run/user/7' }, '/w', '/w/state', '/w/state/run'],
    ['linux', { HOLDFAST_CONFIG_DIR: '/w', HOLDFAST_STATE_DIR: '/s' }, '/w', '/s', '/s/run'],
    [
      'linux',
      { HOLDFAST_CONFIG_DIR: '' },
      '/home/ada/.config/holdfast',
      '/home/ada/.local/state/holdfast',
      '/home/ada/.local/state/holdfast/run',
    ],
    [
      'darwin',
      {},
      '/home/ada/Library/Application Support/holdfast',
      '/home/ada/Library/Application Support/holdfast/state',
      '/home/ada/Library/Application Support/holdfast/state/run',
    ],
  ] as const)('lie where the system expects them: %s with %j', (platform, env, config, state, runtime) => {
    expect(foldersOf({ platform, env, home: HOME })).toEqual({ config, state, runtime });
  });

  test('lie in the folders for applications on Windows', () => {
    const env = { APPDATA: String.raw`C:\U\ada\Roaming`, LOCALAPPDATA: String.raw`C:\U\ada\Local` };
    expect(foldersOf({ platform: 'win32', env, home: String.raw`C:\U\ada` })).toEqual({
      config: String.raw`C:\U\ada\Roaming\holdfast`,
      state: String.raw`C:\U\ada\Local\holdfast\state`,
      runtime: String.raw`C:\U\ada\Local\holdfast\state\run`,
    });
  });

  test('are refused where our own variable is a relative path', () => {
    expect(() => foldersOf({ platform: 'linux', env: { HOLDFAST_CONFIG_DIR: 'here' }, home: HOME })).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE' }),
    );
  });
});

describe('[serve.shared] the folder of the session', () => {
  const OURS = { isDirectory: () => true, uid: 7, mode: 0o40_700 };
  const LINUX = { platform: 'linux', env: {}, uid: 7, home: HOME, ownHome: () => HOME } as const;

  test.each([
    ['its variable', { env: { XDG_RUNTIME_DIR: '/run/user/9' } }, OURS, '/run/user/9'],
    ['the usual one without the variable', {}, OURS, '/run/user/7'],
    ['none with an empty variable', { env: { XDG_RUNTIME_DIR: '' } }, OURS, undefined],
    ['none that is not there', {}, undefined, undefined],
    ['none of somebody else', {}, { ...OURS, uid: 8 }, undefined],
    ['none that others can enter', {}, { ...OURS, mode: 0o40_750 }, undefined],
    ['none that is a file or a link', {}, { ...OURS, isDirectory: () => false }, undefined],
    ['none for another home', { home: '/tmp/x' }, OURS, undefined],
    ['none on macOS', { platform: 'darwin' as const }, OURS, undefined],
  ])('is %s', (_, change, facts, folder) => {
    expect(sessionFolder({ ...LINUX, ...change, look: () => facts })).toBe(folder);
  });

  test('is that of the daemon, with the variable and without', () => {
    const runtime = '/run/user/7/holdfast';
    expect(foldersOf({ platform: 'linux', env: { XDG_RUNTIME_DIR: '/run/user/7' }, home: HOME })).toMatchObject({
      runtime,
    });
    expect(foldersOf({ platform: 'linux', env: {}, home: HOME, session: '/run/user/7' })).toMatchObject({ runtime });
  });
});
