/**
 * The store on the real disk: who may see it, what it refuses, and disks that are full or read-only.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock as clock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { OpenedStore } from '../../src/store/open-store.ts';
import { createFiles } from '../../src/system/files.ts';
import { createLocks } from '../../src/system/locks.ts';
import { canMount, mountSmallDisk } from '../support/small-disk.ts';
import type { SmallDisk } from '../support/small-disk.ts';
import { bodyOf } from '../support/store-rig.ts';
import { codeOf } from '../support/waiting.ts';

let root = '';
let state = '';
const disks: SmallDisk[] = [];
const umask = process.umask();

beforeEach(async () => {
  root = await fs.mkdtemp(join(tmpdir(), 'holdfast-store-'));
  state = join(root, 'state');
  await fs.writeFile(join(root, 'key'), Buffer.alloc(32, 1), { mode: 0o600 });
});
afterEach(async () => {
  process.umask(umask);
  for (const disk of disks.splice(0)) disk.end();
  await fs.rm(root, { recursive: true, force: true });
});

const open = (uid = process.getuid?.()): Promise<OpenedStore> =>
  openStore({
    folder: state,
    files: createFiles({ clock }),
    locks: createLocks({ clock, platform: process.platform }),
    clock,
    logger: silentLogger,
    node: process.execPath,
    env: { HOLDFAST_KEY_FILE: join(root, 'key') },
    uid,
  });
const errorOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const fileOf = (id: string): string => join(state, 'credentials', `${id}.json`);

/** Every file and folder below, with its permission bits. */
async function modesBelow(folder: string): Promise<readonly (readonly [string, string])[]> {
  const names = await fs.readdir(folder, { recursive: true });
  return Promise.all(
    names
      .toSorted()
      .map(async (name) => [name, ((await fs.lstat(join(folder, name))).mode & 0o777).toString(8)] as const),
  );
}

const runsOnPosix = process.platform !== 'win32';
const isRoot = process.getuid?.() === 0;

describe.runIf(runsOnPosix)('[store.private] what the store makes', () => {
  test.each([0o000, 0o077, 0o022])('is 0600 in 0700 folders under umask %o', async (mask) => {
    process.umask(mask);
    const { store, lease } = await open();
    const room = await store.reserve('credential', 'a1');
    const during = await modesBelow(join(state, 'credentials'));
    await store.write('credential', bodyOf('a1'), 0, room);
    await store.write('intent', bodyOf('a1'), 0);
    await lease.hold('a1', async () => undefined);
    process.umask(umask);
    const modes = await modesBelow(state);
    expect(during.map(([, mode]) => mode)).toEqual(['600']);
    expect(modes.map(([name]) => name)).toEqual(
      expect.arrayContaining(['credentials', 'credentials/a1.json', 'intents/a1.json', 'locks', 'store.json']),
    );
    for (const [name, mode] of modes) {
      expect(mode, name).toBe(/\.(?:json|lock)$/.test(name) ? '600' : '700');
    }
    expect(store.notices()).toEqual([]);
  });

  test('and others have opened is closed again, and told', async () => {
    const first = await open();
    await first.store.write('credential', bodyOf('a1'), 0);
    await fs.chmod(join(state, 'credentials'), 0o755);
    await fs.chmod(fileOf('a1'), 0o644);
    await fs.chmod(join(state, 'store.json'), 0o666);
    const { store } = await open();
    expect(await store.read('credential', 'a1')).toMatchObject(bodyOf('a1'));
    for (const [name, mode] of await modesBelow(state)) expect(mode, name).toMatch(/^[67]00$/);
    expect(store.notices().map(({ kind, path }) => [kind, path])).toEqual([
      ['modes-mended', join(state, 'credentials')],
      ['modes-mended', fileOf('a1')],
      ['modes-mended', join(state, 'store.json')],
    ]);
  });
});

