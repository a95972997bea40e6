import { describe, expect, test } from 'vitest';
import { CLAUDE, MCP, OWN, PROJECT, STATE, configRig, viewOf } from '../../support/config-rig.ts';

const http = (host: string): object => ({ type: 'http', url: `http://${host}/mcp` });
const claude = (user: object, local: object = {}): object => ({
  numStartups: 7,
  mcpServers: user,
  projects: { [PROJECT]: { allowedTools: [], mcpServers: local }, '/elsewhere': { mcpServers: { far: http('far') } } },
});

describe('[config.files] the servers of a view', () => {
  test('come from every file, each with file, line and JSON path', async () => {
    const rig = configRig({
      [OWN]: '{\n  // mine\n  "mcpServers": {\n    "own": {"command": "x",},\n  }\n}\n',
      [CLAUDE]: claude({ user: http('u') }, { local: http('l') }),
      [MCP]: { mcpServers: { project: http('p') } },
    });
    const { servers, notLoaded, files } = await rig.load();
    expect(servers.map(({ name, source }) => [name, source.client, source.scope, source.line, source.pointer])).toEqual(
      [
        ['local', 'claude-code', 'local', 13, `projects["${PROJECT}"].mcpServers.local`],
        ['project', 'mcp-json', 'project', 3, 'mcpServers.project'],
        ['user', 'claude-code', 'user', 4, 'mcpServers.user'],
        ['own', 'holdfast', 'own', 4, 'mcpServers.own'],
      ],
    );
    expect(notLoaded).toEqual([]);
    expect(files).toEqual([
      { client: 'claude-code', scope: 'local', path: CLAUDE, exists: true, servers: 1, writable: true },
      { client: 'mcp-json', scope: 'project', path: MCP, exists: true, servers: 1, writable: true },
      { client: 'claude-code', scope: 'user', path: CLAUDE, exists: true, servers: 1, writable: true },
      { client: 'holdfast', scope: 'own', path: OWN, exists: true, servers: 1, writable: true },
    ]);
  });

  test('without any file are none, and that is no problem', async () => {
    const { servers, files } = await configRig().load();
    expect([servers, files.map(({ exists, problem }) => [exists, problem])]).toEqual([
      [],
      Array.from({ length: 4 }, () => [false, undefined]),
    ]);
  });

  test('follow CLAUDE_CONFIG_DIR, and have no project scopes outside of projects', async () => {
    const rig = configRig({
      '/moved/.claude.json': claude({ moved: http('m') }),
      [CLAUDE]: claude({ old: http('o') }),
      [MCP]: { mcpServers: { p: http('p') } },
    });
    const view = { ...viewOf({ claudeConfigDir: '/moved' }) };
    delete (view as { projectRoot?: string }).projectRoot;
    expect((await rig.load(view)).servers.map(({ name }) => name)).toEqual(['moved']);
  });

  test('of exactly the caller’s folder win over those of its project', async () => {
    const folder = `${PROJECT}/sub`;
    const rig = configRig({
      [CLAUDE]: {
        projects: {
          [PROJECT]: { mcpServers: { a: http('root'), b: http('b') } },
          [folder]: { mcpServers: { a: http('sub') } },
        },
      },
    });
    const { servers } = await rig.load(viewOf({ workingFolder: folder }));
    expect(servers.map(({ name, entry }) => [name, entry?.endpoint])).toMatchObject([
      ['a', { url: 'http://sub/mcp' }],
      ['b', { url: 'http://b/mcp' }],
    ]);
  });

  test('of files that a person names are the only ones, trusted, and the last file wins', async () => {
    const rig = configRig({
      '/one.json': { mcpServers: { a: http('one'), b: http('b') } },
      '/two.json': { mcpServers: { a: http('two') } },
      [OWN]: { mcpServers: { own: http('own') } },
    });
    const { servers, notLoaded, files } = await rig.load(viewOf({ files: ['/one.json', '/two.json', '/none.json'] }));
    expect(servers.map(({ name, entry, approval }) => [name, entry?.endpoint, approval.state])).toMatchObject([
      ['a', { url: 'http://two/mcp' }, 'not-needed'],
      ['b', { url: 'http://b/mcp' }, 'not-needed'],
    ]);
    expect(notLoaded.map(({ text }) => text)).toEqual(['shadowed by file in /two.json:3']);
    expect(files.find(({ path }) => path === '/none.json')).toMatchObject({
      exists: false,
      problem: '/none.json: there is no such file',
    });
  });
});

