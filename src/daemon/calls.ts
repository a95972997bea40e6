/**
 * The calls that a client has under way: each ends with the caller's signal, and all end with the client.
 *
 * @module
 */

/** One call under way. */
export interface CallUnderWay {
  readonly signal: AbortSignal;
  /** Must be called when the call is over, however it ended. */
  end(): void;
}

/** All of them. One controller per call: a shared signal would gather listeners, and Node warns about the eleventh. */
export class CallsUnderWay {
  readonly #open = new Set<AbortController>();
  #closed: Error | undefined;

  /** Begins a call that `signal` can end. */
  begin(signal: AbortSignal | undefined): CallUnderWay {
    const own = new AbortController();
    const stop = (): void => own.abort(signal?.reason);
    if (this.#closed !== undefined) own.abort(this.#closed);
    else if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
    this.#open.add(own);
    return {
      signal: own.signal,
      end: () => {
        this.#open.delete(own);
        signal?.removeEventListener('abort', stop);
      },
    };
  }

  /** Ends every call, and every later one at its beginning. */
  close(reason: Error): void {
    this.#closed ??= reason;
    for (const call of this.#open) call.abort(reason);
  }
}
