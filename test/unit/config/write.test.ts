import { describe, expect, test } from 'vitest';
import { CLAUDE, MCP, OWN, PROJECT, STATE, configRig, viewOf } from '../../support/config-rig.ts';

const ENTRY = { type: 'http', url: 'https://a/mcp' };
const view = viewOf();
const failure = (code: string, message?: string): unknown =>
  expect.objectContaining({
    code,
    ...(message === undefined ? {} : { message: expect.stringContaining(message) as string }),
  });

const TEXT = `{
  // my servers
  "mcpServers": {
    "a": { "url": "https://a", "headers": { "X": "1" } }, // the first
    /* the second */
    "b": {
      "command": "run", // how
      "foreign": [1, 2]
    }
  },
  "other": true
}
`;

describe('[config.edit-in-place] add', () => {
  test('makes our own file, and says where the entry stands', async () => {
    const rig = configRig();
    expect(await rig.config.add(view, { name: 'x', raw: ENTRY, scope: 'own' })).toEqual({
      file: OWN,
      line: 3,
      pointer: 'mcpServers.x',
      action: 'added',
    });
    expect(rig.files.texts.get(OWN)).toBe(
      `{\n  "mcpServers": {\n    "x": {\n      "type": "http",\n      "url": "https://a/mcp"\n    }\n  }\n}\n`,
    );
    expect(await rig.effective('x')).toMatchObject({ endpoint: { url: 'https://a/mcp' } });
  });

  test('keeps everything that stands in the file', async () => {
    const rig = configRig({ [OWN]: `\uFEFF${TEXT}` });
    expect(await rig.config.add(view, { name: 'x', raw: { command: 'y' }, scope: 'own' })).toMatchObject({ line: 10 });
    expect(rig.files.texts.get(OWN)).toBe(
      `\uFEFF${TEXT.replace('2]\n    }\n', '2]\n    },\n    "x": {\n      "command": "y"\n    }\n')}`,
    );
  });

  test.each([
    ['user', CLAUDE, 'mcpServers.x'],
    ['local', CLAUDE, `projects["${PROJECT}"].mcpServers.x`],
    ['project', MCP, 'mcpServers.x'],
    ['own', OWN, 'mcpServers.x'],
  ] as const)('writes scope %s into its file', async (scope, file, pointer) => {
    const rig = configRig();
    expect(await rig.config.add(view, { name: 'x', raw: ENTRY, scope })).toMatchObject({ file, pointer });
    expect((await rig.load()).servers).toMatchObject([{ name: 'x', source: { scope, file, pointer } }]);
    expect(rig.files.modes.get(file)).toBe(scope === 'project' ? 0o644 : undefined);
  });

  test('writes local scope for the project, also from a folder in it', async () => {
    const rig = configRig();
    const below = viewOf({ workingFolder: `${PROJECT}/sub` });
    expect(await rig.config.add(below, { name: 'x', raw: ENTRY, scope: 'local' })).toMatchObject({
      pointer: `projects["${PROJECT}"].mcpServers.x`,
    });
  });

  test('writes the one file that a person named', async () => {
    const rig = configRig();
    expect(
      await rig.config.add(viewOf({ files: ['/f.json'] }), { name: 'x', raw: ENTRY, scope: 'file' }),
    ).toMatchObject({ file: '/f.json' });
    await expect(
      rig.config.add(viewOf({ files: ['/f.json', '/g.json'] }), { name: 'x', raw: ENTRY, scope: 'file' }),
    ).rejects.toEqual(failure('ERR_USAGE', 'several files'));
    await expect(rig.config.add(view, { name: 'x', raw: ENTRY, scope: 'file' })).rejects.toEqual(
      failure('ERR_USAGE', 'no file for scope file'),
    );
    await expect(rig.config.add(view, { name: 'x', raw: ENTRY, scope: 'library' })).rejects.toEqual(
      failure('ERR_USAGE'),
    );
  });

  test('refuses a name that exists unless it is to be replaced', async () => {
    const rig = configRig({ [OWN]: TEXT });
    await expect(rig.config.add(view, { name: 'b', raw: ENTRY, scope: 'own' })).rejects.toEqual(
      failure('ERR_USAGE', `"b" stands already in ${OWN}:6`),
    );
    expect(await rig.config.add(view, { name: 'b', raw: ENTRY, scope: 'own', replace: true })).toMatchObject({
      action: 'changed',
      line: 6,
    });
    expect(
      await rig.config.add(view, { name: 'b', raw: { url: ENTRY.url, type: 'http' }, scope: 'own', replace: true }),
    ).toMatchObject({ action: 'unchanged' });
    expect(rig.files.writes).toEqual([OWN]);
  });

  test.each([
    ['a b', ENTRY, 'ERR_USAGE'],
    ['x', { type: 'ws', url: 'ws://a' }, 'ERR_CONFIG_INVALID'],
    ['x', {}, 'ERR_CONFIG_INVALID'],
    ['x', { url: 'https://a', headers: { A: 1 } }, 'ERR_CONFIG_INVALID'],
  ])('refuses what could not be read again: %s %j', async (name, raw, code) => {
    const rig = configRig({ [OWN]: TEXT });
    await expect(rig.config.add(view, { name, raw, scope: 'own' })).rejects.toEqual(failure(code));
    expect(rig.files.writes).toEqual([]);
  });
});