describe('[config.precedence] of one name', () => {
  test('local wins over user over own, the whole entry, and the others are told', async () => {
    const rig = configRig({
      [OWN]: { mcpServers: { db: { ...http('own'), headers: { A: 'b' } } } },
      [CLAUDE]: claude({ db: http('user') }, { db: http('local') }),
    });
    const { servers, notLoaded } = await rig.load();
    expect(servers).toHaveLength(1);
    expect(servers[0]).toMatchObject({
      source: { scope: 'local' },
      entry: { endpoint: { url: 'http://local/mcp', headers: {} } },
    });
    expect(servers[0]?.shadows.map(({ scope }) => scope)).toEqual(['user', 'own']);
    expect(notLoaded.map(({ name, source, reason, text }) => [name, source.scope, reason, text])).toEqual([
      ['db', 'user', 'duplicate-shadowed', `shadowed by local in ${CLAUDE}:13`],
      ['db', 'own', 'duplicate-shadowed', `shadowed by local in ${CLAUDE}:13`],
    ]);
  });

  test('an approved project entry wins over user, and one that is switched off still hides the others', async () => {
    const rig = configRig({
      [MCP]: { mcpServers: { db: http('project') } },
      [CLAUDE]: claude({ db: http('user') }, { e: { ...http('l'), disabled: true } }),
      [OWN]: { mcpServers: { e: http('own') } },
    });
    await rig.config.approve(viewOf(), await rig.server('db'));
    expect(await rig.server('db')).toMatchObject({ source: { scope: 'project' }, approval: { state: 'approved' } });
    expect(await rig.server('e')).toMatchObject({ source: { scope: 'local' }, enabled: false });
  });
});

describe('[config.bad-entry-alone] a bad entry', () => {
  test('is told with file, line and JSON path of the field, and the others work', async () => {
    const rig = configRig({
      [OWN]:
        '{"mcpServers": {\n"good": {"command": "x"},\n"bad": {\n  "url": "http://a",\n  "headers": {\n    "X-Y": 5}},\n"wor se": {}, "no": 7}}',
    });
    const { servers } = await rig.load();
    expect(servers.map(({ name, problem }) => [name, problem?.reason, problem?.detail, problem?.at])).toEqual([
      ['good', undefined, undefined, undefined],
      [
        'bad',
        'config-invalid',
        'headers.X-Y must be a string; put it in double quotes',
        { file: OWN, line: 6, pointer: 'mcpServers.bad.headers.X-Y' },
      ],
      [
        'wor se',
        'config-invalid',
        'its name may hold letters, digits, "-", "_", "." and ":" only',
        { file: OWN, line: 7, pointer: 'mcpServers["wor se"]' },
      ],
      ['no', 'config-invalid', 'must be an object', { file: OWN, line: 7, pointer: 'mcpServers.no' }],
    ]);
    expect(await rig.resolve('bad')).toMatchObject({ reason: 'config-invalid' });
  });

  test('does not hide a good one of its name, which is told', async () => {
    const rig = configRig({ [CLAUDE]: claude({ db: http('user') }, { db: { type: 'ws', url: 'ws://a' } }) });
    const { servers, notLoaded } = await rig.load();
    expect(servers).toMatchObject([{ name: 'db', source: { scope: 'user' } }]);
    expect(notLoaded).toMatchObject([{ name: 'db', source: { scope: 'local' }, reason: 'config-invalid' }]);
    expect(notLoaded[0]?.text).toMatch(/^type "ws" is not supported; .*; user in \/home\/ada\/.claude.json:4 is used$/);
  });

  test('whose name would obey a terminal is shown without that', async () => {
    const rig = configRig({ [OWN]: { mcpServers: { '\u001B[2Jx\u202E': {} } } });
    expect((await rig.load()).servers.map(({ name }) => name)).toEqual(['x']);
  });

  test('what stands twice is told, and the last one counts', async () => {
    const rig = configRig({
      [OWN]: '{"mcpServers": {"a": {"command": "old"},\n "a": {"command": "x", "command": "y"}}}',
    });
    const { servers, notLoaded } = await rig.load();
    expect(servers).toMatchObject([
      { entry: { endpoint: { command: 'y' } }, notes: ['command stands twice; the last one counts'] },
    ]);
    expect(notLoaded).toMatchObject([
      {
        name: 'a',
        reason: 'duplicate-shadowed',
        text: `the same name stands again in ${OWN}:2, and the last one counts`,
      },
    ]);
  });
});

