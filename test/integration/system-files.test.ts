/**
 * The real files of this machine: whole writes, faults, and watching through replacement.
 *
 * @module
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createFiles } from '../../src/system/files.ts';

const files = createFiles({ clock: systemClock });
let folder = '';

beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), 'holdfast-files-'));
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

const modeOf = async (path: string): Promise<number> => (await fs.stat(path)).mode & 0o777;
const errorOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('writing a file', () => {
  test('makes it 0600 in a folder that is 0700, whatever the umask is', async () => {
    const path = join(folder, 'deep', 'er', 'a.json');
    await files.writeAtomic(path, 'one');
    expect([await fs.readFile(path, 'utf8'), await modeOf(path), await modeOf(join(folder, 'deep'))]).toEqual([
      'one',
      0o600,
      0o700,
    ]);
  });

  test('keeps the mode of a file that exists, and sets the one that is asked for', async () => {
    const path = join(folder, 'a.json');
    await fs.writeFile(path, 'old');
    await fs.chmod(path, 0o644);
    await files.writeAtomic(path, 'new');
    const kept = await modeOf(path);
    await files.writeAtomic(path, 'newer', 0o640);
    expect([kept, await modeOf(path), await fs.readFile(path, 'utf8')]).toEqual([0o644, 0o640, 'newer']);
  });

  test('follows a symlink to its target, also to one that is not there yet, and leaves the link', async () => {
    await fs.mkdir(join(folder, 'dotfiles'));
    const link = join(folder, 'link.json');
    await fs.symlink('dotfiles/real.json', link);
    await files.writeAtomic(link, 'one');
    await files.writeAtomic(link, 'two');
    expect((await fs.lstat(link)).isSymbolicLink()).toBe(true);
    expect(await fs.readFile(join(folder, 'dotfiles/real.json'), 'utf8')).toBe('two');
  });

  test('refuses a circle of symlinks', async () => {
    await fs.symlink('b', join(folder, 'a'));
    await fs.symlink('a', join(folder, 'b'));
    expect(await errorOf(files.writeAtomic(join(folder, 'a'), 'x'))).toMatchObject({ code: 'ELOOP' });
  });

  test('[config.bad-input] leaves the old text and no temp file when the rename fails', async () => {
    const path = join(folder, 'a');
    await fs.mkdir(path);
    expect(await errorOf(files.writeAtomic(path, 'x'))).toBeInstanceOf(Error);
    expect(await fs.readdir(folder)).toEqual(['a']);
  });

  test.runIf(canMount())('[config.bad-input] a full disk is told by its code and loses nothing', async () => {
    const disk = join(folder, 'disk');
    await fs.mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', disk]);
    try {
      const path = join(disk, 'a.json');
      await files.writeAtomic(path, 'small');
      expect(await errorOf(files.writeAtomic(path, 'x'.repeat(200_000)))).toMatchObject({ code: 'ENOSPC' });
      expect([await fs.readFile(path, 'utf8'), await fs.readdir(disk)]).toEqual(['small', ['a.json']]);
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      expect(await errorOf(files.writeAtomic(path, 'y'))).toMatchObject({ code: 'EROFS' });
      expect(await fs.readFile(path, 'utf8')).toBe('small');
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

/** Whether this user may mount a small disk, as root in a container may. */
function canMount(): boolean {
  const probe = spawnSync('sh', [
    '-c',
    'd=$(mktemp -d) && mount -t tmpfs -o size=64k none "$d" && umount "$d"; rmdir "$d"',
  ]);
  return probe.status === 0;
}

describe('reading a file', () => {
  test('gives nothing where there is none, and refuses what is too big, a folder or a pipe', async () => {
    await fs.writeFile(join(folder, 'big'), 'x'.repeat(100));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await files.readText(join(folder, 'none'))).toBeUndefined();
    expect(await files.readText(join(folder, 'big', 'below'))).toBeUndefined();
    expect(await errorOf(files.readText(join(folder, 'big'), 99))).toMatchObject({ code: 'EFBIG' });
    expect(await errorOf(files.readText(folder))).toMatchObject({ code: 'EISDIR' });
    expect(await errorOf(files.readText(join(folder, 'pipe')))).toMatchObject({ code: 'EINVAL' });
  });

  test('its digest is that of the bytes, so that binary files differ by one byte', async () => {
    await fs.writeFile(join(folder, 'a'), Buffer.from([0xff, 0xfe, 0x80]));
    await fs.writeFile(join(folder, 'b'), Buffer.from([0xff, 0xfe, 0x81]));
    const [a, b] = [await files.digest(join(folder, 'a')), await files.digest(join(folder, 'b'))];
    expect(a).toMatch(/^[\da-f]{64}$/);
    expect(a).not.toBe(b);
    expect([await files.digest(folder), await files.digest(join(folder, 'none'))]).toEqual([undefined, undefined]);
  });
});

describe('watching a folder', () => {
  const heard: (string | undefined)[] = [];
  let end = (): void => {};
  const watch = (path: string): void => {
    heard.length = 0;
    end = files.watchFolder(path, (name) => heard.push(name));
  };
  afterEach(() => end());
  const hears = async (work: () => Promise<unknown>): Promise<void> => {
    heard.length = 0;
    await work();
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(0), { timeout: 6_000 });
    await systemClock.sleep(30);
  };

  test('hears every atomic replace, in-place write, removal and new file, not only the first', async () => {
    const path = join(folder, 'a.json');
    await fs.writeFile(path, '0');
    watch(folder);
    for (const text of ['1', '2', '3']) await hears(() => files.writeAtomic(path, text));
    await hears(() => fs.writeFile(path, '4'));
    await hears(() => fs.rm(path));
    await hears(() => fs.writeFile(path, '5'));
    expect(heard).toContain('a.json');
  });

  test('waits for a folder that is not there, and goes on after it was removed and made anew', async () => {
    const deep = join(folder, 'one', 'two');
    watch(deep);
    await hears(async () => {
      await fs.mkdir(deep, { recursive: true });
      await fs.writeFile(join(deep, 'a'), '1');
    });
    await hears(() => fs.writeFile(join(deep, 'a'), '2'));
    await hears(() => fs.rm(join(folder, 'one'), { recursive: true }));
    await hears(() => fs.mkdir(deep, { recursive: true }));
    await hears(() => fs.writeFile(join(deep, 'b'), '3'));
    expect(heard).toContain('b');
  });

  test('hears nothing after its end', async () => {
    watch(folder);
    end();
    await fs.writeFile(join(folder, 'a'), '1');
    await systemClock.sleep(50);
    expect(heard).toEqual([]);
  });
});
