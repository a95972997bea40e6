import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { isRemote } from '../../../src/core/entry.ts';
import type { EffectiveEntry, EffectiveRemote, EffectiveStdio } from '../../../src/core/entry.ts';
import type { ConfigRig } from '../../support/config-rig.ts';
import { CLAUDE, HOME, MCP, OWN, PROJECT, configRig, viewOf } from '../../support/config-rig.ts';

const own = (entry: unknown, more: Readonly<Record<string, unknown>> = {}): ConfigRig =>
  configRig({ [OWN]: { mcpServers: { s: entry } }, [`${PROJECT}/readme`]: '', ...more });
const remoteOf = ({ endpoint }: EffectiveEntry): EffectiveRemote => {
  if (isRemote(endpoint)) return endpoint;
  throw new Error('not remote');
};
const stdioOf = ({ endpoint }: EffectiveEntry): EffectiveStdio => {
  if (!isRemote(endpoint)) return endpoint;
  throw new Error('not stdio');
};
const revealed = (map: EffectiveRemote['headers']): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([key, secret]) => [key, secret.reveal()]));

describe('[config.variables] an entry is expanded from the view', () => {
  test('in every field of a remote server', async () => {
    const rig = own({
      url: 'https://${H}/mcp?k=${K:-v}',
      headers: { Authorization: 'Bearer ${T}' },
      headersHelper: 'helper ${T}',
      oauth: { clientId: '${C}', authServerMetadataUrl: 'https://${H}/as', scopes: '${S:-a b}', callbackPort: 9 },
    });
    const found = await rig.effective('s', viewOf({ variables: { H: 'host', T: 'token', C: 'client' } }));
    expect(found).toMatchObject({
      signIn: 'helper',
      endpoint: {
        kind: 'auto',
        url: 'https://host/mcp?k=v',
        helper: { command: 'helper token', ttlMs: 0, fromProject: false, path: '/usr/bin' },
        oauth: { clientId: 'client', authServerMetadataUrl: 'https://host/as', scopes: 'a b', callbackPort: 9 },
      },
    });
    expect(revealed(remoteOf(found).headers)).toEqual({ Authorization: 'Bearer token' });
  });

  test('in every field of a local server', async () => {
    const rig = own({ command: '${C}', args: ['${A}', '$B'], env: { E: '${A}' }, cwd: '${D}' });
    const found = stdioOf(await rig.effective('s', viewOf({ variables: { C: 'cmd', A: 'a', D: '/tmp' } })));
    expect(found).toMatchObject({ command: 'cmd', args: ['a', '$B'], cwd: '/tmp', path: '/usr/bin' });
    expect(revealed(found.env)).toEqual({ E: 'a' });
  });

  test('a variable without value and default is a fault that names it, its field, file and line', async () => {
    const rig = own('{}', {
      [OWN]: '{"mcpServers": {"s": {\n"url": "https://a",\n"headers": {\n"X-Key": "${SECRET_KEY}"}}}}',
    });
    expect(await rig.resolve('s')).toEqual({
      reason: 'variable-missing',
      detail: `SECRET_KEY in headers.X-Key (${OWN}:4)`,
      at: { file: OWN, line: 4, pointer: 'mcpServers.s.headers.X-Key' },
    });
    expect((await rig.load()).variables).toEqual(['SECRET_KEY']);
  });

  test.each([
    [{ url: '${U}' }, { U: 'nonsense CANARY' }, 'url is not a url'],
    [{ url: '${U}' }, { U: 'file:///CANARY' }, 'url has file: where http or https is needed'],
    [{ url: 'https://a', headers: { A: '${U}' } }, { U: 'CANARY\nX: y' }, 'headers.A holds a line break'],
    [{ command: '${U:-}' }, {}, 'command is empty after its variables are expanded'],
  ])('what comes out wrong is told without its value: %j', async (entry, variables, text) => {
    const fault = await own(entry).resolve('s', viewOf({ variables }));
    expect(fault).toMatchObject({ reason: 'config-invalid', at: { file: OWN, line: expect.any(Number) as number } });
    expect(JSON.stringify(fault)).toContain(text);
    expect(JSON.stringify(fault)).not.toContain('CANARY');
  });
});

