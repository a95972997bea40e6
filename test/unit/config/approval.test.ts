import { describe, expect, test } from 'vitest';
import type { ConfiguredServer } from '../../../src/core/config-model.ts';
import type { ConfigRig } from '../../support/config-rig.ts';
import { CLAUDE, MCP, OWN, PROJECT, STATE, configRig, viewOf } from '../../support/config-rig.ts';

const ENTRY = {
  command: 'node',
  args: ['./tools/server.js', '--port', '8080', '--key', 'sk-abcdef123456CANARY'],
  env: { MODE: 'fast', API_TOKEN: 'CANARY-env', NODE_OPTIONS: '--require=./tools/hook.js' },
};
const SCRIPT = `${PROJECT}/tools/server.js`;

const rigWith = (entry: object, more: Readonly<Record<string, unknown>> = {}): ConfigRig =>
  configRig({ [MCP]: { mcpServers: { db: entry } }, [SCRIPT]: 'one', ...more });

async function approved(rig: ConfigRig): Promise<ConfiguredServer> {
  await rig.config.approve(viewOf(), await rig.server('db'));
  return rig.server('db');
}

describe('[security.approval] an entry of a project file', () => {
  test('waits for approval with its hash and a summary, and is not expanded before', async () => {
    const rig = rigWith({ ...ENTRY, cwd: '${WHERE:-sub}' });
    const server = await rig.server('db');
    expect(server.approval).toMatchObject({ state: 'awaiting', difference: [] });
    expect(server.approval.hash).toMatch(/^[\da-f]{64}$/);
    expect(server.approval.summary).toEqual([
      'runs: node ./tools/server.js --port 8080 --key sk-a…',
      'in folder: ${WHERE:-sub}',
      'env MODE: fast',
      'env API_TOKEN: (hidden)',
      'env NODE_OPTIONS: --require=./tools/hook.js',
      'may read the variables: WHERE',
      expect.stringMatching(/^runs the file tools\/server\.js: sha256 [\da-f]{12}$/),
    ]);
    expect(await rig.resolve('db')).toEqual({ reason: 'awaiting-approval' });
  });

  test('shows a long command to its end, and of an endless one how long it is', async () => {
    const shown = async (length: number): Promise<string | undefined> => {
      const { approval } = await rigWith({ command: 'node', args: ['x'.repeat(length), '--the-end'] }).server('db');
      return approval.summary[0];
    };
    expect(await shown(9_000)).toMatch(/^runs: node x+ --the-end$/);
    expect(await shown(20_000)).toMatch(/^runs: node x+… \(20015 characters\)$/);
  });

  test('is used after its approval, and entries of a person’s own files never wait', async () => {
    const rig = rigWith(ENTRY, { [OWN]: { mcpServers: { mine: ENTRY } } });
    expect(await approved(rig)).toMatchObject({ approval: { state: 'approved' } });
    expect(await rig.resolve('db')).toMatchObject({ name: 'db', signIn: 'stdio' });
    expect(await rig.server('mine')).toMatchObject({ approval: { state: 'not-needed', summary: [] } });
  });

  test('is not approved for another project, nor through a link to another file', async () => {
    const rig = rigWith(ENTRY, { '/other/.mcp.json': { mcpServers: { db: ENTRY } } });
    await approved(rig);
    expect((await rig.server('db', viewOf({ projectRoot: '/other' }))).approval.state).toBe('awaiting');
    rig.files.put('/else.json', rig.files.texts.get(MCP) ?? '');
    const { hash } = (await rig.server('db')).approval;
    rig.files.links.set(MCP, '/else.json');
    expect((await rig.server('db')).approval.state).toBe('awaiting');
    // A hash that was told for one file approves nothing in another.
    expect((await rig.server('db')).approval.hash).not.toBe(hash);
  });

  test('stays approved when its keys or the file around it are only written otherwise', async () => {
    const rig = rigWith(ENTRY);
    await approved(rig);
    const turned = Object.fromEntries(Object.entries(ENTRY).toReversed());
    rig.files.put(MCP, `// new\n${JSON.stringify({ other: 1, mcpServers: { more: { command: 'x' }, db: turned } })}`);
    expect((await rig.server('db')).approval.state).toBe('approved');
  });

  test('[security.approval-variables] shows the variables it may read, and asks again for one more', async () => {
    const rig = rigWith({ url: 'https://a/${PATH_PART}', headers: { Authorization: 'Bearer ${TOKEN}' } });
    expect((await rig.server('db')).approval.summary).toContain('may read the variables: PATH_PART, TOKEN');
    await approved(rig);
    rig.files.put(
      MCP,
      JSON.stringify({
        mcpServers: { db: { url: 'https://a/${PATH_PART}', headers: { Authorization: 'Bearer ${AWS_SECRET}' } } },
      }),
    );
    expect((await rig.server('db')).approval).toMatchObject({
      state: 'changed',
      difference: [
        'changed: header Authorization (its hidden part)',
        'changed: may read the variables: PATH_PART, TOKEN → AWS_SECRET, PATH_PART',
      ],
    });
  });
});

