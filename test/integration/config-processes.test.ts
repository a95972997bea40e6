/**
 * Configuration on the real disk: many processes at once, full and read-only disks, and editors of every kind.
 *
 * @module
 */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseTree } from 'jsonc-parser';
import type { ParseError } from 'jsonc-parser';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { Redactor } from '../../src/base/secret.ts';
import { createConfig } from '../../src/config/config.ts';
import type { ConfigPort } from '../../src/core/config-model.ts';
import type { View } from '../../src/core/view.ts';
import { createFiles } from '../../src/system/files.ts';
import { createLocks } from '../../src/system/locks.ts';
import { builtDist } from '../support/build.ts';

const run = promisify(execFile);
const clock = systemClock;
let root = '';

beforeEach(async () => {
  root = await fs.realpath(await fs.mkdtemp(join(tmpdir(), 'holdfast-config-')));
});
afterEach(() => fs.rm(root, { recursive: true, force: true }));

const viewIn = (folder: string): View => ({
  projectRoot: join(folder, 'project'),
  configDir: join(folder, 'config'),
  home: join(folder, 'home'),
  variables: {},
  path: '/usr/bin',
});

function configIn(folder: string): ConfigPort {
  return createConfig({
    files: createFiles({ clock }),
    locks: createLocks({ clock, platform: process.platform }),
    clock,
    redactor: new Redactor(),
    logger: silentLogger,
    stateDir: join(folder, 'state'),
    platform: process.platform,
  });
}

const COMMENTED = `{
  // written by hand
  "numStartups": 41, /* theirs */
  "mcpServers": {
    "old": { "command": "x" }, // stays
  },
}
`;

/** A process that waits for the file \`go\` and then adds, switches and removes as it is told. */
const WORKER = `
const [dist, folder, go, name] = process.argv.slice(1);
const load = (file) => import(dist + '/' + file);
const { systemClock: clock } = await load('base/clock.js');
const { silentLogger } = await load('base/logger.js');
const { Redactor } = await load('base/secret.js');
const { createConfig } = await load('config/config.js');
const { createFiles } = await load('system/files.js');
const { createLocks } = await load('system/locks.js');
const { existsSync } = await import('node:fs');
const config = createConfig({ files: createFiles({ clock }), locks: createLocks({ clock, platform: process.platform }),
  clock, redactor: new Redactor(), logger: silentLogger, stateDir: folder + '/state', platform: process.platform });
const view = { projectRoot: folder + '/project', configDir: folder + '/config', home: folder + '/home', variables: {}, path: '' };
while (!existsSync(go)) await clock.sleep(5);
await config.add(view, { name, raw: { command: name }, scope: 'user' });
const server = (await config.load(view)).servers.find((one) => one.name === name);
await config.setEnabled(view, server, false);
await config.add(view, { name: name + '-gone', raw: { command: name }, scope: 'user' });
await config.remove(view, { name: name + '-gone', scope: 'user' });
`;

