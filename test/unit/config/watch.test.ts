import { describe, expect, test } from 'vitest';
import { CLAUDE, MCP, OWN, PROJECT, configRig, viewOf } from '../../support/config-rig.ts';
import type { ConfigRig } from '../../support/config-rig.ts';

const http = (host: string): string => JSON.stringify({ mcpServers: { a: { url: `http://${host}` } } });
const SCRIPT = `${PROJECT}/run.js`;

async function watched(rig: ConfigRig): Promise<{ readonly seen: () => number; readonly end: () => void }> {
  let count = 0;
  await rig.load();
  const end = rig.config.watch(viewOf(), () => {
    count += 1;
  });
  await rig.clock.advance(1_000);
  return { seen: () => count, end };
}

describe('[config.reload] a watch on the configuration', () => {
  test.each([
    ['our own file', OWN],
    ['a file that was not there', CLAUDE],
    ['the project’s file', MCP],
  ])('tells a change of %s once, 200 ms after it', async (_what, path) => {
    const rig = configRig({ [OWN]: http('one') });
    const { seen } = await watched(rig);
    rig.files.put(path, http('two'));
    await rig.clock.advance(199);
    expect(seen()).toBe(0);
    await rig.clock.advance(1);
    expect(seen()).toBe(1);
    await rig.clock.advance(10_000);
    expect(seen()).toBe(1);
  });

  test('says nothing where the content is the same, nor for other files of the folder', async () => {
    const rig = configRig({ [CLAUDE]: '{"mcpServers": {"a": {"url": "http://one"}}, "history": []}' });
    const { seen } = await watched(rig);
    rig.files.put(CLAUDE, rig.files.texts.get(CLAUDE) ?? '');
    await rig.clock.advance(1_000);
    rig.files.put(CLAUDE, '{"mcpServers": {"a": {"url": "http://one"}}, "history": ["more"]}');
    await rig.clock.advance(1_000);
    rig.files.put('/home/ada/.bashrc', 'x');
    await rig.clock.advance(1_000);
    expect(seen()).toBe(0);
  });

  test('tells a hundred saves in a second at most every 800 ms, and the last one surely', async () => {
    const rig = configRig({ [OWN]: http('start') });
    const { seen } = await watched(rig);
    for (let save = 0; save < 100; save += 1) {
      rig.files.put(OWN, http(`h${save}`));
      await rig.clock.advance(10);
    }
    expect(seen()).toBe(1);
    await rig.clock.advance(1_000);
    expect(seen()).toBe(2);
  });

  test('lets a file that is removed and made anew pass without a word', async () => {
    const rig = configRig({ [OWN]: http('one') });
    const { seen } = await watched(rig);
    rig.files.take(OWN);
    await rig.clock.advance(50);
    rig.files.put(OWN, http('one'));
    await rig.clock.advance(1_000);
    expect(seen()).toBe(0);
  });

  test('finds a change that came between the reading and the watch', async () => {
    const rig = configRig({ [OWN]: http('one') });
    await rig.load();
    rig.files.put(OWN, http('two'));
    let seen = 0;
    rig.config.watch(viewOf(), () => {
      seen += 1;
    });
    await rig.clock.advance(1_000);
    expect(seen).toBe(1);
  });

  test('tells a decision of another process, and a change of a script that an approval is about', async () => {
    const rig = configRig({ [MCP]: { mcpServers: { a: { command: SCRIPT } } }, [SCRIPT]: 'one' });
    const { seen } = await watched(rig);
    await rig.config.approve(viewOf(), await rig.server('a'));
    await rig.clock.advance(1_000);
    expect(seen()).toBe(1);
    rig.files.put(SCRIPT, 'two');
    await rig.clock.advance(1_000);
    expect(seen()).toBe(2);
  });

  test('follows a link to the file that is edited', async () => {
    const rig = configRig({ '/dotfiles/claude.json': http('one') });
    rig.files.links.set(CLAUDE, '/dotfiles/claude.json');
    const { seen } = await watched(rig);
    rig.files.put('/dotfiles/claude.json', http('two'));
    await rig.clock.advance(1_000);
    expect(seen()).toBe(1);
  });

  test('[config.half-written] tells that a file is broken and that it is mended, and its servers stand meanwhile', async () => {
    const rig = configRig({ [OWN]: http('one') });
    const { seen } = await watched(rig);
    rig.files.put(OWN, '{"mcpServers": {');
    await rig.clock.advance(1_000);
    expect([seen(), (await rig.load()).servers.length]).toEqual([1, 1]);
    rig.files.put(OWN, http('one'));
    await rig.clock.advance(1_000);
    expect(seen()).toBe(2);
  });

  test('says nothing after its end, and leaves no timer', async () => {
    const rig = configRig({ [OWN]: http('one') });
    const { seen, end } = await watched(rig);
    rig.files.put(OWN, http('two'));
    end();
    await rig.clock.advance(1_000);
    expect([seen(), rig.clock.pending]).toEqual([0, 0]);
  });
});
