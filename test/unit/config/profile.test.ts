/**
 * A server bound to an account: for one project, in our own state, never in the file of the entry.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { CLAUDE, OWN, PROJECT, configRig, viewOf } from '../../support/config-rig.ts';

const HERE = viewOf({ projectRoot: PROJECT });
const ELSEWHERE = viewOf({ projectRoot: '/other' });
const NOWHERE = viewOf();

function rigOfOwn(): ReturnType<typeof configRig> {
  return configRig({ [OWN]: { mcpServers: { a: { url: 'https://a/mcp' }, b: { url: 'https://b/mcp' } } } });
}

const profileIn = async (rig: ReturnType<typeof configRig>, view: typeof HERE): Promise<string | undefined> =>
  (await rig.effective('a', view)).profile;

describe('[login.profiles] a binding', () => {
  test('holds in its project alone, also for an entry of every project', async () => {
    const rig = rigOfOwn();
    const before = await rig.files.readText(OWN);
    await rig.config.setProfile(HERE, await rig.server('a', HERE), 'work');
    expect(await profileIn(rig, HERE)).toBe('work');
    expect(await profileIn(rig, ELSEWHERE)).toBe('default');
    expect((await rig.effective('b', HERE)).profile).toBe('default');
    expect(await rig.files.readText(OWN)).toBe(before);
  });

  test('made outside of every project holds everywhere, unless a project has its own', async () => {
    const rig = rigOfOwn();
    const view = { ...NOWHERE };
    delete (view as { projectRoot?: string }).projectRoot;
    await rig.config.setProfile(view, await rig.server('a', view), 'home');
    await rig.config.setProfile(HERE, await rig.server('a', HERE), 'work');
    expect(await profileIn(rig, ELSEWHERE)).toBe('home');
    expect(await profileIn(rig, HERE)).toBe('work');
    await rig.config.setProfile(HERE, await rig.server('a', HERE), undefined);
    expect(await profileIn(rig, HERE)).toBe('home');
  });

  test('goes after the profile that a caller names, and makes another connection', async () => {
    const rig = rigOfOwn();
    const free = (await rig.effective('a', HERE)).key;
    await rig.config.setProfile(HERE, await rig.server('a', HERE), 'work');
    expect((await rig.effective('a', HERE)).key).not.toBe(free);
    expect(await profileIn(rig, { ...HERE, profile: 'mine' })).toBe('mine');
    expect((await rig.effective('a', { ...HERE, profile: 'default' })).key).toBe(free);
  });

  test('is another question than whether the server is on', async () => {
    const rig = configRig({ [CLAUDE]: { mcpServers: { a: { url: 'https://a/mcp' } } } });
    await rig.config.setProfile(HERE, await rig.server('a', HERE), 'work');
    await rig.config.setEnabled(HERE, await rig.server('a', HERE), false);
    await rig.config.setEnabled(HERE, await rig.server('a', HERE), true);
    expect(await profileIn(rig, HERE)).toBe('work');
  });

  test('ends with its entry, in every project: a later entry of that name is bound to none', async () => {
    const rig = rigOfOwn();
    for (const view of [HERE, ELSEWHERE]) {
      await rig.config.setProfile(view, await rig.server('a', view), 'work');
      await rig.config.setProfile(view, await rig.server('b', view), 'home');
    }
    await rig.config.remove(HERE, { name: 'a' });
    await rig.config.add(HERE, { name: 'a', raw: { url: 'https://a/mcp' }, scope: 'own' });
    for (const view of [HERE, ELSEWHERE]) {
      expect(await profileIn(rig, view)).toBe('default');
      expect((await rig.effective('b', view)).profile).toBe('home');
    }
  });

  test.each(['', 'a b', '../x', 'x'.repeat(65), 'ä'])('is refused for the name %j', async (name) => {
    const rig = rigOfOwn();
    const server = await rig.server('a', HERE);
    await expect(rig.config.setProfile(HERE, server, name)).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });
});