describe('[config.edit-locked] 16 processes that add one server each', () => {
  test.each([1, 2, 3])(
    'lose none, keep comments and mode, and a reader never sees half a file (round %i)',
    async () => {
      const dist = await builtDist();
      const file = join(root, 'home', '.claude.json');
      const go = join(root, 'go');
      await fs.mkdir(join(root, 'home'));
      await fs.writeFile(file, COMMENTED, { mode: 0o640 });
      const names = Array.from({ length: 16 }, (_, index) => `s${index}`);
      const workers = names.map((name) =>
        run(process.execPath, ['--input-type=module', '-e', WORKER, dist, root, go, name]),
      );
      const all = Promise.all(workers);
      await fs.writeFile(go, '');
      let reads = 0;
      const over = new AbortController();
      const reading = (async () => {
        while (!over.signal.aborted) {
          const errors: ParseError[] = [];
          parseTree(await fs.readFile(file, 'utf8'), errors, { allowTrailingComma: true });
          expect(errors).toEqual([]);
          reads += 1;
          await clock.sleep(1);
        }
      })();
      await all;
      over.abort();
      await reading;
      const { servers } = await configIn(root).load(viewIn(root));
      expect(servers.map(({ name }) => name).toSorted()).toEqual(['old', ...names].toSorted());
      expect(servers.filter(({ enabled }) => enabled).map(({ name }) => name)).toEqual(['old']);
      const text = await fs.readFile(file, 'utf8');
      for (const kept of ['// written by hand', '"numStartups": 41, /* theirs */', '// stays'])
        expect(text).toContain(kept);
      expect((await fs.stat(file)).mode & 0o777).toBe(0o640);
      expect((await fs.stat(join(root, 'state', 'overlay.json'))).mode & 0o777).toBe(0o600);
      expect((await fs.readdir(join(root, 'home'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
      expect(reads).toBeGreaterThan(20);
    },
    120_000,
  );
});

/** Whether this user may mount a small disk, as root in a container may. */
function canMount(): boolean {
  const probe = 'd=$(mktemp -d) && mount -t tmpfs -o size=64k none "$d" && umount "$d"; rmdir "$d"';
  return spawnSync('sh', ['-c', probe]).status === 0;
}

describe.runIf(canMount())('[config.bad-input] a disk that takes nothing more', () => {
  const disk = (): string => join(root, 'disk');
  beforeEach(async () => {
    await fs.mkdir(disk());
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', disk()]);
  });
  afterEach(() => {
    execFileSync('umount', [disk()]);
  });

  test('because it is full: what stood there stands, the error names file and cause, and it works again with space', async () => {
    const config = configIn(disk());
    const view = viewIn(disk());
    await config.add(view, { name: 'a', raw: { command: 'x' }, scope: 'own' });
    const file = join(disk(), 'config', 'servers.json');
    const before = await fs.readFile(file, 'utf8');
    const ballast = join(disk(), 'ballast');
    await fs.writeFile(ballast, Buffer.alloc(1_000_000)).catch(() => undefined);
    const full = expect.objectContaining({ code: 'ERR_CONFIG_UNWRITABLE', data: { file, errno: 'ENOSPC' } }) as unknown;
    await expect(config.add(view, { name: 'b', raw: { command: 'y' }, scope: 'own' })).rejects.toEqual(full);
    expect(await fs.readFile(file, 'utf8')).toBe(before);
    expect(await fs.readdir(join(disk(), 'config'))).toEqual(['servers.json']);
    await fs.rm(ballast);
    await config.add(view, { name: 'b', raw: { command: 'y' }, scope: 'own' });
    expect((await config.load(view)).servers.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('because it is read-only: it is read as ever, and writing says so', async () => {
    const config = configIn(disk());
    const view = viewIn(disk());
    await config.add(view, { name: 'a', raw: { command: 'x' }, scope: 'own' });
    execFileSync('mount', ['-o', 'remount,ro', disk()]);
    const { servers } = await config.load(view);
    expect(servers.map(({ name }) => name)).toEqual(['a']);
    for (const work of [
      config.add(view, { name: 'b', raw: { command: 'y' }, scope: 'own' }),
      config.setEnabled(view, servers[0] as (typeof servers)[number], false),
    ])
      await expect(work).rejects.toMatchObject({ code: 'ERR_CONFIG_UNWRITABLE', data: { errno: 'EROFS' } });
  });
});

describe('[config.reload] a file that is edited by', () => {
  const file = (): string => join(root, 'config', 'servers.json');
  const textWith = (name: string): string => JSON.stringify({ mcpServers: { [name]: { command: 'x' } } });
  const editors: readonly (readonly [string, (text: string) => Promise<void>])[] = [
    [
      'writing beside and renaming',
      async (text) => {
        await fs.writeFile(`${file()}.new`, text);
        await fs.rename(`${file()}.new`, file());
      },
    ],
    ['writing in place', (text) => fs.writeFile(file(), text)],
    [
      'writing in place slowly, in halves',
      async (text) => {
        const handle = await fs.open(file(), 'w');
        await handle.write(text.slice(0, 9));
        await clock.sleep(300);
        await handle.write(text.slice(9));
        await handle.close();
      },
    ],
    [
      'removing and making anew',
      async (text) => {
        await fs.rm(file());
        await clock.sleep(50);
        await fs.writeFile(file(), text);
      },
    ],
    [
      'keeping the old one as a backup, as vi does',
      async (text) => {
        await fs.rename(file(), `${file()}~`);
        await fs.writeFile(file(), text);
      },
    ],
    [
      'removing the whole folder and making it anew',
      async (text) => {
        await fs.rm(join(root, 'config'), { recursive: true });
        await fs.mkdir(join(root, 'config'));
        await fs.writeFile(file(), text);
      },
    ],
  ];

  test.each(editors)('%s is read again each time, soon after the last write', async (_how, edit) => {
    const config = configIn(root);
    const view = viewIn(root);
    const seen: string[][] = [];
    await config.load(view);
    const end = config.watch(view, () => {
      void config.load(view).then(({ servers }) => seen.push(servers.map(({ name }) => name)));
    });
    try {
      await clock.sleep(300);
      await fs.mkdir(join(root, 'config'));
      await fs.writeFile(file(), textWith('start'));
      await vi.waitFor(() => expect(seen.at(-1)).toEqual(['start']), { timeout: 5_000 });
      for (const name of ['one', 'two', 'three']) {
        await edit(textWith(name));
        const began = clock.monotonic();
        await vi.waitFor(() => expect(seen.at(-1)).toEqual([name]), { timeout: 5_000, interval: 20 });
        expect(clock.monotonic() - began).toBeLessThan(1_500);
      }
    } finally {
      end();
    }
  });
});
