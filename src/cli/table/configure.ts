/**
 * The verbs that write configuration.
 *
 * @module
 */
import type { CommandRow, OptionRow } from '../command.ts';

const SCOPE: OptionRow = {
  name: 'scope',
  short: 's',
  value: 'SCOPE',
  choices: ['own', 'local', 'project', 'user', 'file'],
  summary: 'own (our file, default), local or user (~/.claude.json), project (.mcp.json), file (that of --config)',
};
const NAME = { name: 'NAME', completes: 'server', summary: 'a configured server' } as const;

export const CONFIGURE: readonly CommandRow[] = [
  {
    name: 'add',
    group: 'Configure',
    kind: 'offline',
    summary: 'add a server',
    details: [
      'NAME URL adds a remote server, NAME -- COMMAND … a local one. Options may stand before or after the name.',
      'Values may hold ${VAR} and ${VAR:-default}; they are filled in when the server is contacted, so that no secret needs to be written down.',
    ],
    args: [
      { name: 'NAME', summary: 'letters, digits, dots, - and _' },
      {
        name: 'URL',
        optional: true,
        many: true,
        summary: 'address of a remote server, or a command with its arguments',
      },
    ],
    rest: 'COMMAND [ARG…]',
    options: [
      {
        name: 'transport',
        short: 't',
        value: 'TYPE',
        choices: ['stdio', 'http', 'sse'],
        summary: 'stdio, http or sse',
      },
      SCOPE,
      { name: 'env', short: 'e', value: 'KEY=VALUE', many: true, summary: 'variable for the process' },
      { name: 'header', short: 'H', value: '"Name: value"', many: true, summary: 'header for the remote server' },
      { name: 'headers-helper', value: 'COMMAND', summary: 'command that prints headers as JSON on every connect' },
      { name: 'client-id', value: 'ID', summary: 'OAuth client id that is registered already' },
      { name: 'client-secret', summary: 'its secret: asked for without being shown, or taken from MCP_CLIENT_SECRET' },
      { name: 'scopes', value: '"A B"', summary: 'OAuth scopes to ask for: exactly these' },
      { name: 'callback-port', value: 'PORT', type: 'count', summary: 'fixed port of the OAuth callback' },
      { name: 'replace', summary: 'write over an entry of this name' },
    ],
    examples: [
      ['add docs https://mcp.example.com/mcp -H "Authorization: Bearer ${DOCS_TOKEN}"', 'remote, with a header'],
      ['add files -- npx -y @modelcontextprotocol/server-filesystem .', 'a local process'],
      ['add -t sse -s user old https://old.example.com/sse', "HTTP+SSE, into Claude Code's own file"],
    ],
    load: async () => (await import('../commands/add.ts')).add,
  },
  {
    name: 'add-json',
    group: 'Configure',
    kind: 'offline',
    summary: 'add a server from its JSON',
    args: [
      { name: 'NAME', summary: 'letters, digits, dots, - and _' },
      { name: 'JSON', summary: 'the entry, or - for standard input' },
    ],
    options: [SCOPE, { name: 'replace', summary: 'write over an entry of this name' }],
    examples: [[`add-json docs '{"type":"http","url":"https://mcp.example.com/mcp"}'`, 'as .mcp.json would hold it']],
    load: async () => (await import('../commands/add-json.ts')).addJson,
  },
  {
    name: 'edit',
    group: 'Configure',
    kind: 'offline',
    summary: 'change fields of an entry, or open it in your editor',
    args: [
      NAME,
      {
        name: 'KEY=VALUE',
        optional: true,
        many: true,
        summary: 'e.g. url=https://…, headers.X-Api-Key=${KEY}, args=["-v"]',
      },
    ],
    options: [{ name: 'unset', value: 'KEY', many: true, summary: 'remove a field, e.g. headers.X-Old' }, SCOPE],
    examples: [
      ['edit notion', 'open $EDITOR at the line of the entry'],
      ['edit notion url=https://mcp.notion.com/mcp --unset type', 'change it here; comments and order stay'],
    ],
    load: async () => (await import('../commands/edit.ts')).edit,
  },
  {
    name: 'remove',
    aliases: ['rm'],
    group: 'Configure',
    kind: 'offline',
    summary: 'remove a server from its file',
    args: [NAME],
    options: [SCOPE],
    examples: [['remove old-db', 'the entry that is in force; -s chooses another']],
    load: async () => (await import('../commands/remove.ts')).remove,
  },
  {
    name: 'config',
    group: 'Configure',
    kind: 'offline',
    summary: 'paths, validation, schema and the effective configuration',
    args: [
      {
        name: 'WHAT',
        completes: ['path', 'validate', 'schema', 'show'],
        summary: 'path, validate, schema or show',
      },
    ],
    examples: [
      ['config path', 'where our own file is'],
      ['config validate --config servers.json', 'check a file; exit 2 when it has mistakes'],
      ['config schema', 'the JSON schema, for editors'],
      ['config show', 'what is in force, values hidden'],
    ],
    load: async () => (await import('../commands/config.ts')).config,
  },
];