describe('[config.half-written] a file that cannot be used', () => {
  test.each([
    ['cut off', '{"mcpServers": {"a": {"comm', `${OWN}:1:23: a string does not end`],
    ['emptied', '', `${OWN}:1:1: the file is empty`],
    ['binary', '\0\0\0', `${OWN}:1:1: this is not UTF-8 text`],
  ])(
    'because it is %s keeps the entries of its last good reading, and the others work',
    async (_what, text, problem) => {
      const rig = configRig({ [OWN]: { mcpServers: { a: http('a') } }, [CLAUDE]: claude({ b: http('b') }) });
      const before = (await rig.load()).servers;
      rig.files.put(OWN, text);
      const { servers, files } = await rig.load();
      expect(servers).toEqual(before);
      expect(files.at(-1)).toMatchObject({
        path: OWN,
        problem: `${problem}; the entries of the last good reading are kept`,
        writable: false,
      });
      rig.files.put(OWN, '{"mcpServers": {}}');
      expect((await rig.load()).servers.map(({ name }) => name)).toEqual(['b']);
    },
  );

  test('at the start has no entries, and says why', async () => {
    const rig = configRig({ [OWN]: '{"mcpServers"', [CLAUDE]: claude({ b: http('b') }) });
    const { servers, files } = await rig.load();
    expect(servers.map(({ name }) => name)).toEqual(['b']);
    expect(files.at(-1)?.problem).toBe(`${OWN}:1:14: a colon is expected`);
  });

  test('because it may not be read keeps them, too; one that is gone does not', async () => {
    const rig = configRig({ [OWN]: { mcpServers: { a: http('a') } } });
    await rig.load();
    rig.files.readFaults.set(OWN, 'EACCES');
    const kept = await rig.load();
    expect(kept.servers).toHaveLength(1);
    expect(kept.files.at(-1)?.problem).toContain(`${OWN}: access is denied (EACCES)`);
    rig.files.readFaults.clear();
    rig.files.take(OWN);
    expect((await rig.load()).servers).toEqual([]);
    rig.files.put(OWN, '{');
    expect((await rig.load()).servers).toEqual([]);
  });

  test('with the key of VS Code is recognised and told', async () => {
    const rig = configRig({ [MCP]: { servers: { a: http('a') } } });
    expect((await rig.load()).files[1]?.problem).toBe(
      `${MCP}:2: "servers" is how VS Code writes it; rename the key to "mcpServers"`,
    );
  });
});

describe('[config.overlay] a person’s choice', () => {
  test('lives in our own state, wins over the file, and survives edits of it', async () => {
    const rig = configRig({ [CLAUDE]: claude({ a: http('a'), off: { ...http('o'), disabled: true } }) });
    const view = viewOf();
    expect([(await rig.server('a')).enabled, (await rig.server('off')).enabled]).toEqual([true, false]);
    await rig.config.setEnabled(view, await rig.server('a'), false);
    await rig.config.setEnabled(view, await rig.server('off'), true);
    rig.files.put(CLAUDE, JSON.stringify(claude({ off: { ...http('new'), disabled: true }, a: http('new') })));
    expect([(await rig.server('a')).enabled, (await rig.server('off')).enabled]).toEqual([false, true]);
    expect(rig.files.writes).toEqual([`${STATE}/overlay.json`, `${STATE}/overlay.json`]);
    expect(rig.files.modes.get(`${STATE}/overlay.json`)).toBe(0o600);
  });

  test('about a project’s own entry is not about one of the same name in another project or scope', async () => {
    const rig = configRig({
      [CLAUDE]: { mcpServers: { a: http('u') }, projects: { [PROJECT]: { mcpServers: { a: http('l') } } } },
    });
    await rig.config.setEnabled(viewOf(), await rig.server('a'), false);
    expect((await rig.server('a', viewOf({ projectRoot: '/other' }))).enabled).toBe(true);
    expect((await rig.server('a')).enabled).toBe(false);
  });

  test('made by two processes at once are both kept', async () => {
    const rig = configRig({ [OWN]: { mcpServers: { a: http('a'), b: http('b') } } });
    const [a, b] = [await rig.server('a'), await rig.server('b')];
    await Promise.all([rig.config.setEnabled(viewOf(), a, false), rig.config.setEnabled(viewOf(), b, false)]);
    expect((await rig.load()).servers.map(({ enabled }) => enabled)).toEqual([false, false]);
  });

  test.each([
    ['damaged', '{"schema": "overlay/v1", "ent', 'is damaged: it is not JSON'],
    ['of another version', '{"schema": "overlay/v9", "entries": {}}', 'has a schema that this version does not know'],
  ])(
    'in a file that is %s is told; what was known stands, nothing is approved by it, and nothing is written over it',
    async (_what, text, problem) => {
      const rig = configRig({ [OWN]: { mcpServers: { a: http('a') } } });
      await rig.config.setEnabled(viewOf(), await rig.server('a'), false);
      rig.files.put(`${STATE}/overlay.json`, text);
      const { servers, files } = await rig.load();
      expect(servers[0]?.enabled).toBe(false);
      expect(files.at(-1)).toMatchObject({ path: `${STATE}/overlay.json` });
      expect(files.at(-1)?.problem).toContain(problem);
      await expect(rig.config.setEnabled(viewOf(), await rig.server('a'), true)).rejects.toMatchObject({
        code: 'ERR_CONFIG_INVALID',
      });
      expect(rig.files.texts.get(`${STATE}/overlay.json`)).toBe(text);
    },
  );

  test('[config.bad-input] that cannot be written is an error that names the file and the cause', async () => {
    const rig = configRig({ [OWN]: { mcpServers: { a: http('a') } } });
    rig.files.writeFaults.set(`${STATE}/overlay.json`, 'EROFS');
    await expect(rig.config.setEnabled(viewOf(), await rig.server('a'), false)).rejects.toMatchObject({
      code: 'ERR_CONFIG_UNWRITABLE',
      data: { file: `${STATE}/overlay.json`, errno: 'EROFS' },
      message: `${STATE}/overlay.json was not changed: the file system is read-only (EROFS)`,
    });
    expect((await rig.server('a')).enabled).toBe(true);
  });
});
