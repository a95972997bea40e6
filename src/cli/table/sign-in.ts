/**
 * The verbs of signing in.
 *
 * @module
 */
import type { Args, CommandRow } from '../command.ts';
import type { Ports } from '../context.ts';

const NAME = { name: 'NAME', completes: 'server', summary: 'a configured server' } as const;
const WHAT = ['list', 'show', 'remove', 'export', 'import'] as const;

/** Of `login --finish` the words say no server; the store knows for which one it was begun. */
async function serversOfLogin(args: Args, ports: Pick<Ports, 'logins'>): Promise<readonly string[]> {
  const flow = args.text('finish');
  if (flow === undefined) return args.words;
  const server = await (await ports.logins()).serverOfFlow(flow);
  return server === undefined ? [] : [server];
}

export const SIGN_IN: readonly CommandRow[] = [
  {
    name: 'login',
    group: 'Sign in',
    kind: 'live',
    summary: 'sign in to a server with OAuth',
    details: [
      'Opens your browser and always prints the address, too. The answer comes back to a port of this machine, or you paste the address that the browser ends on; the first valid answer counts. A login that works is kept until the new one works.',
      'In CI, without a terminal and with --no-input no browser is opened and nothing is waited for: it ends with 3 and says the address and the command that takes the answer.',
      'With --profile it signs in with another account, and this server uses that account in this project from then on; --profile default takes that back.',
    ],
    args: [{ ...NAME, optional: true, many: true, summary: 'configured servers; with --finish the address' }],
    options: [
      { name: 'all', summary: 'every server that needs a sign-in, one after another' },
      { name: 'scopes', value: '"A B"', summary: 'ask for these rights, too' },
      { name: 'device', summary: 'by a code that you type on another device (RFC 8628)' },
      { name: 'step-up', summary: 'grant the rights that the server has asked for' },
      { name: 'decline', summary: 'do not grant them; calls that wait for them end' },
      { name: 'start', summary: 'only begin, print the address, and leave the rest to --finish' },
      {
        name: 'finish',
        value: 'ID',
        summary: 'finish with the address the browser ended on: a word, or standard input',
      },
      {
        name: 'wait',
        value: 'DURATION',
        type: 'duration',
        summary: 'with --finish: wait until it is done in the browser',
      },
      { name: 'no-browser', summary: 'print the address and open nothing' },
      { name: 'callback-port', value: 'PORT', type: 'count', summary: 'port of this machine for the answer' },
    ],
    examples: [
      ['login notion', 'opens the browser and waits for you'],
      ['login --all', 'every server that needs it'],
      ['login notion --profile work', 'with a second account'],
      ['login notion --start --json', 'for scripts; then login --finish ID'],
    ],
    servers: serversOfLogin,
    load: async () => (await import('../commands/login.ts')).login,
  },
  {
    name: 'logout',
    group: 'Sign in',
    kind: 'live',
    summary: 'sign out of a server',
    details: [
      'Tells the authorization server that the tokens are no longer wanted, where it offers that (RFC 7009), and forgets them.',
    ],
    args: [{ ...NAME, many: true, summary: 'configured servers' }],
    options: [
      { name: 'local', summary: 'only forget them here' },
      { name: 'client', summary: 'also forget the dynamic client registration' },
    ],
    examples: [['logout notion', 'its tokens are worth nothing any longer']],
    load: async () => (await import('../commands/logout.ts')).logout,
  },
  {
    name: 'credentials',
    group: 'Sign in',
    kind: 'offline',
    summary: 'list, show, remove, export or import stored logins',
    details: [
      'A LOGIN is a server, the address of one, or the beginning of an id of "credentials list".',
      'export gives everything, in clear: whoever has the file can use the login. One refresh token in two places ends both logins at many servers, so move logins rather than copy them: remove it here afterwards.',
      'import reads a file or standard input: what export wrote, or {"access_token": …, "refresh_token": …, "expires_in": …, "scope": …, "client_id": …} together with --server.',
    ],
    args: [
      { name: 'WHAT', optional: true, completes: WHAT, summary: 'list (default), show, remove, export or import' },
      { name: 'LOGIN', optional: true, many: true, summary: 'logins; for import a file, or - for standard input' },
    ],
    options: [
      { name: 'out', short: 'o', value: 'FILE', summary: 'export: the file to write, readable by you alone' },
      { name: 'stdout', summary: 'export: print it instead' },
      { name: 'server', value: 'URL', summary: 'import: address of the server it is for, or its name' },
    ],
    examples: [
      ['credentials', 'every stored login; no secret is shown'],
      ['credentials export notion --out notion-login.json', 'to take it to another machine'],
      ['credentials import notion-login.json', 'there'],
    ],
    servers: async () => [],
    load: async () => (await import('../commands/credentials.ts')).credentials,
  },
];
