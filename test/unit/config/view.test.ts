import { describe, expect, test } from 'vitest';
import { makeView } from '../../../src/config/view.ts';
import type { ViewAsk } from '../../../src/config/view.ts';
import type { View } from '../../../src/core/view.ts';
import { CLAUDE, HOME, PROJECT, configRig } from '../../support/config-rig.ts';

const made = (disk: Readonly<Record<string, unknown>>, ask: Partial<ViewAsk> = {}): Promise<View> => {
  const rig = configRig({ [`${PROJECT}/sub/deep/file`]: '', ...disk });
  const base: ViewAsk = { cwd: `${PROJECT}/sub/deep`, env: {}, home: HOME, platform: 'linux', configDir: '/cfg' };
  return makeView({ ...base, ...ask }, rig.config, rig.files);
};

describe('the project of a caller', () => {
  test.each([
    ['the nearest folder with .mcp.json', { [`${PROJECT}/.mcp.json`]: {}, [`${HOME}/.git/x`]: '' }, {}, PROJECT],
    [
      'the nearest folder with .git',
      { [`${PROJECT}/sub/.git/x`]: '', [`${PROJECT}/.mcp.json`]: {} },
      {},
      `${PROJECT}/sub`,
    ],
    ['a file named .git, as worktrees have', { [`${PROJECT}/.git`]: 'gitdir: x' }, {}, PROJECT],
    ['the folder itself', {}, {}, `${PROJECT}/sub/deep`],
    ['not home', { [`${HOME}/.mcp.json`]: {} }, {}, `${PROJECT}/sub/deep`],
    ['home for who stands there', { [`${HOME}/.mcp.json`]: {} }, { cwd: HOME }, HOME],
    ['not the root of the disk', { '/.mcp.json': {}, '/srv/x': '' }, { cwd: '/srv' }, '/srv'],
    ['above home too, where the caller is elsewhere', { '/srv/.git/x': '', '/srv/a/x': '' }, { cwd: '/srv/a' }, '/srv'],
    ['nothing, when none is wanted', { [`${PROJECT}/.mcp.json`]: {} }, { noProject: true }, undefined],
  ])('is %s', async (_what, disk, ask, root) => {
    expect((await made(disk, ask)).projectRoot).toBe(root);
  });
});

test('[security.canaries] a view carries the values of the variables that entries name and of our numbers, and no others', async () => {
  const disk = { '/cfg/servers.json': { mcpServers: { a: { url: 'https://${HOST}', headers: { A: '${NONE:-x}' } } } } };
  const view = await made(disk, { env: { HOST: 'h', SECRET: 'no', MCP_TIMEOUT: '5', PATH: '/bin', HOME } });
  expect(view.variables).toEqual({ HOST: 'h', MCP_TIMEOUT: '5' });
  expect(view.path).toBe('/bin');
});

test('a view has absolute folders and files', async () => {
  const view = await made({}, { files: ['f.json', '/g.json'], env: { CLAUDE_CONFIG_DIR: '../cc' }, profile: 'work' });
  expect(view).toMatchObject({
    files: [`${PROJECT}/sub/deep/f.json`, '/g.json'],
    claudeConfigDir: `${PROJECT}/sub/cc`,
    profile: 'work',
    configDir: '/cfg',
    home: HOME,
  });
});

test('[config.files] the caller’s very folder is in the view only where Claude Code has entries for it', async () => {
  const git = { [`${PROJECT}/.git/x`]: '' };
  const folder = `${PROJECT}/sub/deep`;
  const claude = (path: string): object => ({ projects: { [path]: { mcpServers: { a: { command: 'x' } } } } });
  expect(await made({ ...git, [CLAUDE]: claude(folder) })).toMatchObject({
    projectRoot: PROJECT,
    workingFolder: folder,
  });
  expect(await made({ ...git, [CLAUDE]: claude(PROJECT) })).not.toHaveProperty('workingFolder');
});

test('Windows writes PATH in many ways', async () => {
  expect((await made({}, { platform: 'win32', env: { Path: 'C:\\bin' } })).path).toBe('C:\\bin');
});
