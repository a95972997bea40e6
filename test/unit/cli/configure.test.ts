import { describe, expect, test } from 'vitest';
import { entryOf } from '../../../src/cli/entry-words.ts';
import { changeOf } from '../../../src/cli/entry-change.ts';
import { editorWords } from '../../../src/cli/editor-words.ts';
import { parse } from '../../../src/cli/parse.ts';
import { HoldfastError } from '../../../src/base/errors.ts';
import type { ServerEntry } from '../../../src/core/entry.ts';
import { cliRig, COMMANDS, configured } from '../../support/cli-rig.ts';
import type { RigOptions } from '../../support/cli-rig.ts';
import { snapshotOf } from '../../support/recording-fleet.ts';

const added = (...words: string[]): ReturnType<typeof entryOf> => entryOf(parse(['add', ...words], COMMANDS).args);

describe("[cli.add] add has Claude Code's grammar", () => {
  test.each<[string, readonly string[], string, Record<string, unknown>]>([
    ['a url', ['docs', 'https://x.example/mcp'], 'docs', { url: 'https://x.example/mcp' }],
    ['a url from a variable', ['docs', '${DOCS_URL}'], 'docs', { url: '${DOCS_URL}' }],
    [
      'a transport',
      ['--transport', 'http', 'docs', 'https://x.example/'],
      'docs',
      { type: 'http', url: 'https://x.example/' },
    ],
    [
      'a short transport after the name',
      ['docs', '-t', 'sse', 'https://x.example/'],
      'docs',
      { type: 'sse', url: 'https://x.example/' },
    ],
    [
      'a transport at the end',
      ['docs', 'https://x.example/', '--transport=http'],
      'docs',
      { type: 'http', url: 'https://x.example/' },
    ],
    [
      'a header after the url',
      ['-t', 'http', 'api', 'https://x.example/', '--header', 'Authorization: Bearer ${T}'],
      'api',
      { type: 'http', url: 'https://x.example/', headers: { Authorization: 'Bearer ${T}' } },
    ],
    [
      'headers before the name, several at once',
      ['-H', 'X-A: 1', 'X-B:2', '--header', 'X-C: a:b', 'api', 'https://x.example/'],
      'api',
      { url: 'https://x.example/', headers: { 'X-C': 'a:b', 'X-A': '1', 'X-B': '2' } },
    ],
    [
      'headers after the url, several at once',
      ['api', 'https://x.example/', '-H', 'X-A: 1', 'X-B: 2'],
      'api',
      { url: 'https://x.example/', headers: { 'X-A': '1', 'X-B': '2' } },
    ],
    [
      'a command after --',
      ['fs', '--', 'npx', '-y', 'pkg', '--flag'],
      'fs',
      { command: 'npx', args: ['-y', 'pkg', '--flag'] },
    ],
    ['a command without --', ['fs', 'node', 'server.js', 'a=b'], 'fs', { command: 'node', args: ['server.js', 'a=b'] }],
    [
      'variables before the name',
      ['--env', 'KEY=v', 'B=2', '--transport', 'stdio', 'fs', '--', 'npx', 'pkg'],
      'fs',
      { command: 'npx', args: ['pkg'], env: { KEY: 'v', B: '2' } },
    ],
    [
      'variables after the name, several at once',
      ['fs', '-e', 'A=1', 'B=x=y', '--', 'npx', 'K=1'],
      'fs',
      { command: 'npx', args: ['K=1'], env: { A: '1', B: 'x=y' } },
    ],
    [
      'an option of ours among the words of the command',
      ['fs', '--', 'x', '-t', 'http', '--json'],
      'fs',
      { command: 'x', args: ['-t', 'http', '--json'] },
    ],
    [
      'stdio for what looks like a url',
      ['-t', 'stdio', 'x', 'https://run.me'],
      'x',
      { command: 'https://run.me', args: [] },
    ],
    [
      'a url after --',
      ['-t', 'http', 'x', '--', 'https://x.example/'],
      'x',
      { type: 'http', url: 'https://x.example/' },
    ],
    [
      'a helper',
      ['x', 'https://x.example/', '--headers-helper', './token.sh a'],
      'x',
      { url: 'https://x.example/', headersHelper: './token.sh a' },
    ],
    [
      'OAuth settings',
      ['x', 'https://x.example/', '--client-id', 'me', '--callback-port', '8123', '--scopes', 'read write'],
      'x',
      { url: 'https://x.example/', oauth: { clientId: 'me', callbackPort: 8123, scopes: 'read write' } },
    ],
  ])('%s', (_what, words, name, raw) => {
    expect(added(...words)).toEqual({ name, raw });
  });

  test.each<[string, readonly string[], string]>([
    ['nothing to reach', ['docs'], 'add needs a URL, or -- and a command'],
    ['only variables', ['-e', 'A=1', 'B=2'], 'add needs NAME'],
    [
      'a header for a process',
      ['fs', '-H', 'A: b', '--', 'npx'],
      '--header is for remote servers, and npx is a command',
    ],
    [
      'a helper for a process',
      ['fs', '--headers-helper', 'x', '--', 'npx'],
      '--headers-helper is for remote servers, and npx is a command',
    ],
    [
      'a variable for a remote server',
      ['x', 'https://x.example/', '-e', 'A=1'],
      '--env is for local processes; a remote server takes --header',
    ],
    ['a variable that is none', ['fs', '-e', 'A', '--', 'npx'], '--env needs KEY=VALUE'],
    ['a header that is none', ['x', 'https://x.example/', '-H', 'nocolon'], '--header needs "Name: value"'],
    ['http without a url', ['-t', 'http', 'x', 'npx'], '-t http needs a URL, and "npx" is none'],
    ['words after a url', ['x', 'https://x.example/', 'more'], 'add takes nothing after the URL: "more"'],
    [
      'a port that is none',
      ['x', 'https://x.example/', '--callback-port', '70000'],
      '--callback-port needs a port from 1 to 65535',
    ],
    [
      'a client secret without a client',
      ['x', 'https://x.example/', '--client-secret'],
      '--client-secret needs --client-id',
    ],
  ])('%s is refused', (_what, words, message) => {
    expect(() => added(...words)).toThrow(expect.objectContaining({ code: 'ERR_USAGE', message }));
  });

  test.each([
    [['--', 'npx'], 'own', { command: 'npx', args: [] }],
    [['https://x.example/'], 'own', { url: 'https://x.example/' }],
    [['-s', 'user', 'https://x.example/'], 'user', { type: 'http', url: 'https://x.example/' }],
    [['-s', 'project', '-t', 'sse', 'https://x.example/'], 'project', { type: 'sse', url: 'https://x.example/' }],
    [['--config', 'a.json', 'https://x.example/'], 'file', { url: 'https://x.example/' }],
    [['-s', 'local', '--', 'npx'], 'local', { command: 'npx', args: [] }],
  ])('add x %j writes into the scope %s', async (words, scope, raw) => {
    const rig = cliRig();
    expect(await rig.type('add', 'x', ...words)).toBe(0);
    expect(rig.writes.map(({ args }) => args[1])).toEqual([{ name: 'x', raw, scope, replace: false }]);
    expect(rig.opened).toEqual([]);
  });

  test('it says where the entry is, and when another one wins', async () => {
    const rig = cliRig({
      servers: [
        configured('x', {
          source: { client: 'claude-code', scope: 'user', file: '/home/me/.claude.json', line: 9, pointer: 'p' },
        }),
      ],
    });
    await rig.type('add', 'x', 'https://x.example/');
    expect(rig.out).toBe('added x in ~/.config/holdfast/servers.json:7\n');
    expect(rig.err).toContain('~/.claude.json:9 (user) has a server of this name, and that one is in force');
  });

  test('[security.canaries] a literal secret is noted and never repeated', async () => {
    const rig = cliRig();
    await rig.type('add', 'x', 'https://x.example/', '-H', 'Authorization: Bearer canary', '-H', 'X-Plain: canary');
    expect(rig.out + rig.err).not.toContain('canary');
    expect(rig.err).toContain('Authorization stands in the file in clear');
    await rig.type('add', 'x', 'https://x.example/', '-H', 'Authorization: Bearer ${T}');
    expect(rig.err).not.toContain('clear');
  });

  test('--json gives the report', async () => {
    const rig = cliRig();
    expect(await rig.json('add', 'x', 'https://x.example/', '--json')).toEqual({
      schema: 'write/v1',
      name: 'x',
      file: '/home/me/.config/holdfast/servers.json',
      line: 7,
      pointer: 'mcpServers.x',
      action: 'added',
    });
  });
});

