/**
 * Small disks of their own, for tests of what a full or read-only one does. Only a user who may mount can make them.
 *
 * @module
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Whether this user may mount a small disk, as root in a container may. */
export function canMount(): boolean {
  const probe = 'd=$(mktemp -d) && mount -t tmpfs -o size=64k none "$d" && umount "$d"; s=$?; rmdir "$d"; exit $s';
  return process.platform === 'linux' && spawnSync('sh', ['-c', probe]).status === 0;
}

/** A disk that is mounted at `path` until `end`. */
export interface SmallDisk {
  readonly path: string;
  /** Fills it until nothing fits, then leaves this many bytes free (4096 at a time). */
  fill(free?: number): void;
  readOnly(): void;
  end(): void;
}

/** Mounts a disk with these options of tmpfs(5), as `size=128k`. */
export function mountSmallDisk(path: string, options: string): SmallDisk {
  mkdirSync(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `mode=700,${options}`, 'none', path]);
  return {
    path,
    fill(free = 0) {
      const ballast = join(path, 'ballast');
      let file: number | undefined;
      try {
        file = openSync(ballast, 'a');
        for (;;) writeSync(file, Buffer.alloc(4096, 'x'));
      } catch {
        // Full.
      } finally {
        if (file !== undefined) closeSync(file);
      }
      if (free > 0) execFileSync('truncate', ['-s', `-${free}`, ballast]);
    },
    readOnly: () => void execFileSync('mount', ['-o', 'remount,ro', path]),
    end() {
      execFileSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
