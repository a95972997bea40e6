/**
 * How the command line comes to the menu, and what it gives it.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import type { MenuAsk } from '../../../src/cli/context.ts';
import { cliRig } from '../../support/cli-rig.ts';
import type { RigOptions } from '../../support/cli-rig.ts';

const TTY = { isTTY: true } as const;

/** A rig whose menu writes down what it was given. */
function menuRig(options: RigOptions = {}, end: 'quit' | 'signal' | 'gone' = 'quit') {
  const asked: MenuAsk[] = [];
  const rig = cliRig({
    terminal: TTY,
    ...options,
    menu: async (ask) => {
      asked.push(ask);
      return end;
    },
  });
  return { rig, asked };
}

describe('[menu.start] the program without a verb', () => {
  test.each<readonly [string, RigOptions, readonly string[], 'menu' | 'status']>([
    ['on a terminal', {}, [], 'menu'],
    ['on a terminal, with files', {}, ['--config', 'a.json'], 'menu'],
    ['with --json', {}, ['--json'], 'status'],
    ['in CI', { env: { CI: '1' } }, [], 'status'],
    ['without a terminal', { terminal: { isTTY: false } }, [], 'status'],
  ])('%s', async (_, options, words, verb) => {
    const { rig, asked } = menuRig({ daemon: true, ...options });
    await rig.type(...words);
    expect(asked).toHaveLength(verb === 'menu' ? 1 : 0);
    if (verb === 'status') expect(rig.calls.map(({ method }) => method)).toContain('snapshots');
  });

  test.each<readonly [string, RigOptions, readonly string[]]>([
    ['without a terminal', { terminal: { isTTY: false } }, ['menu']],
    ['with --json', {}, ['menu', '--json']],
  ])('menu %s says what to type instead and exits 2', async (_, options, words) => {
    const { rig, asked } = menuRig(options);
    expect(await rig.type(...words)).toBe(2);
    expect(rig.err).toContain('the menu needs a terminal');
    expect(rig.err).toContain('holdfast status');
    expect(asked).toEqual([]);
  });

  test.each([
    ['quit', 0],
    ['signal', 130],
    ['gone', 130],
  ] as const)('ends with %s → %s', async (end, code) => {
    expect(await menuRig({ daemon: true }, end).rig.type('menu')).toBe(code);
  });
});

describe('[menu.start] the menu is told', () => {
  const told = async (options: RigOptions, ...words: readonly string[]): Promise<MenuAsk> => {
    const { rig, asked } = menuRig({ daemon: true, ...options });
    await rig.type('menu', ...words);
    return asked[0] as MenuAsk;
  };

  test.each<readonly [Readonly<Record<string, string>>, readonly string[], boolean]>([
    [{}, [], false],
    [{ LANG: 'de_AT.UTF-8' }, [], false],
    [{ LANG: 'C' }, [], true],
    [{ LANG: 'en_US.ISO-8859-1' }, [], true],
    [{ LANG: 'C', LC_ALL: 'C.utf8' }, [], false],
    [{ TERM: 'linux' }, [], true],
    [{}, ['--ascii'], true],
  ])('with %j and %j whether ASCII is all there is: %s', async (env, words, ascii) => {
    expect((await told({ env }, ...words)).ascii).toBe(ascii);
  });

  test('where no browser can be opened, why, and how an answer comes through', async () => {
    const here = await told({});
    expect(here.noBrowser).toBeUndefined();
    expect(here.remoteShell).toBe(false);
    const far = await told({ env: { SSH_CONNECTION: '1 2 3 4', USER: 'me' } });
    expect(far.noBrowser).toContain('an SSH session');
    expect(far.remoteShell).toBe(true);
    expect(far.forwarding('http://localhost:17471/callback')).toContain('ssh -L 17471:localhost:17471 me@box');
    expect((await told({}, '--no-input')).noBrowser).toBeDefined();
    expect(await (await told({}, '--no-input')).openUrl('https://x')).toBe(false);
  });

  test('what goes after every command that is to be typed', async () => {
    expect((await told({})).suffix).toBe('');
    expect((await told({}, '--config', '/a b.json', '--profile', 'work')).suffix).toBe(
      " --config '/a b.json' --profile work",
    );
  });

  test('its fleet, joined or started, and the view anew after a change', async () => {
    const { rig, asked } = menuRig({ daemon: false });
    await rig.type('menu', '--profile', 'work');
    const ask = asked[0] as MenuAsk;
    const fleet = await ask.open();
    expect(rig.opened).toContain('ensure');
    expect((await fleet.view()).profile).toBe('work');
    expect((await fleet.view()).profile).toBe('work');
    await fleet.close();
  });

  test('nothing to join where no daemon runs', async () => {
    expect(await (await told({ daemon: false })).join()).toBeUndefined();
    expect(await (await told({ daemon: true })).join()).toBeDefined();
  });

  test('the person’s editor at the line of an entry', async () => {
    const { rig, asked } = menuRig({ daemon: true, env: { EDITOR: 'vim -u NONE' } });
    await rig.type('menu');
    await asked[0]?.edit('/home/me/.claude.json', 31);
    expect(rig.edited).toEqual([['vim', '-u', 'NONE', '+31', '/home/me/.claude.json']]);
  });
});