describe('the sign-in model of an entry', () => {
  test.each([
    [{ command: 'x' }, 'stdio'],
    [{ url: 'https://a' }, 'none'],
    [{ url: 'https://a', headers: {} }, 'none'],
    [{ url: 'https://a', headers: { A: 'b' } }, 'headers'],
    [{ url: 'https://a', headers: { A: 'b' }, headersHelper: 'h' }, 'helper'],
    [{ url: 'https://a', oauth: { clientId: 'c' } }, 'oauth'],
    [{ url: 'https://a', oauth: { clientId: 'c' }, headers: { A: 'b' } }, 'headers'],
  ])('%j is %s', async (entry, signIn) => {
    expect((await own(entry).effective('s')).signIn).toBe(signIn);
  });
});

describe('folders', () => {
  const entries = {
    run: { command: './bin/run', cwd: 'sub' },
    bare: { command: 'run' },
    help: { url: 'https://a', headersHelper: './h' },
  };
  const claude = { mcpServers: entries, projects: { [PROJECT]: { mcpServers: entries } } };
  const disk = {
    [`${PROJECT}/readme`]: '',
    [`${HOME}/.config/holdfast/other`]: '',
    '/files/x/f.json': { mcpServers: entries },
    '/cc/other': '',
  };

  test.each([
    ['project', { [MCP]: { mcpServers: entries } }, {}, PROJECT, PROJECT],
    ['local', { [CLAUDE]: claude }, {}, PROJECT, PROJECT],
    ['user, without a folder of Claude Code', { [CLAUDE]: { mcpServers: entries } }, {}, `${HOME}/.claude`, HOME],
    [
      'user',
      { [CLAUDE]: { mcpServers: entries }, [`${HOME}/.claude/x`]: '' },
      {},
      `${HOME}/.claude`,
      `${HOME}/.claude`,
    ],
    ['user, moved', { '/cc/.claude.json': { mcpServers: entries } }, { claudeConfigDir: '/cc' }, '/cc', '/cc'],
    ['own', { [OWN]: { mcpServers: entries } }, {}, `${HOME}/.config/holdfast`, `${HOME}/.config/holdfast`],
    ['file', {}, { files: ['/files/x/f.json'] }, '/files/x', '/files/x'],
  ])('of %s entries', async (scope, files, changes, base, helperCwd) => {
    const rig = configRig({ ...disk, ...files });
    const view = viewOf(changes);
    if (scope === 'project')
      for (const { name } of (await rig.load()).servers) await rig.config.approve(view, await rig.server(name));
    const stdio = stdioOf(await rig.effective('run', view));
    expect([stdio.command, stdio.cwd]).toEqual([`${base}/bin/run`, `${base}/sub`]);
    expect(stdioOf(await rig.effective('bare', view)).cwd).toBe(scope === 'file' ? '/files/x' : PROJECT);
    expect(remoteOf(await rig.effective('help', view)).helper).toMatchObject({
      cwd: helperCwd,
      fromProject: scope === 'project',
    });
  });
});

