/**
 * `install` and `uninstall` as a person types them, over client files in memory.
 */
import { describe, expect, test } from 'vitest';
import type { InstallPort } from '../../../src/cli/context.ts';
import { differenceLines } from '../../../src/cli/render/difference.ts';
import { styleOf } from '../../../src/cli/text/style.ts';
import { cliRig } from '../../support/cli-rig.ts';
import type { CliRig, RigOptions } from '../../support/cli-rig.ts';
import { configured } from '../../support/cli-rig.ts';
import { installRig } from '../../support/install-rig.ts';
import type { InstallRig } from '../../support/install-rig.ts';

const CURSOR = '/home/ada/.cursor/mcp.json';
const OTHERS = `{
  // do not show: sk-comment-secret
  "mcpServers": {
    "theirs": { "url": "https://x.example", "headers": { "Authorization": "Bearer sk-line-secret" } },
    "more": {
      "env": { "API_KEY": "sk-own-line-secret" },
    },
  },
}
`;

interface Both {
  readonly files: InstallRig['files'];
  readonly cli: CliRig;
}

function both(options: RigOptions = {}, disk: Readonly<Record<string, string>> = {}): Both {
  const rig = installRig({ disk });
  const install: InstallPort = {
    clients: [],
    plan: (ask) => rig.plan(ask),
    write: (ask, plan) => rig.writePlan(ask, plan),
  };
  return { files: rig.files, cli: cliRig({ install, ...options }) };
}

const typing = (answer: string): RigOptions => ({ terminal: { isTTY: true, answers: [answer] } });

describe('[install.careful] install', () => {
  test.each([
    ['y', true],
    ['yes', true],
    ['', false],
    ['n', false],
    ['yep', false],
  ])('shows the difference, asks, and takes %j as written: %j', async (answer, isWritten) => {
    const { cli, files } = both(typing(answer), { [CURSOR]: OTHERS });
    expect(await cli.type('install', '--into', 'cursor')).toBe(0);
    expect(cli.err).toContain('+     "holdfast": {');
    expect(cli.err).toContain('Write this? [y/N]');
    expect(files.writes.includes(CURSOR)).toBe(isWritten);
    if (!isWritten) expect(cli.err).toContain('Nothing was written.');
    else expect(cli.out).toBe(`added "holdfast" in ${CURSOR}\n`);
  });

  test('repeats nothing that others wrote into the file', async () => {
    const { cli } = both(typing('y'), { [CURSOR]: OTHERS });
    await cli.type('install', '--into', 'cursor');
    expect(cli.err).toContain('"API_KEY": "…"');
    expect(cli.err + cli.out).not.toContain('secret');
  });

  test('asks nobody who is not there: without --yes or --print nothing is written', async () => {
    const { cli, files } = both();
    expect(await cli.type('install', 'cursor')).toBe(2);
    expect(cli.err).toContain('--yes');
    expect(files.writes).toEqual([]);
    expect(await cli.type('install', 'cursor', '--no-input', '--yes')).toBe(0);
    expect(files.writes).toEqual([CURSOR]);
  });

  test('with --print gives the difference as its output, and writes nothing', async () => {
    const { cli, files } = both();
    expect(await cli.type('install', '--into', 'cursor', '--print')).toBe(0);
    expect(cli.out).toContain(`${CURSOR} (a new file)`);
    expect(cli.out).toContain('"serve"');
    expect(files.writes).toEqual([]);
    expect(await cli.json('install', '--into', 'cursor', '--print', '--json')).toMatchObject({
      schema: 'install/v1',
      action: 'added',
      written: false,
      backup: null,
    });
    expect(files.writes).toEqual([]);
  });

  test('says where the backup is, and that there is nothing to do a second time', async () => {
    const { cli, files } = both({}, { [CURSOR]: OTHERS });
    const record = await cli.json<{ backup: string }>('install', 'cursor', '--yes', '--json');
    expect(files.texts.get(record.backup)).toBe(OTHERS);
    expect(await cli.type('install', 'cursor')).toBe(0);
    expect(cli.out).toBe(`"holdfast" stands in ${CURSOR} already\n`);
    expect(await cli.type('uninstall', 'cursor', '--yes')).toBe(0);
    expect(files.texts.get(CURSOR)).toBe(OTHERS);
    expect(await cli.type('uninstall', 'cursor')).toBe(0);
    expect(cli.out).toBe(`"holdfast" is not in ${CURSOR}\n`);
  });

  test.each([
    [['install'], '--into CLIENT'],
    [['install', 'curser'], 'Did you mean "cursor"?'],
    [['install', 'cursor', '--into', 'cursor'], 'one too many'],
    [['install', 'cursor', '--port', '1'], 'goes with --http'],
    [['install', 'cursor', '--http', '--port', '0'], '1 to 65535'],
    [['install', 'cursor', '--server', 'a b'], 'cannot be the name'],
    [['install', 'zed', '--http'], 'Leave out --http'],
    [['install', 'windsurf', '--scope', 'project'], 'no file for a project'],
  ])('%j is refused in words', async (words, why) => {
    const { cli, files } = both();
    expect(await cli.type(...words, '--yes')).toBe(2);
    expect(cli.err).toContain(why);
    expect(files.writes).toEqual([]);
  });

  test('of one server alone knows its name', async () => {
    const { cli, files } = both({ servers: [configured('notion')] });
    expect(await cli.type('install', 'cursor', '--server', 'noton', '--yes')).toBe(6);
    expect(cli.err).toContain('notion');
    expect(await cli.type('install', 'cursor', '--server', 'notion', '--http', '--yes')).toBe(0);
    expect(files.texts.get(CURSOR)).toContain('http://127.0.0.1:4653/mcp/notion');
    expect(files.texts.get(CURSOR)).toContain('holdfast-notion');
  });
});

describe('[install.careful] the difference', () => {
  const lines = (before: string, after: string): string =>
    differenceLines(before, after, styleOf({ color: false })).join('\n');

  test.each([
    ['an object on one line', '{ "a": { "key": "s3cret", "n": 1 } }'],
    ['a comment', '{} // s3cret'],
    ['a value that its line does not end', 'key = "s3cret'],
    ['the inside of a text over lines', '  s3cret'],
    ['single quotes', "key = 's3cret'"],
    ['a bare word', 'key = s3cret'],
    ['a quote in a value', String.raw`{ "a": "x\" s3cret" }`],
  ])('hides %s', (_, line) => {
    const text = lines(`${line}\nlast`, `${line}\nnew\nlast`);
    expect(text).toContain('+ new');
    expect(text).not.toContain('s3cret');
  });

  test.each(['{ "a": { "b": [1, true], "c": "…" } }', '[mcp_servers.docs]', 'enabled = true', '  "a": "…",'])(
    'shows the place %s',
    (line) => {
      expect(lines(`${line}\nlast`, `${line}\nnew\nlast`)).toContain(line.trim());
    },
  );

  test('shows what goes, but no secret', () => {
    const text = lines('a\n"command": "old"\n"token": "s3cret"\n', 'a\n');
    expect(text).toContain('- "command": "old"');
    expect(text).toContain('- "token": "…"');
  });
});
