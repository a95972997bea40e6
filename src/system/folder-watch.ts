/**
 * Watches a folder through everything that happens to it: files replaced whole, the folder removed, made anew, or not
 * there yet. Files are never watched themselves, because such a watch goes dead at the first atomic replace.
 *
 * @module
 */
import { statSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock, Timer } from '../base/clock.ts';

/** How often the watch looks whether it still watches the right folder; also the rate of looking where the kernel cannot watch. */
const LOOK_MS = 2_000;

function identity(path: string): string | undefined {
  try {
    const facts = statSync(path);
    return facts.isDirectory() ? `${facts.dev}:${facts.ino}` : undefined;
  } catch {
    return undefined;
  }
}

function nearestFolder(path: string): string {
  let current = path;
  while (identity(current) === undefined && dirname(current) !== current) current = dirname(current);
  return current;
}

/** One folder under watch. */
class FolderWatch {
  readonly #clock: Clock;
  readonly #folder: string;
  readonly #changed: (name: string | undefined) => void;
  #watcher: FSWatcher | undefined;
  #timer: Timer | undefined;
  /** What is being watched: the folder itself, or the nearest one above it that exists. */
  #watched: { readonly path: string; readonly id: string | undefined } | undefined;
  #isBlind = false;
  #ended = false;

  constructor(clock: Clock, folder: string, changed: (name: string | undefined) => void) {
    this.#clock = clock;
    this.#folder = folder;
    this.#changed = changed;
    this.#arm();
    this.#lookLater();
  }

  end(): void {
    this.#ended = true;
    this.#timer?.cancel();
    this.#watcher?.close();
  }

  #arm(tries = 5): void {
    this.#watcher?.close();
    const path = nearestFolder(this.#folder);
    this.#watched = { path, id: identity(path) };
    try {
      this.#watcher = watch(path, { persistent: false }, (_kind, name) => this.#heard(name ?? undefined));
      // A watch that breaks later is armed again at the next look.
      this.#watcher.on('error', () => {
        this.#isBlind = true;
      });
      this.#isBlind = false;
    } catch {
      // The kernel has no watch left (ENOSPC, EMFILE) or the file system knows none: looking replaces it.
      this.#watcher = undefined;
      this.#isBlind = true;
    }
    // Made or removed while the watch was being set up: that event went past us.
    if (!this.#isBlind && this.#isStale() && tries > 1) this.#arm(tries - 1);
  }

  #heard(name: string | undefined): void {
    if (this.#ended) return;
    const isItself = this.#watched?.path === this.#folder;
    if (this.#isStale()) {
      this.#arm();
      this.#changed(undefined);
    } else if (isItself) this.#changed(name);
  }

  #isStale(): boolean {
    const { path, id } = this.#watched ?? {};
    return path === undefined || identity(path) !== id || nearestFolder(this.#folder) !== path;
  }

  #lookLater(): void {
    this.#timer = this.#clock.after(
      LOOK_MS,
      () => {
        if (this.#isBlind || this.#isStale()) {
          this.#arm();
          this.#changed(undefined);
        }
        if (!this.#ended) this.#lookLater();
      },
      { unref: true },
    );
  }
}

/**
 * Calls `changed` with a base name when something in the folder changes, with `undefined` when anything may have. The
 * folder need not exist. The result ends the watch. Neither the watch nor its timer keeps the process alive.
 */
export function watchFolder(clock: Clock, folder: string, changed: (name: string | undefined) => void): () => void {
  const watching = new FolderWatch(clock, folder, changed);
  return () => watching.end();
}