describe('[login.settings] add --client-secret', () => {
  const words = ['add', 'x', 'https://x.example/', '--client-id', 'me', '--client-secret'];
  const written = (rig: ReturnType<typeof cliRig>): unknown =>
    (rig.writes[0]?.args[1] as { raw: object } | undefined)?.raw;

  test('takes the secret from the variable of Claude Code, and says that it stands there in clear', async () => {
    const rig = cliRig({ env: { MCP_CLIENT_SECRET: 'canary' } });
    expect(await rig.type(...words)).toBe(0);
    expect(written(rig)).toEqual({ url: 'https://x.example/', oauth: { clientId: 'me', clientSecret: 'canary' } });
    expect(rig.out + rig.err).not.toContain('canary');
    expect(rig.err).toContain('oauth.clientSecret stands in the file in clear');
  });

  test('asks a person without showing it; the name of a variable keeps it out of the file', async () => {
    const rig = cliRig({ terminal: { isTTY: true, hidden: ['${DOCS_SECRET}'] } });
    expect(await rig.type(...words)).toBe(0);
    expect(written(rig)).toMatchObject({ oauth: { clientSecret: '${DOCS_SECRET}' } });
    expect(rig.err).not.toContain('clear');
  });

  test.each<[string, RigOptions, readonly string[], string]>([
    ['where nobody can be asked', {}, [], 'needs a terminal to ask at'],
    ['where nothing is typed', { terminal: { isTTY: true, hidden: [''] } }, [], 'no client secret was given'],
    ['after Ctrl-C', { terminal: { isTTY: true, hidden: ['\u0003'] } }, [], 'no client secret was given'],
    [
      'in a file that others read',
      { env: { MCP_CLIENT_SECRET: 'canary' } },
      ['-s', 'project'],
      'does not belong into .mcp.json',
    ],
  ])('writes nothing %s', async (_where, options, more, text) => {
    const rig = cliRig(options);
    expect(await rig.type(...words, ...more)).toBe(2);
    expect(rig.err).toContain(text);
    expect(rig.writes).toEqual([]);
    expect(rig.out + rig.err).not.toContain('canary');
  });
});

