/**
 * One run for all who ask for the same thing at the same time.
 *
 * @module
 */

/** A run that several wait for. */
interface Shared<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiters: number;
}

/** Runs by key. A run is ended only when the last of those who wait for it gives up. */
export class SharedRuns<T> {
  readonly #runs = new Map<string, Shared<T>>();

  /**
   * The result of the run of this key, which is started if none goes on. `undefined` as soon as `signal` aborts.
   * `start` must not reject, and must end soon after its own signal aborts.
   */
  async join(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const shared = this.#runs.get(key) ?? this.#begin(key, start);
    shared.waiters += 1;
    try {
      return await orAborted(shared.result, signal);
    } finally {
      shared.waiters -= 1;
      if (shared.waiters === 0) {
        // Who asks from now on must not join a run that is being ended.
        this.#drop(key, shared);
        shared.controller.abort();
      }
    }
  }

  #begin(key: string, start: (signal: AbortSignal) => Promise<T>): Shared<T> {
    const controller = new AbortController();
    const shared: Shared<T> = { result: start(controller.signal), controller, waiters: 0 };
    this.#runs.set(key, shared);
    void shared.result.finally(() => this.#drop(key, shared));
    return shared;
  }

  #drop(key: string, shared: Shared<T>): void {
    if (this.#runs.get(key) === shared) this.#runs.delete(key);
  }
}

function orAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
