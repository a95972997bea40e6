/**
 * Tells what happened to logins, whoever did it: writes of this process at once, those of others when the store hears of
 * them. Each generation is told once.
 *
 * @module
 */
import { Emitter } from '../../base/emitter.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Credential, CredentialKey } from '../../core/credential.ts';
import type { SignInChange } from '../../core/sign-in.ts';
import type { LastWrite } from './record.ts';

/** What happened, before it is shown. */
export interface VaultChange {
  readonly what: SignInChange['what'];
  readonly key: CredentialKey;
  /** Absent where it is gone. */
  readonly credential?: Credential;
}

/** A login as the store holds it now. */
export interface Stored {
  readonly credential: Credential;
  readonly last: LastWrite;
}

/** From where logins are read. */
export interface Reading {
  one(id: string): Promise<Stored | undefined>;
  all(): Promise<readonly Credential[]>;
}

const WHAT: Readonly<Record<LastWrite, SignInChange['what']>> = {
  login: 'completed',
  refresh: 'refreshed',
  'refresh-after-401': 'refreshed',
  refusal: 'refused',
};

/** The listeners, and what they have been told. */
export class Watching {
  readonly #reading: Reading;
  readonly #logger: Logger;
  readonly #changes: Emitter<VaultChange>;
  readonly #told = new Map<string, { readonly generation: number; readonly key: CredentialKey }>();
  /** One reading after the other: an older state is never told after a newer one. */
  #queue: Promise<void> | undefined;

  constructor(reading: Reading, logger: Logger) {
    this.#reading = reading;
    this.#logger = logger;
    this.#changes = new Emitter((error) =>
      logger.error({ error: messageOf(error) }, 'a listener of sign-ins has failed'),
    );
  }

  on(listener: (change: VaultChange) => void): () => void {
    this.#queue ??= this.#attempt(async () => {
      for (const { id, generation, key } of await this.#reading.all())
        if (!this.#told.has(id)) this.#told.set(id, { generation, key });
    });
    return this.#changes.on(listener);
  }

  /** This process has written. */
  wrote({ credential, last }: Stored): void {
    const { id, generation, key } = credential;
    if (this.#told.get(id)?.generation === generation) return;
    this.#told.set(id, { generation, key });
    this.#changes.emit({ what: WHAT[last], key, credential });
  }

  /** This process has removed; `silently` where a newer login takes its place. */
  removed(credential: Credential, silently: boolean): void {
    this.#told.delete(credential.id);
    if (!silently) this.#changes.emit({ what: 'forgotten', key: credential.key });
  }

  /** Somebody has written or removed: looks what it was. */
  heard(id: string): void {
    if (this.#queue === undefined) return;
    const before = this.#queue;
    this.#queue = before.then(() =>
      this.#attempt(async () => {
        const stored = await this.#reading.one(id);
        const told = this.#told.get(id);
        if (stored !== undefined) this.wrote(stored);
        else if (told !== undefined) {
          this.#told.delete(id);
          this.#changes.emit({ what: 'forgotten', key: told.key });
        }
      }),
    );
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // The next change, or the next 401, tells the same.
      this.#logger.debug({ error: messageOf(error) }, 'a change of a sign-in could not be read');
    }
  }
}