describe('[config.edit-in-place] edit', () => {
  test('changes the fields named and nothing else', async () => {
    const rig = configRig({ [OWN]: TEXT });
    const change = { set: { args: ['-v'], command: 'walk' } };
    expect(await rig.config.edit(view, { name: 'b', change })).toEqual({
      file: OWN,
      line: 6,
      pointer: 'mcpServers.b',
      action: 'changed',
    });
    expect(rig.files.texts.get(OWN)).toBe(
      TEXT.replace('"run"', '"walk"').replace('[1, 2]\n', '[1, 2],\n      "args": [\n        "-v"\n      ]\n'),
    );
    await rig.config.edit(view, { name: 'b', change: { set: { command: 'run' }, unset: ['args', 'nothing'] } });
    expect(rig.files.texts.get(OWN)).toBe(TEXT);
    expect(await rig.config.edit(view, { name: 'b', change: { set: { command: 'run' } } })).toMatchObject({
      action: 'unchanged',
    });
  });

  test('refuses what would make the entry invalid', async () => {
    const rig = configRig({ [OWN]: TEXT });
    await expect(rig.config.edit(view, { name: 'b', change: { unset: ['command'] } })).rejects.toEqual(
      failure('ERR_CONFIG_INVALID', 'needs "command"'),
    );
    expect(rig.files.texts.get(OWN)).toBe(TEXT);
  });
});

describe('remove', () => {
  test('[config.edit-in-place] takes the entry out, comments stay', async () => {
    const rig = configRig({ [OWN]: TEXT });
    expect(await rig.config.remove(view, { name: 'a' })).toMatchObject({ action: 'removed', line: 4 });
    expect(rig.files.texts.get(OWN)).toBe(
      TEXT.replace('    "a": { "url": "https://a", "headers": { "X": "1" } }, // the first\n', '     // the first\n'),
    );
    await rig.config.remove(view, { name: 'b' });
    expect((await rig.load()).servers).toEqual([]);
  });

  test('[config.overlay] forgets what was decided about the entry', async () => {
    const rig = configRig({ [OWN]: TEXT });
    await rig.config.setEnabled(view, await rig.server('a'), false);
    await rig.config.remove(view, { name: 'a' });
    await rig.config.add(view, { name: 'a', raw: ENTRY, scope: 'own' });
    expect((await rig.server('a')).enabled).toBe(true);
    expect(rig.files.texts.get(`${STATE}/overlay.json`)).not.toContain('enabled');
  });
});

