/**
 * Work that must not be cut off in the middle: what a server has already done for us would else be lost.
 *
 * @module
 */

/** The work of this kind that is under way in a process. */
export class Vital {
  readonly #under = new Set<Promise<unknown>>();

  /** Lets `over` wait for some work. Gives it back. */
  hold<T>(work: Promise<T>): Promise<T> {
    this.#under.add(work);
    const end = (): void => void this.#under.delete(work);
    work.then(end, end);
    return work;
  }

  get isBusy(): boolean {
    return this.#under.size > 0;
  }

  /** Resolves when nothing is under way, however it ended. */
  async over(): Promise<void> {
    while (this.isBusy) await Promise.allSettled(this.#under);
  }
}