describe.runIf(runsOnPosix)('[store.not-ours] the store', () => {
  test('does not follow a symbolic link in the place of a record, and leaves its target alone', async () => {
    const { store } = await open();
    await store.write('credential', bodyOf('b2'), 0);
    const target = join(root, 'elsewhere.json');
    await fs.copyFile(fileOf('b2'), target);
    const before = await fs.readFile(target, 'utf8');
    await fs.symlink(target, fileOf('a1'));
    expect(await errorOf(store.read('credential', 'a1'))).toMatchObject({
      code: 'ERR_STORE_UNREADABLE',
      message: `${fileOf('a1')} is a symbolic link`,
    });
    expect(await codeOf(store.write('credential', bodyOf('a1'), 0))).toBe('ERR_STORE_UNWRITABLE');
    expect((await store.list('credential')).map(({ id }) => id)).toEqual(['b2']);
    expect([(await fs.lstat(fileOf('a1'))).isSymbolicLink(), await fs.readFile(target, 'utf8')]).toEqual([
      true,
      before,
    ]);
  });

  test('does not follow a dangling link, in the place of a record or of a temp file', async () => {
    const { store } = await open();
    await store.write('credential', bodyOf('b2'), 0);
    const target = join(root, 'nothing');
    await fs.symlink(target, fileOf('a1'));
    expect(await codeOf(store.write('credential', bodyOf('a1'), 0))).toBe('ERR_STORE_UNWRITABLE');
    const { createNodeDisk } = await import('../../src/store/node-disk.ts');
    const disk = createNodeDisk({ clock, uid: process.getuid?.() });
    expect(await codeOf(disk.create(fileOf('a1'), 5))).toBe('EEXIST');
    expect(await codeOf(fs.stat(target))).toBe('ENOENT');
  });

  test('refuses a folder that is a link', async () => {
    await fs.mkdir(state, { mode: 0o700 });
    await fs.mkdir(join(root, 'theirs'));
    await fs.symlink(join(root, 'theirs'), join(state, 'credentials'));
    const { store } = await open();
    for (const work of [
      () => store.read('credential', 'a1'),
      () => store.list('credential'),
      () => store.write('credential', bodyOf('a1'), 0),
    ])
      expect(await errorOf(work())).toMatchObject({ message: `${join(state, 'credentials')} is a symbolic link` });
    expect(await fs.readdir(join(root, 'theirs'))).toEqual([]);
  });

  test.each([
    ['a pipe', (path: string) => void execFileSync('mkfifo', [path])],
    ['a folder', (path: string) => fs.mkdir(path)],
  ])('does not wait for %s in the place of a record', async (_what, make) => {
    const { store } = await open();
    await store.write('credential', bodyOf('b2'), 0);
    await make(fileOf('a1'));
    expect(await errorOf(store.read('credential', 'a1'))).toMatchObject({
      message: `${fileOf('a1')} is not a regular file`,
    });
    expect((await store.list('credential')).map(({ id }) => id)).toEqual(['b2']);
    expect(store.notices().map(({ kind }) => kind)).toEqual(['refused']);
  });

  test.runIf(isRoot)('refuses a file, a folder and a note of another user', async () => {
    const first = await open();
    for (const id of ['a1', 'b2']) await first.store.write('credential', bodyOf(id), 0);
    await fs.chown(fileOf('a1'), 4711, 4711);
    const { store } = await open();
    expect(await errorOf(store.read('credential', 'a1'))).toMatchObject({
      message: `${fileOf('a1')} belongs to user 4711, not to you (0)`,
    });
    expect((await store.list('credential')).map(({ id }) => id)).toEqual(['b2']);
    await fs.chown(join(state, 'store.json'), 4711, 4711);
    expect(await codeOf((await open()).store.list('credential'))).toBe('ERR_STORE_UNREADABLE');
    await fs.chown(join(state, 'credentials'), 4711, 4711);
    expect(await errorOf(store.list('credential'))).toMatchObject({
      message: `${join(state, 'credentials')} belongs to user 4711, not to you (0)`,
    });
  });
});

