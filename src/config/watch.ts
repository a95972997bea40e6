/**
 * Tells when the configuration of a view has changed: many events of the file system become one question, and the
 * question is answered by content, so that nothing fires without a change.
 *
 * @module
 */
import { basename, dirname } from 'node:path';
import type { Clock, Timer } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Files } from '../core/machine.ts';

/** Quiet time after the last event before the files are looked at. */
export const DEBOUNCE_MS = 200;
/** However many events come, the files are looked at after this. */
export const LONGEST_QUIET_MS = 800;

/** What is watched, asked anew after every change. */
export interface WatchSubject {
  /** Paths of all files that matter. */
  targets(): Promise<readonly string[]>;
  /** Equal as long as nothing has changed. */
  fingerprint(): Promise<string>;
}

/** What a watch needs of the world. */
export interface WatchWorld {
  readonly files: Files;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One view under watch. */
class ConfigWatch {
  readonly #world: WatchWorld;
  readonly #subject: WatchSubject;
  readonly #changed: () => void;
  /** Ends of the watches, by folder. */
  readonly #folders = new Map<string, () => void>();
  #names: ReadonlySet<string> = new Set();
  #seen: string | undefined;
  #timer: Timer | undefined;
  #firstEventAt: number | undefined;
  #looking: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(world: WatchWorld, subject: WatchSubject, seen: string | undefined, changed: () => void) {
    this.#world = world;
    this.#subject = subject;
    this.#seen = seen;
    this.#changed = changed;
    // What happened between the reading before and this watch is found by a first look.
    this.#looking = this.#arm()
      .then(() => this.#soon())
      .catch((error: unknown) => this.#complain(error));
  }

  end(): void {
    this.#ended = true;
    this.#timer?.cancel();
    for (const stop of this.#folders.values()) stop();
    this.#folders.clear();
  }

  async #arm(): Promise<void> {
    const paths = await this.#subject.targets();
    if (this.#ended) return;
    this.#names = new Set(paths.map((path) => basename(path)));
    const wanted = new Set(paths.map((path) => dirname(path)));
    for (const [folder, stop] of this.#folders) {
      if (wanted.has(folder)) continue;
      stop();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) {
      if (this.#folders.has(folder)) continue;
      this.#folders.set(
        folder,
        this.#world.files.watchFolder(folder, (name) => this.#heard(name)),
      );
    }
  }

  #heard(name: string | undefined): void {
    if (name === undefined || this.#names.has(name)) this.#soon();
  }

  #soon(): void {
    if (this.#ended) return;
    const now = this.#world.clock.monotonic();
    this.#firstEventAt ??= now;
    const left = Math.max(0, this.#firstEventAt + LONGEST_QUIET_MS - now);
    this.#timer?.cancel();
    this.#timer = this.#world.clock.after(Math.min(DEBOUNCE_MS, left), () => this.#lookInTurn(), { unref: true });
  }

  #lookInTurn(): void {
    this.#firstEventAt = undefined;
    this.#looking = this.#looking.then(() => this.#look()).catch((error: unknown) => this.#complain(error));
  }

  #complain(error: unknown): void {
    this.#world.logger.warn({ error }, 'the configuration could not be looked at');
  }

  async #look(): Promise<void> {
    if (this.#ended) return;
    const now = await this.#subject.fingerprint();
    await this.#arm();
    if (this.#ended || now === this.#seen) return;
    const isFirst = this.#seen === undefined;
    this.#seen = now;
    if (!isFirst) this.#changed();
  }
}

/** Watches a subject. `seen` is the fingerprint of what the caller knows already, if it is known. The result ends the watch. */
export function watchConfig(
  world: WatchWorld,
  subject: WatchSubject,
  about: { readonly seen: string | undefined; readonly changed: () => void },
): () => void {
  const watching = new ConfigWatch(world, subject, about.seen, about.changed);
  return () => watching.end();
}
