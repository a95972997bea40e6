/**
 * For how long a person is not asked again for rights that were not granted (BEHAVIOUR §4, §7). A rest belongs to a login
 * and to what was asked for, so it outlives the connection on which it began; it dies with its owner.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import type { SignInChange } from '../core/sign-in.ts';

/** Whose rests. */
export type RestingLogin = Pick<SignInChange, 'serverUrl' | 'profile' | 'lane'>;

/** The rests of one owner. */
export class Rests {
  readonly #clock: Pick<Clock, 'now'>;
  /** By login, then by the rights; wall clock. */
  readonly #until = new Map<string, Map<string, number>>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Milliseconds that are left of a rest; 0 or less = none. */
  leftMs(login: RestingLogin, rights: string): number {
    return (this.#until.get(keyOf(login))?.get(rights) ?? 0) - this.#clock.now();
  }

  begin(login: RestingLogin, rights: string, ms: number): void {
    const now = this.#clock.now();
    for (const [key, own] of this.#until) {
      for (const [other, until] of own) if (until <= now) own.delete(other);
      if (own.size === 0) this.#until.delete(key);
    }
    const own = this.#until.get(keyOf(login)) ?? new Map<string, number>();
    this.#until.set(keyOf(login), own.set(rights, now + ms));
  }

  /** A person wants to be asked again. */
  end(login: RestingLogin): void {
    this.#until.delete(keyOf(login));
  }
}

function keyOf({ serverUrl, profile, lane }: RestingLogin): string {
  return JSON.stringify([serverUrl, profile, lane]);
}
