/**
 * Everybody who wants to hear of changed lists, by endpoint.
 *
 * @module
 */

/** One who listens. */
export interface Listener {
  announce(kind: 'tools' | 'prompts' | 'resources', method: string): void;
  /** The gateway ends. */
  end(): void;
}

/** The listeners of all endpoints. */
export class Listeners {
  readonly #byPath = new Map<string, Set<Listener>>();

  /** The result takes the listener away again. */
  add(path: string, listener: Listener): () => void {
    const set = this.#byPath.get(path) ?? new Set();
    this.#byPath.set(path, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.#byPath.get(path) === set) this.#byPath.delete(path);
    };
  }

  get size(): number {
    let count = 0;
    for (const set of this.#byPath.values()) count += set.size;
    return count;
  }

  at(path: string): Iterable<Listener> {
    return this.#byPath.get(path) ?? [];
  }

  close(): void {
    for (const set of this.#byPath.values()) for (const listener of set) listener.end();
    this.#byPath.clear();
  }
}