describe('the key of an entry', () => {
  const entry = { command: 'tool', args: ['${A}'], env: { E: 'x' } };
  const disk = { '/usr/bin/tool': 'bin', '/opt/bin/tool': 'other' };
  const executable = (rig: ConfigRig): ConfigRig => {
    for (const path of Object.keys(disk)) rig.files.modes.set(path, 0o755);
    return rig;
  };
  const keyOf = async (raw: unknown, changes = {}, variables = { A: 'a' }): Promise<string> =>
    (await executable(own(raw, disk)).effective('s', viewOf({ variables, ...changes }))).key;

  test('is the same for the same name or another, in whatever file, with keys in whatever order', async () => {
    const rig = executable(
      configRig({
        ...disk,
        [`${PROJECT}/x`]: '',
        [OWN]: { mcpServers: { one: { url: 'https://a', headers: { A: '1', B: '2' } } } },
        [CLAUDE]: { mcpServers: { two: { headers: { B: '2', A: '1' }, url: 'https://a' } } },
      }),
    );
    expect((await rig.effective('one')).key).toBe((await rig.effective('two')).key);
  });

  test('of a local server is the same where another PATH leads to the same program', async () => {
    expect(await keyOf(entry, { path: '/nowhere:/usr/bin' })).toBe(await keyOf(entry));
  });

  test.each([
    ['a variable has another value', entry, {}, { A: 'b' }],
    ['PATH leads to another program', entry, { path: '/opt/bin:/usr/bin' }, { A: 'a' }],
    ['PATH leads to none', entry, { path: '/nowhere' }, { A: 'a' }],
    ['the environment differs', { ...entry, env: { E: 'y' } }, {}, { A: 'a' }],
    ['it starts in another folder', { ...entry, cwd: '/tmp' }, {}, { A: 'a' }],
    ['the caller is in another project', entry, { projectRoot: '/usr' }, { A: 'a' }],
    ['a number differs', { ...entry, holdfast: { slotMs: 5 } }, {}, { A: 'a' }],
    ['a number differs in the environment', entry, {}, { A: 'a', MCP_TIMEOUT: '5' }],
    ['its era differs', { ...entry, protocolEra: 'modern' }, {}, { A: 'a' }],
  ])('differs where %s', async (_where, raw, changes, variables) => {
    expect(await keyOf(raw, changes, variables)).not.toBe(await keyOf(entry));
  });

  test('[gateway.rules] is the same whatever clients of the gateway see', async () => {
    const gateway = { tools: { deny: ['a'] }, prompts: { deny: ['b'] }, resources: { deny: ['c'] } };
    expect(await keyOf({ ...entry, holdfast: gateway })).toBe(await keyOf(entry));
  });

  test('of a remote server differs between accounts; a process has none', async () => {
    const remote = { url: 'https://a/mcp' };
    expect(await keyOf(remote, { profile: 'work' })).not.toBe(await keyOf(remote));
    expect(await keyOf(entry, { profile: 'work' })).toBe(await keyOf(entry));
  });

  test('of a local server differs between projects, also where it starts in the same folder', async () => {
    const fixed = { ...entry, cwd: '/' };
    expect(await keyOf(fixed, { projectRoot: '/usr' })).not.toBe(await keyOf(fixed));
  });

  test('of a local server passes over files in PATH that are no programs', async () => {
    const rig = executable(own(entry, disk));
    rig.files.put('/notes/tool', 'text', 0o644);
    const view = viewOf({ variables: { A: 'a' }, path: '/notes:/usr/bin' });
    expect((await rig.effective('s', view)).key).toBe(await keyOf(entry));
  });

  test('of a remote server for every project is shared by all of them', async () => {
    const remote = { url: 'https://a' };
    expect(await keyOf(remote, { projectRoot: '/usr' })).toBe(await keyOf(remote));
  });

  test('numbers of the entry win over those of the environment', async () => {
    const rig = own({ command: 'x', timeout: 7_000 });
    const view = viewOf({ variables: { MCP_TOOL_TIMEOUT: '9000', MCP_TIMEOUT: '8000' } });
    expect((await rig.effective('s', view)).settings.numbers).toEqual({ callTotalMs: 7_000, connectTimeoutMs: 8_000 });
  });
});

describe('[security.canaries] the secret values of an entry', () => {
  const shown = async (entry: object, text: string, variables: Record<string, string> = {}): Promise<string> => {
    const rig = own(entry);
    await rig.resolve('s', viewOf({ variables }));
    return rig.redactor.redact(text);
  };

  test.each([
    ['values of variables', { command: 'x', args: ['--key', '${V}'] }, { V: 'CANARY-v' }],
    ['header values', { url: 'https://a', headers: { A: 'Bearer CANARY-h' } }, {}],
    ['longer environment values', { command: 'x', env: { E: 'CANARY-env' } }, {}],
    ['credentials in the url', { url: 'https://user:CANARY-pw@a/' }, {}],
    ['query values of the url', { url: 'https://a/?key=CANARY%20q' }, {}],
    ['values of variables of an entry that is wrong', { url: '${V}' }, { V: 'CANARY-v' }],
  ])('are known to the redactor: %s', async (_what, entry, variables) => {
    const texts = ['CANARY-v', 'CANARY-h', 'CANARY-env', 'CANARY-pw', 'CANARY q', 'CANARY%20q'];
    const wanted = texts.filter((text) => JSON.stringify([entry, variables]).includes(text.replace(' ', '%20')));
    for (const text of wanted) expect(await shown(entry, `see ${text}!`, variables)).toBe('see [secret]!');
    expect(wanted.length).toBeGreaterThan(0);
  });

  test('do not take ordinary words with them', async () => {
    const entry = { command: '${BIN}', env: { P: '/usr/share/thing', N: '12345678', B: 'true' } };
    const text = 'true 12345678 /usr/share/thing /opt/long/path 300000';
    expect(await shown(entry, text, { BIN: '/opt/long/path', N: '300000' })).toBe(text);
    expect(await shown({ url: 'https://a', headers: { Accept: 'application/json' } }, 'application/json')).toBe(
      'application/json',
    );
  });

  test('are wrapped, so that printing the entry shows none', async () => {
    const rig = own({ command: 'x', env: { E: 'CANARY-env' } });
    const found = await rig.effective('s');
    expect(inspect(found, { depth: 9 }) + JSON.stringify(found)).not.toContain('CANARY');
  });
});