describe('[security.approval-again] approval is asked again with the difference', () => {
  const changed = (change: object): string => JSON.stringify({ mcpServers: { db: { ...ENTRY, ...change } } });

  test.each([
    [
      'its command changes',
      changed({ command: 'sh' }),
      ['changed: runs: node ./tools/server.js --port 8080 --key sk-a… → sh ./tools/server.js --port 8080 --key sk-a…'],
    ],
    [
      'a hidden value changes',
      changed({ env: { ...ENTRY.env, API_TOKEN: 'CANARY-two' } }),
      ['changed: env API_TOKEN (its hidden part)'],
    ],
    [
      'a hidden argument changes',
      changed({ args: [...ENTRY.args.slice(0, -1), 'sk-abcdef999999CANARY'] }),
      ['changed: runs (its hidden part)'],
    ],
    [
      'a variable is added',
      changed({ env: { ...ENTRY.env, LD_PRELOAD: './x.so' } }),
      ['added: env LD_PRELOAD: ./x.so'],
    ],
    [
      'a variable is removed',
      changed({ env: { MODE: 'fast', API_TOKEN: 'CANARY-env' } }),
      ['removed: env NODE_OPTIONS: --require=./tools/hook.js'],
    ],
    [
      'it becomes a remote server',
      JSON.stringify({ mcpServers: { db: { url: 'https://u:CANARY@h/x?key=CANARY' } } }),
      ['added: contacts: https://h/x?…'],
    ],
    ['a setting is added', changed({ timeout: 5_000 }), ['added: sets timeout']],
  ])('when %s', async (_when, text, lines) => {
    const rig = rigWith(ENTRY);
    await approved(rig);
    rig.files.put(MCP, text);
    const { approval } = await rig.server('db');
    expect(approval.state).toBe('changed');
    expect(approval.difference).toEqual(expect.arrayContaining(lines));
    expect(await rig.resolve('db')).toEqual({ reason: 'awaiting-approval' });
    expect(JSON.stringify(approval)).not.toContain('CANARY');
    expect((await approved(rig)).approval).toMatchObject({ state: 'approved', difference: [] });
  });

  const scripts: readonly (readonly [string, object, string])[] = [
    ['an argument', { command: 'node', args: ['./tools/server.js'] }, SCRIPT],
    ['the command', { command: './tools/server.js' }, SCRIPT],
    ['a whole path', { command: SCRIPT }, SCRIPT],
    ['a shell line', { command: 'sh', args: ['-c', 'cd tools; exec node "./tools/server.js" | tee log'] }, SCRIPT],
    ['an option', { command: 'node', args: ['--import=./tools/server.js'] }, SCRIPT],
    ['a variable of the process', { command: 'node', env: { NODE_OPTIONS: '--require ./tools/server.js' } }, SCRIPT],
    ['a default', { command: '${RUN:-./tools/server.js}' }, SCRIPT],
    ['the folder of the project', { command: '${CLAUDE_PROJECT_DIR}/tools/server.js' }, SCRIPT],
    ['a folder to start in', { command: 'node', args: ['server.js'], cwd: 'tools' }, SCRIPT],
    ['a helper', { url: 'http://a', headersHelper: 'bash tools/server.js --x' }, SCRIPT],
  ];

  test.each(scripts)('when the content of a script changes that it names as %s', async (_how, entry, path) => {
    const rig = rigWith(entry);
    await approved(rig);
    rig.files.put(path, 'two');
    expect((await rig.server('db')).approval).toMatchObject({
      state: 'changed',
      difference: [
        expect.stringMatching(/^changed: runs the file tools\/server\.js: sha256 [\da-f]{12} → sha256 [\da-f]{12}$/),
      ],
    });
    rig.files.put(path, 'one');
    expect((await rig.server('db')).approval.state).toBe('approved');
  });

  test('when a script appears that it names, or a link leads to another one', async () => {
    const rig = rigWith({ command: 'node', args: ['./late.js', './tools/server.js'] });
    await approved(rig);
    rig.files.put(`${PROJECT}/late.js`, 'x');
    expect((await rig.server('db')).approval.difference).toEqual([
      expect.stringContaining('added: runs the file late.js'),
    ]);
    rig.files.take(`${PROJECT}/late.js`);
    rig.files.put('/outside.js', 'one');
    rig.files.links.set(SCRIPT, '/outside.js');
    expect((await rig.server('db')).approval.state).toBe('changed');
  });

  test('data that the server writes (a database, a log) is not a script: the approval holds', async () => {
    const rig = rigWith({ command: 'node', args: ['./tools/server.js', '--db', './data.sqlite', '--log=run.log'] });
    await approved(rig);
    rig.files.put(`${PROJECT}/data.sqlite`, 'rows');
    rig.files.put(`${PROJECT}/run.log`, 'lines');
    expect((await rig.server('db')).approval.state).toBe('approved');
    rig.files.put(SCRIPT, 'two');
    expect((await rig.server('db')).approval.state).toBe('changed');
  });

  test('files outside of the project are not watched over', async () => {
    const rig = rigWith(
      { command: '/usr/bin/node', args: ['../outside.js'] },
      { '/home/ada/outside.js': '1', '/usr/bin/node': 'bin' },
    );
    expect((await rig.server('db')).approval.summary).toEqual(['runs: /usr/bin/node ../outside.js']);
  });
});

