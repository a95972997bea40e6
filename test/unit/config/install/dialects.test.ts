/**
 * Where the entry goes in the file of each client, and how it looks there.
 */
import { describe, expect, test } from 'vitest';
import { CLIENTS } from '../../../../src/cli/table/gateway.ts';
import { CLIENT_IDS, HTTP_CLIENTS, installRig, PROJECT_CLIENTS, URL_ALL } from '../../../support/install-rig.ts';

const json = (text: string | undefined): unknown => JSON.parse(text ?? '');

describe('[install.dialects] the entry stands where the client looks for it, in its own words:', () => {
  const BRIDGE = { command: 'holdfast', args: ['serve', '--stdio'] };
  const BY_PATH = { command: '/usr/bin/node', args: ['/opt/holdfast/dist/bin.cjs', 'serve', '--stdio'] };
  test.each([
    ['claude-code', '/home/ada/.claude.json', { mcpServers: { holdfast: { type: 'stdio', ...BRIDGE } } }],
    ['claude-desktop', '/home/ada/.config/Claude/claude_desktop_config.json', { mcpServers: { holdfast: BY_PATH } }],
    ['cursor', '/home/ada/.cursor/mcp.json', { mcpServers: { holdfast: BY_PATH } }],
    ['vscode', '/home/ada/.config/Code/User/mcp.json', { servers: { holdfast: { type: 'stdio', ...BY_PATH } } }],
    ['gemini', '/home/ada/.gemini/settings.json', { mcpServers: { holdfast: BRIDGE } }],
    ['windsurf', '/home/ada/.codeium/windsurf/mcp_config.json', { mcpServers: { holdfast: BY_PATH } }],
    ['zed', '/home/ada/.config/zed/settings.json', { context_servers: { holdfast: BY_PATH } }],
  ])('%s', async (client, file, wanted) => {
    const plan = await installRig().plan({ client });
    expect(plan).toMatchObject({ file, name: 'holdfast', action: 'added', before: undefined });
    expect(json(plan.after)).toEqual(wanted);
  });

  test('codex, in TOML', async () => {
    const plan = await installRig().plan({ client: 'codex' });
    expect(plan.file).toBe('/home/ada/.codex/config.toml');
    expect(plan.after).toBe('[mcp_servers.holdfast]\ncommand = "holdfast"\nargs = ["serve", "--stdio"]\n');
  });

  test.each([
    ['claude-code', { type: 'http', url: URL_ALL, headers: { Authorization: 'Bearer ${HOLDFAST_TOKEN}' } }],
    ['cursor', { url: URL_ALL, headers: { Authorization: 'Bearer ${env:HOLDFAST_TOKEN}' } }],
    ['vscode', { type: 'http', url: URL_ALL, headers: { Authorization: 'Bearer ${input:holdfast-token}' } }],
    ['gemini', { httpUrl: URL_ALL, headers: { Authorization: 'Bearer ${HOLDFAST_TOKEN}' } }],
    ['windsurf', { serverUrl: URL_ALL, headers: { Authorization: 'Bearer ${env:HOLDFAST_TOKEN}' } }],
  ])('%s, over HTTP with the token by reference', async (client, entry) => {
    const plan = await installRig().plan({ client, url: URL_ALL });
    expect(Object.values(json(plan.after) as object)[0]).toEqual({ holdfast: entry });
    expect(plan.notes.join('\n')).toContain('holdfast token show');
    expect(plan.notes.join('\n')).toContain('holdfast serve --port 4653');
  });

  test('codex, over HTTP with the name of the variable', async () => {
    const { after } = await installRig().plan({ client: 'codex', url: URL_ALL });
    expect(after).toBe(`[mcp_servers.holdfast]\nurl = "${URL_ALL}"\nbearer_token_env_var = "HOLDFAST_TOKEN"\n`);
  });

  test.each(CLIENT_IDS.filter((id) => !HTTP_CLIENTS.includes(id)))(
    '%s cannot keep the token out of its file, and is refused --http',
    async (client) => {
      await expect(installRig().plan({ client, url: URL_ALL })).rejects.toMatchObject({
        code: 'ERR_USAGE',
        hint: `Leave out --http: holdfast install --into ${client}`,
      });
    },
  );

  test.each([
    ['claude-code', '/home/ada/code/.mcp.json', ['serve', '--stdio']],
    ['cursor', '/home/ada/code/.cursor/mcp.json', ['serve', '--stdio', '--project', '${workspaceFolder}']],
    ['vscode', '/home/ada/code/.vscode/mcp.json', ['serve', '--stdio', '--project', '${workspaceFolder}']],
    ['gemini', '/home/ada/code/.gemini/settings.json', ['serve', '--stdio']],
    ['zed', '/home/ada/code/.zed/settings.json', ['serve', '--stdio']],
  ])('%s of a project names no path of this machine, and the folder in its own word', async (client, file, args) => {
    const rig = installRig({ program: { isOnPath: false } });
    const plan = await rig.write({ client, scope: 'project' });
    expect(plan.file).toBe(file);
    const [entries] = Object.values(json(plan.after) as Record<string, Record<string, unknown>>);
    expect(entries?.['holdfast']).toMatchObject({ command: 'holdfast', args });
    // Others check it out, too.
    expect(rig.files.modes.get(file)).toBe(0o644);
  });

  test.each(CLIENT_IDS.filter((id) => !PROJECT_CLIENTS.includes(id)))(
    '%s has no file for a project',
    async (client) => {
      await expect(installRig().plan({ client, scope: 'project' })).rejects.toMatchObject({ code: 'ERR_USAGE' });
    },
  );

  const MAC = { platform: 'darwin', home: '/Users/ada' } as const;
  const WINDOWS = { platform: 'win32', home: 'C:\\Users\\ada', env: { APPDATA: 'C:\\R' } } as const;
  test.each([
    ['claude-desktop', MAC, '/Users/ada/Library/Application Support/Claude/claude_desktop_config.json'],
    ['vscode', MAC, '/Users/ada/Library/Application Support/Code/User/mcp.json'],
    ['zed', MAC, '/Users/ada/.config/zed/settings.json'],
    ['claude-desktop', WINDOWS, 'C:\\R\\Claude\\claude_desktop_config.json'],
    ['vscode', WINDOWS, 'C:\\R\\Code\\User\\mcp.json'],
    ['zed', WINDOWS, 'C:\\R\\Zed\\settings.json'],
    ['claude-code', WINDOWS, 'C:\\Users\\ada\\.claude.json'],
    ['claude-code', { env: { CLAUDE_CONFIG_DIR: '/etc/cl' } }, '/etc/cl/.claude.json'],
    ['codex', { env: { CODEX_HOME: '/srv/codex' } }, '/srv/codex/config.toml'],
    ['vscode', { env: { XDG_CONFIG_HOME: '/x' } }, '/x/Code/User/mcp.json'],
    ['vscode', { env: { XDG_CONFIG_HOME: 'relative' } }, '/home/ada/.config/Code/User/mcp.json'],
  ])('%s elsewhere: %j', async (client, place, file) => {
    expect((await installRig({ place }).plan({ client })).file).toBe(file);
  });

  test('one server, a file and an account are words for the bridge', async () => {
    const { after, name } = await installRig().plan({
      client: 'gemini',
      server: 'notion',
      more: ['--config', '/etc/team.json', '--profile', 'work'],
    });
    expect(name).toBe('holdfast-notion');
    expect(json(after)).toEqual({
      mcpServers: {
        'holdfast-notion': {
          command: 'holdfast',
          args: ['serve', '--stdio', '--server', 'notion', '--config', '/etc/team.json', '--profile', 'work'],
        },
      },
    });
  });

  test('a copy in the cache of npx is told to be one', async () => {
    const program = { isOnPath: false, script: '/home/ada/.npm/_npx/1/node_modules/holdfast/dist/bin.cjs' };
    const { notes } = await installRig({ program }).plan({ client: 'claude-code' });
    expect(notes.join('\n')).toContain('npm install -g holdfast');
  });

  test('a client of which there is no trace is asked about', async () => {
    const has = (path: string): boolean => path === '/home/ada/.cursor';
    const there = await installRig({ place: { has } }).plan({ client: 'cursor' });
    expect(there.notes.join('\n')).not.toContain('is it installed');
    const nowhere = await installRig({ place: { has: () => false } }).plan({ client: 'windsurf' });
    expect(nowhere.notes.join('\n')).toContain('Windsurf has no folder here yet: is it installed?');
  });

  test('variables that move our folders are told, because clients do not hand them on', async () => {
    const rig = installRig({ place: { env: { XDG_CONFIG_HOME: '/x', HOLDFAST_STATE_DIR: '/s', XDG_STATE_HOME: '' } } });
    const { notes } = await rig.plan({ client: 'codex' });
    expect(notes.join('\n')).toContain('HOLDFAST_STATE_DIR and XDG_CONFIG_HOME are set');
    expect((await installRig().plan({ client: 'codex' })).notes.join('\n')).not.toContain('"env"');
  });

  test('the command line offers the clients that the writer knows', () => {
    expect(CLIENTS).toEqual(CLIENT_IDS);
  });
});
