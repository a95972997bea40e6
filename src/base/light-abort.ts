/**
 * An `AbortController` for paths that are walked thousands of times a second: an `AbortSignal` of the platform is an
 * event target, and costs more than all else that a call needs of this process.
 *
 * @module
 */

type Heard = Parameters<AbortSignal['addEventListener']>[1];

/** Has the members of an `AbortSignal` that are used here. Not for functions of the platform, which want a real one. */
class LightSignal implements AbortSignal {
  onabort: AbortSignal['onabort'] = null;
  aborted = false;
  reason: unknown;
  /** Most signals never have more than one. */
  #first: Heard | undefined;
  #others: Heard[] | undefined;

  throwIfAborted(): void {
    if (this.aborted) throw this.reason as Error;
  }

  /** Only for `abort`; every listener is called once at most, whatever its options say. */
  addEventListener(type: string, listener: Heard): void {
    if (type !== 'abort' || this.#first === listener) return;
    if (this.#first === undefined && this.#others === undefined) this.#first = listener;
    else if (this.#others?.includes(listener) !== true) (this.#others ??= []).push(listener);
  }

  removeEventListener(_type: string, listener: Heard): void {
    if (this.#first === listener) this.#first = undefined;
    const at = this.#others?.indexOf(listener) ?? -1;
    if (at !== -1) this.#others?.splice(at, 1);
  }

  /** Each listener is heard, also after one that throws, but for those that an earlier one has removed. */
  dispatchEvent(event: Event): boolean {
    let broken: { readonly error: unknown } | undefined;
    for (let listener = this.#next(); listener !== undefined; listener = this.#next()) {
      try {
        if (typeof listener === 'function') listener.call(this, event);
        else listener.handleEvent(event);
      } catch (error) {
        broken ??= { error };
      }
    }
    if (broken !== undefined) throw broken.error as Error;
    return true;
  }

  #next(): Heard | undefined {
    const { onabort } = this;
    if (onabort === null) {
      const first = this.#first;
      this.#first = undefined;
      return first ?? this.#others?.shift();
    }
    // eslint-disable-next-line unicorn/prefer-add-event-listener -- it is this very member that is served
    this.onabort = null;
    return (event) => onabort.call(this, event);
  }

  /** @internal */
  end(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.dispatchEvent(new Event('abort'));
  }
}

/** As `AbortController`. A listener that throws is the caller's to hear of. */
export class LightAbortController implements AbortController {
  readonly #signal = new LightSignal();

  get signal(): AbortSignal {
    return this.#signal;
  }

  abort(reason: unknown = new DOMException('This operation was aborted', 'AbortError')): void {
    this.#signal.end(reason);
  }
}