describe('[cli.add] add-json', () => {
  test('it takes the entry as a word or from standard input', async () => {
    const raw = { type: 'http', url: 'https://x.example/' };
    const word = cliRig();
    expect(await word.type('add-json', 'x', JSON.stringify(raw))).toBe(0);
    const input = cliRig({ terminal: { stdin: JSON.stringify(raw) } });
    expect(await input.type('add-json', 'x', '-', '-s', 'user')).toBe(0);
    expect(word.writes[0]?.args[1]).toEqual({ name: 'x', raw, scope: 'own', replace: false });
    expect(input.writes[0]?.args[1]).toEqual({ name: 'x', raw, scope: 'user', replace: false });
  });

  test.each(['{"a":"canary', '[1]', 'null', '"canary"', ''])('%j is refused without being repeated', async (text) => {
    const rig = cliRig({ terminal: { stdin: text } });
    expect(await rig.type('add-json', 'x', '-')).toBe(2);
    expect(rig.err).not.toContain('canary');
    expect(rig.writes).toEqual([]);
  });
});

describe('edit', () => {
  const entry: ServerEntry = {
    name: 'x',
    source: configured('x').source,
    endpoint: { kind: 'http', url: 'https://x.example/', headers: { 'X-Old': 'o', 'X-Keep': 'k' } },
    settings: { protocolEra: 'auto', numbers: {} },
  };

  test.each<[readonly string[], readonly string[], object]>([
    [['url=https://y.example/?a=b'], [], { set: { url: 'https://y.example/?a=b' }, unset: [] }],
    [
      ['args=["-v"]', 'timeout=5000', 'disabled=true'],
      [],
      { set: { args: ['-v'], timeout: 5000, disabled: true }, unset: [] },
    ],
    [['command=123'], [], { set: { command: '123' }, unset: [] }],
    [['note=plain words'], [], { set: { note: 'plain words' }, unset: [] }],
    [[], ['type'], { set: {}, unset: ['type'] }],
    [['headers.X-New=1'], ['headers.X-Old'], { set: { headers: { 'X-Keep': 'k', 'X-New': '1' } }, unset: [] }],
    [[], ['headers.X-Old', 'headers.X-Keep'], { set: {}, unset: ['headers'] }],
    [['oauth.callbackPort=80'], [], { set: { oauth: { callbackPort: 80 } }, unset: [] }],
    [['headers.X.Y=1'], [], { set: { headers: { 'X-Old': 'o', 'X-Keep': 'k', 'X.Y': '1' } }, unset: [] }],
  ])('%j without %j', (words, unset, change) => {
    expect(changeOf(words, unset, entry)).toEqual(change);
  });

  test.each([[['url']], [['=x']], [['args=[1']], [['url.x=1']]])('%j is refused', (words) => {
    expect(() => changeOf(words, [], entry)).toThrow(HoldfastError);
  });

  test.each([
    ['vim', 'vim', ['+7', '/f.json']],
    ['/usr/bin/nano -w', '/usr/bin/nano', ['-w', '+7', '/f.json']],
    ['code --wait', 'code', ['--wait', '--goto', '/f.json:7']],
    ['code', 'code', ['--wait', '--goto', '/f.json:7']],
    ['subl -w', 'subl', ['-w', '/f.json:7']],
    ['strange', 'strange', ['/f.json']],
  ])('the editor "%s" is opened at the line', (editor, command, args) => {
    expect(editorWords(editor, '/f.json', 7)).toEqual({ command, args });
  });

  test('on a terminal the editor is opened at the entry, and the entry is looked at afterwards', async () => {
    const fine = cliRig({ servers: [configured('x')], terminal: { isTTY: true }, env: { EDITOR: 'nano' } });
    expect(await fine.type('edit', 'x')).toBe(0);
    expect(fine.edited).toEqual([['nano', '+3', '/home/me/.config/holdfast/servers.json']]);
    const broken = configured('x', { problem: { reason: 'config-invalid', detail: 'url: not a url' } });
    const bad = cliRig({ servers: [broken], terminal: { isTTY: true } });
    expect(await bad.type('edit', 'x')).toBe(2);
    expect(bad.err).toContain('url: not a url');
  });

  test('without a terminal it says where the entry stands', async () => {
    const rig = cliRig({ servers: [configured('x')] });
    expect(await rig.type('edit', 'x')).toBe(2);
    expect(rig.err).toContain('~/.config/holdfast/servers.json:3');
    expect(rig.edited).toEqual([]);
  });

  test('words are written through the configuration port', async () => {
    const rig = cliRig({ servers: [configured('x')] });
    expect(await rig.type('edit', 'x', 'url=https://y.example/', '--unset', 'type', '-s', 'own')).toBe(0);
    expect(rig.writes).toMatchObject([
      {
        method: 'edit',
        args: [{}, { name: 'x', scope: 'own', change: { set: { url: 'https://y.example/' }, unset: ['type'] } }],
      },
    ]);
    expect(await rig.type('edit', 'y', 'url=z')).toBe(6);
  });
});

