/**
 * What a person should know of the store, each thing once.
 *
 * @module
 */
import type { Logger } from '../base/logger.ts';
import type { StoreNotice } from '../core/store.ts';
import type { Modes } from './disk.ts';

/** The notices of one store; each is also written to the log when it is new. */
export class NoticeBoard {
  readonly #logger: Logger;
  readonly #notices = new Map<string, StoreNotice>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(notice: StoreNotice): void {
    const key = `${notice.kind} ${notice.path ?? ''}`;
    if (this.#notices.get(key)?.text !== notice.text)
      this.#logger.warn({ notice: notice.kind, path: notice.path }, notice.text);
    this.#notices.set(key, notice);
  }

  /** Takes every notice of a kind away: it is true no longer. */
  clear(kind: StoreNotice['kind']): void {
    for (const [key, notice] of this.#notices) if (notice.kind === kind) this.#notices.delete(key);
  }

  /** Tells that permission bits were, or had to be, mended. */
  modes(path: string, modes: Modes | undefined): void {
    if (modes === undefined || modes === 'fine') return;
    const end = modes === 'mended' ? 'it is yours alone now' : 'its mode cannot be changed';
    this.add({ kind: 'modes-mended', path, text: `${path} could be seen by other users; ${end}` });
  }

  all(): readonly StoreNotice[] {
    return [...this.#notices.values()];
  }
}