describe('edit and remove without a scope', () => {
  const disk = { [CLAUDE]: { mcpServers: { u: ENTRY, both: ENTRY } }, [OWN]: { mcpServers: { both: ENTRY } } };

  test('are refused for a name that stands in several, which are told', async () => {
    const rig = configRig(disk);
    const refused = failure('ERR_USAGE', `"both" stands in several scopes: user (${CLAUDE}:7), own (${OWN}:3)`);
    await expect(rig.config.remove(view, { name: 'both' })).rejects.toEqual(refused);
    await expect(rig.config.edit(view, { name: 'both', change: {} })).rejects.toEqual(refused);
    await rig.config.remove(view, { name: 'both', scope: 'own' });
    expect((await rig.server('both')).source.scope).toBe('user');
  });

  test('are refused for the file of another program', async () => {
    const rig = configRig(disk);
    await expect(rig.config.remove(view, { name: 'u' })).rejects.toMatchObject({
      code: 'ERR_USAGE',
      hint: 'To write there, say so: --scope user.',
    });
    expect(await rig.config.remove(view, { name: 'u', scope: 'user' })).toMatchObject({ file: CLAUDE });
  });

  test('of a name that is nowhere, or not in that scope, say so', async () => {
    const rig = configRig(disk);
    await expect(rig.config.remove(view, { name: 'none' })).rejects.toEqual(
      failure('ERR_SERVER_UNKNOWN', 'no entry is named "none"'),
    );
    await expect(rig.config.edit(view, { name: 'u', scope: 'own', change: {} })).rejects.toMatchObject({
      code: 'ERR_SERVER_UNKNOWN',
      hint: 'Name the scope: --scope user.',
    });
  });

  test('may change the file that a person named', async () => {
    const rig = configRig({ '/f.json': { mcpServers: { x: ENTRY } } });
    expect(await rig.config.remove(viewOf({ files: ['/f.json'] }), { name: 'x' })).toMatchObject({ file: '/f.json' });
  });
});

describe('[config.bad-input] a file that cannot be edited loses nothing', () => {
  test.each([
    ['cut off', CLAUDE, '{"mcpServers": {"a": {"comm', `${CLAUDE}:1:23: a string does not end; nothing was written`],
    ['empty, of another program', CLAUDE, '', `${CLAUDE}:1:1: the file is empty; nothing was written`],
    ['binary', CLAUDE, '\0\u0001', 'this is not UTF-8 text; nothing was written'],
    ['with entries that are no object', CLAUDE, '{"mcpServers": []}', 'nothing was written'],
    ['with two objects of entries', CLAUDE, '{"mcpServers": {}, "mcpServers": {"b": {}}}', 'nothing was written'],
    [
      'with the name twice',
      CLAUDE,
      '{"mcpServers": {"x": {},\n"x": {}}}',
      `"x" stands twice in ${CLAUDE} (lines 1 and 2); nothing was written`,
    ],
  ])('because it is %s', async (_what, file, text, message) => {
    const rig = configRig({ [file]: text });
    await expect(rig.config.add(view, { name: 'x', raw: ENTRY, scope: 'user', replace: true })).rejects.toEqual(
      failure('ERR_CONFIG_INVALID', message),
    );
    expect([rig.files.texts.get(file), rig.files.writes]).toEqual([text, []]);
  });

  test('our own file may be empty', async () => {
    const rig = configRig({ [OWN]: ' \n' });
    expect(await rig.config.add(view, { name: 'x', raw: ENTRY, scope: 'own' })).toMatchObject({ action: 'added' });
  });

  test.each(['ENOSPC', 'EROFS', 'EACCES', 'EDQUOT', 'EIO'])(
    'because of %s, which is told with the file',
    async (code) => {
      const rig = configRig({ [OWN]: TEXT });
      rig.files.writeFaults.set(OWN, code);
      const refused = expect.objectContaining({
        code: 'ERR_CONFIG_UNWRITABLE',
        data: { file: OWN, errno: code },
        hint: expect.any(String) as string,
      }) as unknown;
      await expect(rig.config.add(view, { name: 'x', raw: ENTRY, scope: 'own' })).rejects.toEqual(refused);
      expect(rig.files.texts.get(OWN)).toBe(TEXT);
    },
  );

  test('because it cannot be read', async () => {
    const rig = configRig({ [OWN]: TEXT });
    rig.files.readFaults.set(OWN, 'EACCES');
    await expect(rig.config.add(view, { name: 'x', raw: ENTRY, scope: 'own' })).rejects.toEqual(
      failure('ERR_CONFIG_UNREADABLE', OWN),
    );
  });
});

test('[config.edit-locked] edits at once through a file and a link to it are all kept', async () => {
  const rig = configRig({ [CLAUDE]: '{}' });
  rig.files.links.set('/cc/.claude.json', CLAUDE);
  const views = [view, viewOf({ claudeConfigDir: '/cc' })];
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      rig.config.add(views[index % 2] ?? view, { name: `s${index}`, raw: ENTRY, scope: 'user' }),
    ),
  );
  expect((await rig.load()).servers).toHaveLength(20);
});
