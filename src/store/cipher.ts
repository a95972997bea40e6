/**
 * Secrets of a record under AES-256-GCM (NIST SP 800-38D), bound to the record and its generation.
 *
 * @module
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { HoldfastError } from '../base/errors.ts';

/** Bytes of a key. */
export const KEY_BYTES = 32;

/** A key, and the name by which records say that it is theirs. */
export interface StoreKey {
  /** 16 hex digits that only this key gives. */
  readonly id: string;
  readonly key: KeyObject;
}

/** Where keys come from. */
export interface Keys {
  /** The key for new records; `undefined` = they are kept plain. Errors: `ERR_STORE_UNREADABLE`, `ERR_STORE_UNWRITABLE`. */
  forWriting(): Promise<StoreKey | undefined>;
  /** The key of that id. Errors: `ERR_STORE_UNREADABLE`; never "there is none". */
  forReading(id: string): Promise<StoreKey>;
  /** A record without encryption was read: tells so where that was chosen. Never throws. */
  sawPlain(): Promise<void>;
}

/** Keeps everything plain. */
export const noKeys: Keys = {
  forWriting: () => Promise.resolve(undefined),
  sawPlain: () => Promise.resolve(),
  forReading: (id) =>
    Promise.reject(
      new HoldfastError('ERR_STORE_UNREADABLE', `the key ${id}, with which logins are encrypted, is not here`),
    ),
};

/** Secrets as they stand in a file. Binary fields are base64. */
export interface Sealed {
  readonly form: 'aes-256-gcm';
  /** Id of the key. */
  readonly key: string;
  readonly nonce: string;
  readonly tag: string;
  readonly text: string;
}

/** What sealed secrets belong to: they open only beside it. */
export interface SealedFor {
  readonly kind: string;
  readonly id: string;
  readonly generation: number;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The key of these 32 bytes. */
export function storeKey(bytes: Uint8Array): StoreKey {
  const id = createHmac('sha256', bytes).update('holdfast store key').digest('hex').slice(0, 16);
  return { id, key: createSecretKey(bytes) };
}

// The facts are in it so that nobody can send a refresh token to another token endpoint by editing a file.
function boundTo({ kind, id, generation, facts }: SealedFor): Buffer {
  const digest = createHash('sha256').update(JSON.stringify(facts)).digest('hex');
  return Buffer.from(JSON.stringify(['record/v1', kind, id, generation, digest]));
}

/** Encrypts secrets for one record at one generation. */
export function seal(key: StoreKey, secrets: Readonly<Record<string, string>>, about: SealedFor): Sealed {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key.key, nonce);
  cipher.setAAD(boundTo(about));
  const text = Buffer.concat([cipher.update(JSON.stringify(secrets), 'utf8'), cipher.final()]);
  return {
    form: 'aes-256-gcm',
    key: key.id,
    nonce: nonce.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    text: text.toString('base64'),
  };
}

/** The secrets, or `undefined` when they do not belong to this record or were changed. */
export function unseal(key: StoreKey, sealed: Sealed, about: SealedFor): unknown {
  try {
    const nonce = Buffer.from(sealed.nonce, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key.key, nonce, { authTagLength: 16 });
    decipher.setAAD(boundTo(about));
    decipher.setAuthTag(Buffer.from(sealed.tag, 'base64'));
    const text = Buffer.concat([decipher.update(Buffer.from(sealed.text, 'base64')), decipher.final()]);
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}