describe('edit in the file of another program', () => {
  const project = { client: 'mcp-json', scope: 'project', file: '/code/app/.mcp.json', line: 9, pointer: 'p' } as const;
  const user = { client: 'claude-code', scope: 'user', file: '/home/me/.claude.json', line: 4, pointer: 'p' } as const;
  const server = configured('x', { source: project, shadows: [user] });

  test('what is printed is what works: the scope is named', async () => {
    const wrong = snapshotOf('x', {
      status: 'failed',
      reason: 'http-404',
      next: ['edit', 'reconnect'],
      source: project,
    });
    const rig = cliRig({ snapshots: [wrong], daemon: true });
    await rig.type('status');
    expect(rig.out).toContain('  holdfast edit x --scope project  ');
    const own = cliRig({ snapshots: [{ ...wrong, source: configured('x').source }], daemon: true });
    await own.type('status');
    expect(own.out).toContain('  holdfast edit x  ');
  });

  test('a redirect is followed by a command that can be run as it is', async () => {
    const moved = snapshotOf('x', {
      status: 'failed',
      reason: 'redirected',
      redirectTo: 'https://new.example/mcp?a=1&b=2',
      next: ['edit', 'reconnect'],
      source: project,
    });
    const rig = cliRig({ snapshots: [moved], daemon: true });
    await rig.type('status');
    expect(rig.out).toContain("holdfast edit x 'url=https://new.example/mcp?a=1&b=2' --scope project");
  });

  test.each([
    [[], '/code/app/.mcp.json', 9],
    [['--scope', 'project'], '/code/app/.mcp.json', 9],
    [['--scope', 'user'], '/home/me/.claude.json', 4],
  ])('the editor is opened at the entry of the scope: %j', async (words, file, line) => {
    const rig = cliRig({ servers: [server], terminal: { isTTY: true }, env: { EDITOR: 'vi' } });
    expect(await rig.type('edit', 'x', ...words)).toBe(0);
    expect(rig.edited).toEqual([['vi', `+${line}`, file]]);
  });

  test('a scope in which it does not stand is refused', async () => {
    const rig = cliRig({ servers: [server], terminal: { isTTY: true } });
    expect(await rig.type('edit', 'x', '--scope', 'own')).toBe(2);
    expect(rig.err).toContain('It stands in: project, user.');
  });
});

describe('remove', () => {
  test('it removes by name and scope, and says what is in force now', async () => {
    const rig = cliRig({
      servers: [configured('x')],
      config: {
        remove: async () => ({ file: '/code/app/.mcp.json', line: 4, pointer: 'mcpServers.x', action: 'removed' }),
      },
    });
    expect(await rig.type('remove', 'x', '-s', 'project')).toBe(0);
    expect(rig.out).toBe('removed x in .mcp.json:4\n');
    expect(rig.err).toContain('~/.config/holdfast/servers.json:3 (own) is in force');
    expect(await rig.type('remove', 'y')).toBe(6);
  });
});
