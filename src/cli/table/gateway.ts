/**
 * The verbs of the gateway: all servers behind one endpoint, for the programs that a person uses.
 *
 * @module
 */
import type { ArgumentRow, CommandRow, OptionRow } from '../command.ts';

/** The port of the gateway over HTTP: HOLD on the keys of a telephone. */
export const GATEWAY_PORT = 4_653;

/** Clients whose files can be written; a test holds it equal to what the writer knows. */
export const CLIENTS: readonly string[] = [
  'claude-code',
  'claude-desktop',
  'cursor',
  'vscode',
  'codex',
  'gemini',
  'windsurf',
  'zed',
];

const SERVER: OptionRow = { name: 'server', value: 'NAME', summary: 'this server alone, its names without prefix' };
const SCOPE: OptionRow = {
  name: 'scope',
  short: 's',
  value: 'SCOPE',
  choices: ['user', 'project'],
  summary: "user (default), or project: the file in this folder's project",
};
const PRINT: OptionRow = { name: 'print', summary: 'only show the difference' };
const YES: OptionRow = { name: 'yes', short: 'y', summary: 'write without asking' };
const client = (name: string): OptionRow => ({
  name,
  value: 'CLIENT',
  choices: CLIENTS,
  summary: 'the client',
});
const CLIENT: ArgumentRow = { name: 'CLIENT', optional: true, completes: CLIENTS, summary: 'the client' };
const WHAT: ArgumentRow = {
  name: 'WHAT',
  completes: ['show', 'rotate', 'path'],
  summary: 'show, rotate, or path of its file',
};

export const GATEWAY: readonly CommandRow[] = [
  {
    name: 'serve',
    group: 'Run',
    kind: 'live',
    summary: 'offer all servers to other programs as one MCP server',
    details: [
      'With --stdio it speaks MCP on stdin and stdout: the form in which a client starts it (see "install"). It is a thin bridge to the daemon, which it starts, so that any number of clients share one set of connections; with CI set it uses a daemon that runs, else its own connections.',
      `Without --stdio it listens on this machine over HTTP, at port ${GATEWAY_PORT} or the next free one, until Ctrl-C: /mcp has all servers (tools are called server__tool), /mcp/NAME has one. Programs need the token: "token show".`,
    ],
    options: [
      { name: 'stdio', summary: 'speak MCP on stdin and stdout' },
      SERVER,
      { name: 'project', value: 'DIR', summary: 'look from this folder (default: the working folder)' },
      { name: 'port', value: 'N', type: 'count', summary: `this port and no other; 0 = any (default ${GATEWAY_PORT})` },
      { name: 'host', value: 'ADDR', summary: 'listen on this address (default 127.0.0.1)' },
      { name: 'allow-host', value: 'HOST', many: true, summary: 'a further name in Host headers, without port' },
      {
        name: 'allow-origin',
        value: 'ORIGIN',
        many: true,
        summary: 'a web page that may ask, e.g. https://app.example',
      },
      { name: 'no-token', summary: 'let every program of this machine in' },
    ],
    examples: [
      ['serve', 'http://127.0.0.1:4653/mcp until Ctrl-C'],
      ['serve --stdio', 'what a client starts'],
      ['serve --stdio --server notion', 'one server alone'],
    ],
    servers: async () => [],
    load: async () => (await import('../commands/serve.ts')).serve,
  },
  {
    name: 'token',
    group: 'Run',
    kind: 'offline',
    summary: 'show or renew the token of the gateway over HTTP',
    details: [
      'It is made at its first use and stays until you rotate it; gateways that run take the new one at once, and the old one is worth nothing.',
    ],
    args: [WHAT],
    examples: [
      ['token show', 'print it'],
      ['token rotate', 'make a new one'],
    ],
    load: async () => (await import('../commands/token.ts')).token,
  },
  {
    name: 'install',
    group: 'Configure',
    kind: 'offline',
    summary: 'put the gateway into the file of a client',
    details: [
      'Shows the difference and asks; keeps comments, order and every other field, and puts a backup beside the file. By default the client starts "serve --stdio", so that no token stands in its file.',
      'With --http the file gets the address of "serve", and the token by reference to the variable HOLDFAST_TOKEN, or by an input of VS Code; never the token itself.',
    ],
    args: [CLIENT],
    options: [
      client('into'),
      { name: 'http', summary: 'over HTTP; "serve" has to run' },
      {
        name: 'port',
        value: 'N',
        type: 'count',
        summary: `with --http: the port of "serve" (default ${GATEWAY_PORT})`,
      },
      SERVER,
      SCOPE,
      PRINT,
      YES,
    ],
    examples: [
      ['install --into claude-code', 'shows the difference, and asks'],
      ['install --into codex --print', 'only shows it'],
      ['install --into vscode --http --scope project', '.vscode/mcp.json of this project'],
    ],
    load: async () => (await import('../commands/install.ts')).install,
  },
  {
    name: 'uninstall',
    group: 'Configure',
    kind: 'offline',
    summary: 'take the gateway out of the file of a client',
    args: [CLIENT],
    options: [client('from'), SERVER, SCOPE, PRINT, YES],
    examples: [['uninstall --from claude-code', 'shows the difference, and asks']],
    load: async () => (await import('../commands/install.ts')).uninstall,
  },
];
