/**
 * The bearer token of the gateway over HTTP: made at its first use, kept until a person rotates it (BEHAVIOUR §11).
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { HoldfastError } from '../../base/errors.ts';
import type { Redactor } from '../../base/secret.ts';
import { Secret } from '../../base/secret.ts';
import type { Files, Locks } from '../../core/machine.ts';

/** Where the token is kept, and what keeps it. */
export interface TokenDeps {
  readonly files: Pick<Files, 'readText' | 'writeAtomic' | 'facts'>;
  readonly locks: Locks;
  readonly redactor: Redactor;
  /** Absolute path of the file. */
  readonly path: string;
  /** `undefined` where users have no numbers (Windows). */
  readonly uid: number | undefined;
}

/** How a token looks. */
export const TOKEN_FORM = /^hf_[\w-]{43}$/;
const MODE = 0o600;
const LONGEST_FILE = 1_024;

function freshToken(): string {
  return `hf_${randomBytes(32).toString('base64url')}`;
}

/** The token's file. Errors of every method: system errors of the folder; `ERR_STORE_UNREADABLE` for a file that others can read. */
export class GatewayToken {
  readonly #deps: TokenDeps;

  constructor(deps: TokenDeps) {
    this.#deps = deps;
  }

  get path(): string {
    return this.#deps.path;
  }

  /** The token; made where there is none. */
  async token(): Promise<Secret> {
    const known = await this.#read();
    if (known !== undefined) return known;
    return this.#locked(async () => (await this.#read()) ?? this.#write());
  }

  /** A new token in the place of the old one. Who listens takes it at once; clients must be told. */
  rotate(): Promise<Secret> {
    return this.#locked(() => this.#write());
  }

  #locked<T>(work: () => Promise<T>): Promise<T> {
    return this.#deps.locks.withLock(`${this.#deps.path}.lock`, work);
  }

  async #read(): Promise<Secret | undefined> {
    const { files, path, uid, redactor } = this.#deps;
    const facts = await files.facts(path, { nofollow: true });
    if (facts === undefined) return undefined;
    const ours = facts.kind === 'file' && (uid === undefined || (facts.uid === uid && (facts.mode & 0o077) === 0));
    if (!ours)
      throw new HoldfastError('ERR_STORE_UNREADABLE', `${path} is not a file that only you can read`, {
        hint: 'Remove it, then run: holdfast token rotate',
      });
    const text = (await files.readText(path, LONGEST_FILE))?.trim();
    // Cut short or overwritten: nobody can know it, so a new one harms nobody.
    if (text === undefined || !TOKEN_FORM.test(text)) return undefined;
    redactor.add(text);
    return new Secret(text);
  }

  async #write(): Promise<Secret> {
    const { files, path, redactor } = this.#deps;
    const text = freshToken();
    redactor.add(text);
    await files.writeAtomic(path, `${text}\n`, MODE);
    return new Secret(text);
  }
}