describe('[security.no-shadow] a project entry without approval', () => {
  const more = { [CLAUDE]: { mcpServers: { db: { url: 'http://user/mcp' } } } };

  test('does not hide the user’s entry of its name, is told, and can be approved by that name', async () => {
    const rig = rigWith(ENTRY, more);
    const { servers, notLoaded } = await rig.load();
    expect(servers).toMatchObject([{ name: 'db', source: { scope: 'user' } }]);
    expect(notLoaded).toMatchObject([
      {
        name: 'db',
        source: { scope: 'project' },
        text: `awaiting approval; until it is approved user in ${CLAUDE}:3 is used`,
        approval: { state: 'awaiting' },
      },
    ]);
    await rig.config.approve(viewOf(), await rig.server('db'), notLoaded[0]?.approval?.hash);
    expect(await rig.server('db')).toMatchObject({ source: { scope: 'project' }, approval: { state: 'approved' } });
  });

  test.each([
    [
      'rejected',
      async (rig: ConfigRig): Promise<void> => rig.config.reject(viewOf(), await rig.server('db')),
      'rejected',
    ],
    [
      'changed',
      async (rig: ConfigRig): Promise<void> => {
        await approved(rig);
        rig.files.put(SCRIPT, 'two');
      },
      'changed since its approval',
    ],
  ])('that was %s does not, either', async (_what, make, words) => {
    const rig = rigWith(ENTRY, more);
    await make(rig);
    const { servers, notLoaded } = await rig.load();
    expect(servers).toMatchObject([{ source: { scope: 'user' } }]);
    expect(notLoaded[0]?.text).toBe(`${words}; until it is approved user in ${CLAUDE}:3 is used`);
  });

  test('below an entry that wins anyway is just shadowed', async () => {
    const rig = rigWith(ENTRY, {
      [CLAUDE]: { projects: { [PROJECT]: { mcpServers: { db: { url: 'http://local' } } } } },
    });
    expect((await rig.load()).notLoaded.map(({ text }) => text)).toEqual([`shadowed by local in ${CLAUDE}:5`]);
  });
});

describe('[security.approve-hash] approve', () => {
  test('with a hash approves only what still has it', async () => {
    const rig = rigWith(ENTRY);
    const server = await rig.server('db');
    rig.files.put(SCRIPT, 'two');
    const stale = expect.objectContaining({ code: 'ERR_APPROVAL_STALE' }) as unknown;
    await expect(rig.config.approve(viewOf(), server, server.approval.hash)).rejects.toEqual(stale);
    await expect(rig.config.approve(viewOf(), server, 'f'.repeat(64))).rejects.toEqual(stale);
    // Without a hash it is about what the person was shown.
    await expect(rig.config.approve(viewOf(), server)).rejects.toEqual(stale);
    await rig.config.approve(viewOf(), server, (await rig.server('db')).approval.hash);
    expect((await rig.server('db')).approval.state).toBe('approved');
  });

  test('takes back a rejection, and a rejection outlives changes of the entry', async () => {
    const rig = rigWith(ENTRY);
    await rig.config.reject(viewOf(), await rig.server('db'));
    rig.files.put(SCRIPT, 'two');
    expect((await rig.server('db')).approval.state).toBe('rejected');
    expect(await rig.resolve('db')).toEqual({ reason: 'rejected-by-user' });
    expect((await approved(rig)).approval.state).toBe('approved');
  });

  test('is refused for entries that need none, that are gone, or that are not valid', async () => {
    const rig = rigWith({ type: 'ws' }, { [OWN]: { mcpServers: { mine: ENTRY } } });
    const [mine, bad] = [await rig.server('mine'), await rig.server('db')];
    await expect(rig.config.approve(viewOf(), mine)).rejects.toMatchObject({ code: 'ERR_USAGE' });
    await expect(rig.config.approve(viewOf(), bad)).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
    rig.files.take(MCP);
    await expect(rig.config.reject(viewOf(), bad)).rejects.toMatchObject({ code: 'ERR_SERVER_UNKNOWN' });
  });

  test('keeps no secret of the entry in our state', async () => {
    const rig = rigWith({
      url: 'https://u:CANARY@h/?k=CANARY',
      headers: { A: 'CANARY' },
      headersHelper: 'echo ghp_CANARY12345',
      oauth: { clientId: 'CANARY' },
    });
    await approved(rig);
    expect(rig.files.texts.get(`${STATE}/overlay.json`)).not.toContain('CANARY');
  });
});
