/**
 * What a server process gets to know of its owner's environment.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../../src/base/secret.ts';
import { secretValues, serverEnvironment } from '../../../../src/transport/process/environment.ts';

const owner = {
  HOME: '/home/me',
  PATH: '/owner/bin',
  LANG: 'de_DE.UTF-8',
  LC_ALL: 'C',
  XDG_RUNTIME_DIR: '/run/user/1',
  HTTPS_PROXY: 'http://proxy:1',
  NODE_EXTRA_CA_CERTS: '/ca.pem',
  SSH_AUTH_SOCK: '/agent',
  AWS_SECRET_ACCESS_KEY: 'canary',
  NODE_OPTIONS: '--require evil',
  SHELL: '() { evil; }',
  EMPTY: undefined,
};
const endpoint = { env: { API_KEY: new Secret('k-1'), LANG: new Secret('C') }, path: '/caller/bin' };

describe('the environment of a server process', () => {
  test('it has the base variables, the PATH of the caller and the entry over all, and nothing else of the owner', () => {
    expect(serverEnvironment({ endpoint, env: owner, windows: false, projectRoot: '/code/app' })).toEqual({
      HOME: '/home/me',
      PATH: '/caller/bin',
      LANG: 'C',
      LC_ALL: 'C',
      XDG_RUNTIME_DIR: '/run/user/1',
      HTTPS_PROXY: 'http://proxy:1',
      NODE_EXTRA_CA_CERTS: '/ca.pem',
      SSH_AUTH_SOCK: '/agent',
      API_KEY: 'k-1',
      CLAUDE_PROJECT_DIR: '/code/app',
      HOLDFAST_PROJECT_DIR: '/code/app',
    });
  });

  test('on Windows names are one whatever their case', () => {
    const env = { Path: 'C:\\owner', SystemRoot: 'C:\\Windows', AppData: 'C:\\data', Secret: 'no' };
    const entry = { env: { path: new Secret('C:\\entry') }, path: 'C:\\caller' };
    expect(serverEnvironment({ endpoint: entry, env, windows: true })).toEqual({
      path: 'C:\\entry',
      SystemRoot: 'C:\\Windows',
      AppData: 'C:\\data',
    });
  });

  const values: readonly (readonly [string, string, boolean])[] = [
    ['GITHUB_TOKEN', 'plainword', true],
    ['DATABASE_URL', 'postgres://u:p@h/db', true],
    ['ANYTHING', 'canary-env-7f3a', true],
    ['NODE_ENV', 'production', false],
    ['PORT', '3000', false],
    ['ROOT', '/home/me/project', false],
  ];
  test.each(values)(
    '[security.canaries] %s=%s is taken for a secret in the output of the process: %s',
    (name, value, secret) => {
      expect(secretValues({ [name]: new Secret(value) }).includes(value)).toBe(secret);
    },
  );
});
