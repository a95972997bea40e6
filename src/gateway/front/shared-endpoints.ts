/**
 * Endpoints of conversations: those with equal views share one set of merged lists, made for the first of them and let go
 * with the last.
 *
 * @module
 */
import type { Endpoints } from './endpoints.ts';

interface Held {
  readonly endpoints: Endpoints;
  users: number;
}

/** The endpoints of one fleet, by view. */
export class SharedEndpoints {
  readonly #held = new Map<string, Held>();

  /** The endpoints of a view; `release` is to be called once. */
  take(view: string, make: () => Endpoints): { readonly endpoints: Endpoints; readonly release: () => void } {
    const held = this.#held.get(view) ?? { endpoints: make(), users: 0 };
    held.users += 1;
    this.#held.set(view, held);
    return {
      endpoints: held.endpoints,
      release: () => {
        held.users -= 1;
        if (held.users > 0) return;
        this.#held.delete(view);
        held.endpoints.close();
      },
    };
  }
}
