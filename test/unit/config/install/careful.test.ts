/**
 * What is left alone when the gateway is put into a client's file, or taken out of it.
 */
import { describe, expect, test } from 'vitest';
import { CLIENT_IDS, HTTP_CLIENTS, installRig, URL_ALL } from '../../../support/install-rig.ts';

const CURSOR = '/home/ada/.cursor/mcp.json';
const CODEX = '/home/ada/.codex/config.toml';
const VSCODE = '/home/ada/.config/Code/User/mcp.json';

const JSONC = `{
\t// mine, not yours
\t"theme": "dark", /* stays */
\t"mcpServers": {
\t\t"z-last": { "command": "z" },   // odd   spacing
\t\t"a-first": { "url": "https://a.example", "extra": [1,2 , 3] },
\t},
\t"tail": null
}
`;
const TOML = `# top
model = "gpt"   # which

[mcp_servers.docs]   # theirs
command = "docs"
args = [
  "--one", # why
  "--two",
]

[mcp_servers.docs.env]
KEY = '''a
[not.a.table]
'''

[[profiles]]
name = "x"
`;

describe('[install.careful] putting it in and taking it out again', () => {
  test.each([
    ['comments, tabs and a trailing comma', 'cursor', CURSOR, JSONC],
    ['everything on one line', 'cursor', CURSOR, '{"mcpServers":{"a":{"command":"a"}},"b":1}'],
    ['line ends of Windows', 'cursor', CURSOR, JSONC.replaceAll('\n', '\r\n')],
    ['a byte order mark', 'cursor', CURSOR, `\uFEFF${JSONC}`],
    ['TOML with comments, lists over lines and texts that look like tables', 'codex', CODEX, TOML],
    ['TOML with line ends of Windows', 'codex', CODEX, TOML.replaceAll('\n', '\r\n')],
  ])('leaves %s as it was, byte for byte', async (_, client, file, before) => {
    const rig = installRig({ disk: { [file]: before } });
    const added = await rig.write({ client });
    expect(added.action).toBe('added');
    expect(rig.files.texts.get(file)).toContain('holdfast');
    // Every line that was there is there, in its order.
    const after = rig.files.texts.get(file) ?? '';
    let at = 0;
    for (const line of before.split('\n').filter((one) => one.includes('//') || one.includes('#'))) {
      at = after.indexOf(line, at);
      expect(at).toBeGreaterThanOrEqual(0);
    }
    const removed = await rig.write({ client, remove: true });
    expect(removed.action).toBe('removed');
    expect(rig.files.texts.get(file)).toBe(before);
  });

  test.each(CLIENT_IDS)('of %s a second time changes nothing, and is not written', async (client) => {
    const rig = installRig();
    const { file, after } = await rig.write({ client });
    const again = await rig.plan({ client });
    expect(again).toMatchObject({ action: 'unchanged', before: after, after, notes: [] });
    await rig.write({ client, remove: true });
    expect(await rig.plan({ client, remove: true })).toMatchObject({ action: 'unchanged' });
    expect(rig.files.texts.get(file)).not.toContain('holdfast"');
  });

  test.each(HTTP_CLIENTS)('of %s changes from the bridge to HTTP and back in place', async (client) => {
    const rig = installRig();
    const { file, after: bridge } = await rig.write({ client });
    expect(await rig.write({ client, url: URL_ALL })).toMatchObject({ action: 'changed' });
    const http = rig.files.texts.get(file) ?? '';
    expect(http).toContain(URL_ALL);
    expect(http).not.toContain('--stdio');
    await rig.write({ client });
    const back = rig.files.texts.get(file) ?? '';
    expect(back).not.toContain(URL_ALL);
    expect(back).not.toContain('TOKEN');
    if (client === 'codex') expect(back).toBe(bridge);
    else expect(JSON.parse(back)).toMatchObject(JSON.parse(bridge) as object);
  });

  test('what a person added to our entry stays', async () => {
    const disk = {
      [CURSOR]: '{ "mcpServers": { "holdfast": { "command": "former", "env": { "A": "1" }, "disabled": true } } }',
      [CODEX]:
        '[mcp_servers.holdfast]\nstartup_timeout_sec = 5\ncommand = "former"\n\n[mcp_servers.holdfast.env]\nA = "1"\n',
    };
    const rig = installRig({ disk });
    for (const client of ['cursor', 'codex']) {
      expect(await rig.write({ client })).toMatchObject({ action: 'changed' });
      const text = rig.files.texts.get(client === 'cursor' ? CURSOR : CODEX) ?? '';
      expect(text).not.toContain('former');
      for (const kept of [client === 'cursor' ? '"disabled": true' : 'startup_timeout_sec = 5', 'A'])
        expect(text).toContain(kept);
    }
  });

  test.each([
    ['cursor', CURSOR, '{ "mcpServers": { "holdfast": { "command": "climbing-gear", "args": ["list"] } } }'],
    ['codex', CODEX, '[mcp_servers.holdfast]\ncommand = "climbing-gear"\n'],
  ])('an entry of %s that only has our name is not taken out', async (client, file, text) => {
    const rig = installRig({ disk: { [file]: text } });
    await expect(rig.plan({ client, remove: true })).rejects.toMatchObject({ code: 'ERR_USAGE' });
    expect(rig.files.texts.get(file)).toBe(text);
  });

  test('the question of VS Code for the token comes and goes with the entry, and others stay', async () => {
    const disk = { [VSCODE]: '{\n  "inputs": [\n    { "type": "promptString", "id": "mine" } // mine\n  ]\n}\n' };
    const rig = installRig({ disk });
    await rig.write({ client: 'vscode', url: URL_ALL });
    expect(rig.files.texts.get(VSCODE)).toContain('holdfast-token');
    expect(rig.files.texts.get(VSCODE)).toContain('// mine');
    await rig.write({ client: 'vscode', remove: true });
    const text = rig.files.texts.get(VSCODE) ?? '';
    expect(text).toContain('"mine"');
    expect(text).not.toContain('holdfast');
  });
});

