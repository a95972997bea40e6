/**
 * A typed event source whose listeners return their own unsubscribe, and a bounded async stream over it.
 *
 * @module
 */

/** One kind of event, many listeners. A listener that throws does not keep the others from hearing. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();
  readonly #onListenerError: ((error: unknown) => void) | undefined;

  constructor(onListenerError?: (error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  /** Calls `listener` for every later event; the result ends that. */
  on(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  emit(value: T): void {
    for (const listener of this.#listeners) {
      try {
        listener(value);
      } catch (error) {
        this.#onListenerError?.(error);
      }
    }
  }

  get size(): number {
    return this.#listeners.size;
  }

  /**
   * Every later event, one at a time, until `signal` aborts. At most `limit` (default 10 000) wait for a slow reader;
   * then the oldest are dropped, so that a forgotten reader cannot grow memory.
   */
  async *stream(signal: AbortSignal, limit = 10_000): AsyncGenerator<T> {
    const waiting: T[] = [];
    let wake: (() => void) | undefined;
    const rouse = (): void => wake?.();
    const off = this.on((value) => {
      waiting.push(value);
      if (waiting.length > limit) waiting.shift();
      rouse();
    });
    signal.addEventListener('abort', rouse);
    try {
      while (!signal.aborted) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (signal.aborted || waiting.length > 0) resolve();
          });
      }
    } finally {
      off();
      signal.removeEventListener('abort', rouse);
    }
  }
}