describe.runIf(canMount())('[store.reserve] on a disk that becomes full', () => {
  const mounted = (options: string): SmallDisk => {
    const disk = mountSmallDisk(state, options);
    disks.push(disk);
    return disk;
  };

  test('after the reservation the record is kept, and can be removed', async () => {
    const disk = mounted('size=256k');
    const { store } = await open();
    await store.write('credential', bodyOf('a1', 'old'), 0);
    const room = await store.reserve('credential', 'a1');
    disk.fill();
    const full = await errorOf(store.reserve('credential', 'b2'));
    expect(full).toMatchObject({ code: 'ERR_STORE_UNWRITABLE', data: { path: fileOf('b2'), errno: 'ENOSPC' } });
    expect(await codeOf(store.write('credential', bodyOf('b2'), 0))).toBe('ERR_STORE_UNWRITABLE');
    expect(await store.write('credential', bodyOf('a1', 'new'), 1, room)).toMatchObject({ generation: 2 });
    expect(await store.read('credential', 'a1')).toMatchObject(bodyOf('a1', 'new'));
    expect(await fs.readdir(join(state, 'credentials'))).toEqual(['a1.json']);
    expect(await store.remove('credential', 'a1')).toBe(true);
  });

  test('a record that needs more than was reserved fails whole, and the old one stands', async () => {
    const disk = mounted('size=256k');
    const { store } = await open();
    await store.write('credential', bodyOf('a1', 'old'), 0);
    const room = await store.reserve('credential', 'a1', 4096);
    disk.fill();
    const large = { ...bodyOf('a1'), secrets: { accessToken: 'x'.repeat(100_000) } };
    expect(await codeOf(store.write('credential', large, 1, room))).toBe('ERR_STORE_UNWRITABLE');
    expect(await store.read('credential', 'a1')).toMatchObject(bodyOf('a1', 'old'));
    await room.release();
    expect(await fs.readdir(join(state, 'credentials'))).toEqual(['a1.json']);
  });

  test.each([
    ...Array.from({ length: 14 }, (_, pages) => ['pages', pages] as const),
    ...Array.from({ length: 14 }, (_, inodes) => ['files', inodes] as const),
  ])('with %s for %i more, either nothing can be reserved or the record is kept', async (what, count) => {
    const disk = mounted(what === 'pages' ? 'size=256k' : `size=256k,nr_inodes=${count + 2}`);
    if (what === 'pages') disk.fill(count * 4096);
    const { store, lease } = await open();
    let outcome = 'no lease';
    const redeem = async (): Promise<void> => {
      const room = await store.reserve('credential', 'a1').catch(() => undefined);
      outcome = 'no room';
      if (room === undefined) return;
      disk.fill();
      outcome = await codeOf(store.write('credential', bodyOf('a1'), 0, room));
      await room.release();
    };
    expect(await codeOf(lease.hold('a1', redeem))).toBe(outcome === 'no lease' ? 'ERR_STORE_UNWRITABLE' : 'none');
    // Nothing would have been redeemed, or the new token is safe.
    expect(outcome).toMatch(
      count === 0 ? /^no (?:lease|room)$/ : count === 13 ? /^none$/ : /^(?:no lease|no room|none)$/,
    );
    const kept = (await modesBelow(state)).map(([name]) => name).filter((name) => name.startsWith('credentials/'));
    expect(kept).toEqual(outcome === 'none' ? ['credentials/a1.json'] : []);
    if (outcome === 'none') expect(await (await open()).store.read('credential', 'a1')).toMatchObject(bodyOf('a1'));
  });
});

describe.runIf(canMount())('[store.memory] on a read-only disk', () => {
  test('without logins the store is memory; with logins these can be read, and no room can be had', async () => {
    const disk = mountSmallDisk(state, 'size=256k');
    disks.push(disk);
    const first = await open();
    await first.store.write('credential', bodyOf('a1'), 0);
    await fs.writeFile(fileOf('b2'), 'damaged', { mode: 0o600 });
    disk.readOnly();
    const { store, lease } = await open();
    expect(await store.read('credential', 'a1')).toMatchObject(bodyOf('a1'));
    expect((await store.list('credential')).map(({ id }) => id)).toEqual(['a1']);
    expect(store.notices().map(({ kind }) => kind)).toEqual(['read-only', 'quarantined']);
    expect(await errorOf(store.reserve('credential', 'a1'))).toMatchObject({
      code: 'ERR_STORE_UNWRITABLE',
      message: expect.stringContaining(state) as unknown,
      hint: expect.stringContaining('HOLDFAST_STATE_DIR') as unknown,
    });
    expect(await codeOf(store.remove('credential', 'a1'))).toBe('ERR_STORE_UNWRITABLE');
    expect(await codeOf(lease.hold('zz', async () => undefined))).toBe('ERR_STORE_UNWRITABLE');
    expect(await fs.readFile(fileOf('b2'), 'utf8')).toBe('damaged');

    const bare = mountSmallDisk(join(root, 'bare'), 'size=64k');
    disks.push(bare);
    bare.readOnly();
    state = join(bare.path, 'state');
    const memory = await open();
    expect([memory.store.persistence, memory.store.notices().map(({ kind }) => kind)]).toEqual([
      'memory',
      ['memory-only'],
    ]);
  });
});
