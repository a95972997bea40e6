/**
 * docs/reference/environment.md: the variables that are read, and those that are given. A test holds it to the sources.
 *
 * @module
 */
import { NUMBERS } from '../../src/core/numbers.ts';
import { code, page, table } from './markdown.ts';

/** Variables of our own, and those of others that mean something here. Numbers have a page of their own. */
export const READ: Readonly<Record<string, string>> = {
  HOLDFAST_CONFIG_DIR: 'folder of our configuration, absolute; state then lies inside it',
  HOLDFAST_STATE_DIR: 'folder of what is remembered, absolute',
  HOLDFAST_PROFILE: 'the account to use, where a server has several logins',
  HOLDFAST_KEY_FILE: 'absolute path of a file with the key that logins are encrypted with',
  HOLDFAST_KEYRING: '`off`: the keyring of the system is not asked',
  HOLDFAST_DEBUG: 'anything: errors are told with their stack',
  CLAUDE_CONFIG_DIR: 'where Claude Code has its files',
  MCP_CLIENT_SECRET: 'the secret that `add --client-secret` would ask for',
  CI: 'anything but `0` and `false`: no daemon is started, nobody is asked',
  NO_COLOR: 'anything: no colour',
  FORCE_COLOR: 'colour, also where no terminal is',
  HTTPS_PROXY: 'proxy for https; also `HTTP_PROXY`, `NO_PROXY`, and all three in lower case',
  NODE_EXTRA_CA_CERTS: 'a file with further certificate authorities; Node reads it at its start',
  EDITOR: 'the editor of `config edit`; `VISUAL` goes before it',
  BROWSER: 'the browser for sign-ins',
};

/** Variables that we set for other programs. */
export const GIVEN: readonly (readonly [string, string, string])[] = [
  ['HOLDFAST_URL', 'a command under `holdfast run`', 'the address of the gateway'],
  ['HOLDFAST_TOKEN', 'a command under `holdfast run`', 'its token; clients of `install --http` read it, too'],
  ['HOLDFAST_SERVER_NAME', 'a headersHelper', 'the server; the same as `CLAUDE_CODE_MCP_SERVER_NAME`'],
  ['HOLDFAST_SERVER_URL', 'a headersHelper', 'its url; the same as `CLAUDE_CODE_MCP_SERVER_URL`'],
  ['HOLDFAST_PROJECT_DIR', 'a local server', 'the project; the same as `CLAUDE_PROJECT_DIR`'],
];

/** The page. */
export function environmentPage(): string {
  const numbers = Object.values(NUMBERS).length;
  return page('Environment variables', '`scripts/docs/environment.ts`', [
    `${numbers} more set one [number](numbers.md) each.`,
    '## Read',
    table(
      ['variable', 'meaning'],
      Object.entries(READ).map(([name, meaning]) => [code(name), meaning]),
    ),
    '## Given',
    table(
      ['variable', 'to', 'meaning'],
      GIVEN.map(([name, to, meaning]) => [code(name), to, meaning]),
    ),
  ]);
}
