/**
 * Writes redeemed tokens, and does not give up: what cannot be written is held in memory and written later.
 *
 * @module
 */
import { HoldfastError, messageOf } from '../../base/errors.ts';
import type { Credential } from '../../core/credential.ts';
import type { Fault } from '../../core/fault.ts';
import type { Reservation } from '../../core/store.ts';
import type { OAuthDeps } from '../deps.ts';
import type { LastWrite } from './record.ts';
import { renewalFault } from './renewal.ts';
import type { Vault } from './vault.ts';

/** How keeping ended. */
export type Kept =
  | { readonly kind: 'saved'; readonly credential: Credential }
  /** Another login took the place meanwhile. */
  | { readonly kind: 'moved' }
  /** In memory alone; `saved` resolves when it is written, let go or replaced. */
  | { readonly kind: 'unsaved'; readonly credential: Credential; readonly fault: Fault; readonly saved: Promise<void> };

/** How it is written. */
export interface KeepAsk {
  readonly room: Reservation;
  readonly last: LastWrite;
}

/** Three retries over two seconds. */
const WAITS_MS = [300, 600, 1_100];
const LATER_MS = 2_000;

interface Unsaved {
  /** Tries now; whether it is over. */
  readonly attempt: () => Promise<boolean>;
  /** Ends the trying. */
  readonly end: () => void;
  readonly over: Promise<void>;
}

/** Writes for one process. */
export class Keeper {
  readonly #deps: Pick<OAuthDeps, 'clock' | 'logger'> & { readonly vault: Vault };
  readonly #unsaved = new Map<string, Unsaved>();

  constructor(deps: Pick<OAuthDeps, 'clock' | 'logger'> & { readonly vault: Vault }) {
    this.#deps = deps;
  }

  /** Writes `next` over the generation that it names; what is unsaved gives the room back when it is written. Never rejects. */
  async keep(next: Credential, { room, last }: KeepAsk): Promise<Kept> {
    let error: unknown;
    for (const wait of [0, ...WAITS_MS]) {
      if (wait > 0) await this.#deps.clock.sleep(wait);
      try {
        const written = await this.#write(next, { room, last });
        return written === undefined ? { kind: 'moved' } : { kind: 'saved', credential: written };
      } catch (failure) {
        error = failure;
      }
    }
    return this.#later(next, { room, last }, error);
  }

  /** Whether nothing of this login is in memory alone, after one more try. */
  async saved(id: string): Promise<boolean> {
    return (await this.#unsaved.get(id)?.attempt()) ?? true;
  }

  /** One last try for one login or for all; then whoever waits for them goes on. Whether everything is written. */
  async letGo(id?: string): Promise<boolean> {
    const entries = [...this.#unsaved].filter(([other]) => id === undefined || other === id);
    const ends = entries.map(async ([, unsaved]) => {
      const written = await unsaved.attempt();
      unsaved.end();
      return written;
    });
    return (await Promise.all(ends)).every(Boolean);
  }

  /** Resolves when nothing is in memory alone. */
  async whenSaved(): Promise<void> {
    await Promise.all([...this.#unsaved.values()].map(({ over }) => over));
  }

  async #write(next: Credential, { room, last }: KeepAsk): Promise<Credential | undefined> {
    const { vault } = this.#deps;
    // Room that is spent, or lies on a bad spot, must not keep it from being written elsewhere.
    let written: Credential | undefined;
    try {
      written = await vault.replace(next, { room, last });
    } catch {
      written = await vault.replace(next, { last });
    }
    if (written !== undefined) return written;
    // A write may have failed after its rename: then what is kept is ours already.
    const kept = await vault.read(next.id);
    return kept?.tokens.accessToken.reveal() === next.tokens.accessToken.reveal() ? kept : undefined;
  }

  #later(next: Credential, ask: KeepAsk, error: unknown): Kept {
    const { vault, clock, logger } = this.#deps;
    const credential = vault.holdUnsaved(next);
    const code = error instanceof HoldfastError ? `${error.code}: ` : '';
    const text = `${code}${messageOf(error)}; the new tokens are in memory alone until it can be written`;
    logger.error({ id: next.id, error: messageOf(error) }, 'renewed tokens could not be written');
    const done = gate();
    const ended = new AbortController();
    const end = (): void => {
      this.#unsaved.delete(next.id);
      ended.abort();
      void release(ask.room).then(done.open);
    };
    const attempt = async (): Promise<boolean> => {
      try {
        await this.#write(next, ask);
      } catch {
        return false;
      }
      end();
      return true;
    };
    this.#unsaved.set(next.id, { attempt, end, over: done.passed });
    const trying = async (): Promise<void> => {
      while (!ended.signal.aborted) {
        await clock.sleep(LATER_MS, ended.signal).catch(() => undefined);
        if (!ended.signal.aborted) await attempt();
      }
    };
    void trying();
    return { kind: 'unsaved', credential, fault: renewalFault(text), saved: done.passed };
  }
}

async function release(room: Reservation): Promise<void> {
  await room.release().catch(() => undefined);
}

function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open: (() => void) | undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open?.() };
}