describe('[install.careful] a file', () => {
  test('is backed up before it is written, with its mode; a new one needs no backup', async () => {
    const rig = installRig({ disk: { [CURSOR]: JSONC } });
    rig.files.modes.set(CURSOR, 0o640);
    const { backup } = await rig.write({ client: 'cursor' });
    expect(backup).toMatch(/mcp\.json\.holdfast-backup-/);
    expect(rig.files.texts.get(backup ?? '')).toBe(JSONC);
    expect(rig.files.modes.get(backup ?? '')).toBe(0o640);
    expect((await rig.write({ client: 'codex' })).backup).toBeUndefined();
  });

  test('is not written by looking', async () => {
    const rig = installRig({ disk: { [CURSOR]: JSONC } });
    for (const client of CLIENT_IDS) await rig.plan({ client });
    expect(rig.files.writes).toEqual([]);
  });

  test.each([
    ['cursor', CURSOR, '{\n  "mcpServers": {\n    oops\n  }\n}', `${CURSOR}:3:5: `],
    ['cursor', CURSOR, '[]', 'object'],
    ['cursor', CURSOR, '{ "mcpServers": [] }', 'object'],
    ['codex', CODEX, 'a = 1\nb = \n', `${CODEX}:2: `],
    ['codex', CODEX, 'mcp_servers = { docs = { command = "x" } }\n', 'table'],
    ['codex', CODEX, '[mcp_servers]\nholdfast.command = "x"\n', 'table'],
    ['codex', CODEX, '[[mcp_servers.holdfast]]\n', 'table'],
  ])('of %s that cannot be edited safely is left alone, and the place is told', async (client, file, text, place) => {
    const rig = installRig({ disk: { [file]: text } });
    const failed = rig.plan({ client });
    await expect(failed).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
    await expect(failed).rejects.toThrow(file);
    await expect(failed).rejects.toThrow(place);
    expect(rig.files.writes).toEqual([]);
    expect(rig.files.texts.get(file)).toBe(text);
  });

  test('that cannot be read is told as that', async () => {
    const rig = installRig({ disk: { [CURSOR]: '{}' } });
    rig.files.readFaults.set(CURSOR, 'EACCES');
    await expect(rig.plan({ client: 'cursor' })).rejects.toMatchObject({ code: 'ERR_CONFIG_UNREADABLE' });
  });

  test('whose entry changed between the question and the answer is not written; what changed elsewhere stays', async () => {
    const rig = installRig({ disk: { [CURSOR]: JSONC } });
    const plan = await rig.plan({ client: 'cursor' });
    rig.files.put(CURSOR, JSONC.replace('"dark"', '"light"'));
    await rig.writePlan({ client: 'cursor' }, plan);
    expect(rig.files.texts.get(CURSOR)).toContain('"light"');
    rig.files.put(CURSOR, '{ "mcpServers": { "holdfast": { "command": "other" } } }');
    await expect(rig.writePlan({ client: 'cursor' }, plan)).rejects.toMatchObject({ code: 'ERR_CONFIG_LOCKED' });
    expect(rig.files.texts.get(CURSOR)).toContain('other');
  });

  test('that is a link is written where it leads', async () => {
    const rig = installRig({ disk: { '/dots/mcp.json': JSONC } });
    rig.files.links.set(CURSOR, '/dots/mcp.json');
    await rig.write({ client: 'cursor' });
    expect(rig.files.texts.get('/dots/mcp.json')).toContain('holdfast');
    expect(rig.files.links.get(CURSOR)).toBe('/dots/mcp.json');
  });
});
