import { describe, expect, test } from 'vitest';
import { foldersOf } from '../../../src/system/paths.ts';

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
