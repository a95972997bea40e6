/**
 * The logins that are held: typed credentials over the records of a `Store`, found by the server they are for.
 *
 * @module
 */
import { iso } from '../../base/clock.ts';
import { HoldfastError, messageOf } from '../../base/errors.ts';
import type { Credential, CredentialInfo } from '../../core/credential.ts';
import type { SignInChange } from '../../core/sign-in.ts';
import type { Reservation, StoredRecord } from '../../core/store.ts';
import type { OAuthDeps } from '../deps.ts';
import { credentialId, fromRecord, lastWriteOf, secretsOf, toBody } from './record.ts';
import type { CredentialParts, LastWrite } from './record.ts';
import { Watching } from './watching.ts';
import type { Stored } from './watching.ts';

/** For which server a login is looked for. */
export interface LookupAsk {
  readonly serverUrl: string;
  readonly profile: string;
  readonly lane: string;
  /** Only logins of this client. */
  readonly clientId?: string;
}

/** The ports of the vault. */
export type VaultDeps = Pick<OAuthDeps, 'clock' | 'logger' | 'redactor' | 'store'>;

const KIND = 'credential';
/** Should a change ever go unheard (network file systems), the index is no older than this. */
const INDEX_LIFE_MS = 10_000;
const WRITE_TRIES = 5;

/**
 * Logins. Errors: `ERR_STORE_UNREADABLE` of what reads, `ERR_STORE_UNWRITABLE` of what writes.
 * Every secret that is read or written is registered with the redactor first.
 */
export class Vault {
  readonly #deps: VaultDeps;
  readonly #watching: Watching;
  /** Tokens that were redeemed and could not be written; each is one generation ahead of the store. */
  readonly #unsaved = new Map<string, Credential>();
  /** The last one seen of each id, for moments in which the store cannot be read. */
  readonly #seen = new Map<string, Credential>();
  #index: { readonly credentials: readonly Credential[]; readonly readAt: number } | undefined;
  /** Rises with every change that is heard: a list that was read across one is not kept. */
  #version = 0;
  #unwatch: (() => void) | undefined;

  constructor(deps: VaultDeps) {
    this.#deps = deps;
    this.#watching = new Watching({ one: (id) => this.stored(id), all: () => this.list() }, deps.logger);
  }

  /** The login to use for a server; of several the first by `betterFirst`. */
  async lookup({ serverUrl, profile, lane, clientId }: LookupAsk): Promise<Credential | undefined> {
    const fitting = (await this.#indexed()).filter(
      ({ key, client }) =>
        key.serverUrl === serverUrl &&
        key.profile === profile &&
        key.lane === lane &&
        (clientId === undefined || client.clientId === clientId),
    );
    return fitting.toSorted(betterFirst).at(0);
  }

  /** The login as it is now, read from the store. */
  async read(id: string): Promise<Credential | undefined> {
    return (await this.stored(id))?.credential;
  }

  /** The login as it is now, read from the store, and what wrote it last. */
  async stored(id: string): Promise<Stored | undefined> {
    const record = await this.#deps.store.read(KIND, id);
    const credential = record === undefined ? undefined : this.#opened(record);
    if (record !== undefined && credential !== undefined) return { credential, last: lastWriteOf(record) };
    this.#seen.delete(id);
    this.#unsaved.delete(id);
    return undefined;
  }

  /** The login as it was seen last, without reading. */
  lastSeen(id: string): Credential | undefined {
    return this.#unsaved.get(id) ?? this.#seen.get(id);
  }

  /** Every login, read from the store. Records that hold none are passed over. */
  async list(): Promise<readonly Credential[]> {
    const records = await this.#deps.store.list(KIND);
    return records.map((record) => this.#opened(record)).filter((credential) => credential !== undefined);
  }

  /**
   * Keeps a new login. It takes the place of one with the same key; others for the same server, profile and lane are
   * removed (`isSucceeded`), but only after this one is safe.
   */
  async create(parts: CredentialParts): Promise<Credential> {
    const id = credentialId(parts.key);
    const credential = await this.#writeOver(id, parts);
    try {
      for (const other of await this.list()) if (isSucceeded(other, credential)) await this.#remove(other.id, true);
      await this.#deps.store.remove('intent', id);
    } catch (error) {
      // The new login is safe, and is found first.
      this.#deps.logger.warn({ error: messageOf(error) }, 'an older sign-in could not be removed');
    }
    return credential;
  }

  /**
   * Compare-and-swap: writes `next` while the store holds the generation that it names, through `room` if given.
   * The login as written, or `undefined` when another one is there.
   */
  async replace(
    next: Credential,
    about: { readonly last: LastWrite; readonly room?: Reservation },
  ): Promise<Credential | undefined> {
    const { id, generation, ...parts } = next;
    this.#deps.redactor.add(...secretsOf(next));
    const record = await this.#deps.store.write(KIND, toBody(id, parts, about.last), generation, about.room);
    if (record === undefined) return undefined;
    this.#unsaved.delete(id);
    return this.#written({ credential: { ...next, generation: record.generation }, last: about.last });
  }

  /** Makes a tombstone of a login that the authorization server has refused to renew; `undefined` when it has moved on. */
  async markRefused(credential: Credential, why: string, room?: Reservation): Promise<Credential | undefined> {
    const refused = { ...credential, status: 'refused', refusal: why } as const;
    return this.replace(refused, { last: 'refusal', ...(room === undefined ? {} : { room }) });
  }

  /** Holds tokens that could not be written, for this process alone, until they are or another login takes their place. */
  holdUnsaved(next: Credential): Credential {
    this.#deps.redactor.add(...secretsOf(next));
    const held = { ...next, generation: next.generation + 1 };
    this.#unsaved.set(held.id, held);
    return this.#written({ credential: held, last: 'refresh' });
  }

  /** Whether these tokens live in the memory of this process alone. */
  isUnsaved({ id, generation }: Pick<Credential, 'id' | 'generation'>): boolean {
    return this.#unsaved.get(id)?.generation === generation;
  }

  /** Forgets a login, and the note of a redemption under way. Whether there was one. */
  async remove(id: string): Promise<boolean> {
    return this.#remove(id, false);
  }

  /** Calls `changed` for every change of a login, also by another process. The result ends it. */
  onChange(changed: (change: SignInChange) => void): () => void {
    this.#watch();
    return this.#watching.on(({ what, key: { serverUrl, profile, lane }, credential }) =>
      changed({
        serverUrl,
        profile,
        lane,
        what,
        ...(credential === undefined ? {} : { credential: this.info(credential) }),
      }),
    );
  }

  /** The login as faces show it. */
  info(credential: Credential): CredentialInfo {
    const { id, key, client, tokens, requestedScopes, grant, status, refusal, generation } = credential;
    return {
      id,
      server: key.serverUrl,
      issuer: key.issuer,
      resource: key.resource,
      clientId: client.clientId,
      profile: key.profile,
      registration: client.kind,
      grant,
      scopes: tokens.scopes ?? requestedScopes,
      obtainedAt: iso(tokens.obtainedAt),
      ...(tokens.expiresAt === undefined ? {} : { expiresAt: iso(tokens.expiresAt) }),
      renewable: tokens.refreshToken !== undefined || grant === 'client_credentials',
      status,
      ...(refusal === undefined ? {} : { refusal }),
      generation,
      ...(this.isUnsaved(credential) ? { unsaved: true } : {}),
    };
  }

  /** Ends the watch. */
  close(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#index = undefined;
  }

  #opened(record: StoredRecord): Credential | undefined {
    const credential = fromRecord(record);
    if (credential === undefined) {
      this.#deps.logger.warn({ id: record.id }, 'a stored sign-in cannot be understood and is passed over');
      return undefined;
    }
    this.#deps.redactor.add(...secretsOf(credential));
    this.#seen.set(record.id, credential);
    const unsaved = this.#unsaved.get(record.id);
    if (unsaved?.generation === record.generation + 1) return unsaved;
    // Another login, or another process, has moved on.
    this.#unsaved.delete(record.id);
    return credential;
  }

  async #writeOver(id: string, parts: CredentialParts): Promise<Credential> {
    for (let tries = 0; tries < WRITE_TRIES; tries += 1) {
      const seen = (await this.#deps.store.read(KIND, id))?.generation ?? 0;
      const written = await this.replace({ ...parts, id, generation: seen }, { last: 'login' });
      if (written !== undefined) return written;
    }
    throw new HoldfastError('ERR_STORE_BUSY', 'other processes write this sign-in at the same time', {
      hint: 'Sign in again.',
    });
  }

  #written(stored: Stored): Credential {
    this.#changed();
    if (!this.isUnsaved(stored.credential)) this.#seen.set(stored.credential.id, stored.credential);
    this.#watching.wrote(stored);
    return stored.credential;
  }

  async #remove(id: string, silently: boolean): Promise<boolean> {
    const before = this.lastSeen(id) ?? (await this.read(id));
    const removed = await this.#deps.store.remove(KIND, id);
    this.#unsaved.delete(id);
    this.#seen.delete(id);
    this.#changed();
    await this.#deps.store.remove('intent', id);
    if (removed && before !== undefined) this.#watching.removed(before, silently);
    return removed;
  }

  async #indexed(): Promise<readonly Credential[]> {
    this.#watch();
    const now = this.#deps.clock.monotonic();
    if (this.#index !== undefined && now - this.#index.readAt < INDEX_LIFE_MS) return this.#index.credentials;
    const version = this.#version;
    const credentials = await this.list();
    if (version === this.#version) this.#index = { credentials, readAt: now };
    return credentials;
  }

  #watch(): void {
    this.#unwatch ??= this.#deps.store.watch(({ kind, id }) => {
      if (kind !== KIND) return;
      this.#changed();
      this.#watching.heard(id);
    });
  }

  #changed(): void {
    this.#version += 1;
    this.#index = undefined;
  }
}

/**
 * Whether `next` takes the place of another login for the same server, profile and lane. One of a client that a person has
 * configured stays beside those of other clients: the entry that names its client would find no other.
 */
function isSucceeded({ id, key, client }: Credential, next: Credential): boolean {
  const isNamed = client.kind === 'configured' && client.clientId !== next.client.clientId;
  return (
    id !== next.id &&
    !isNamed &&
    key.serverUrl === next.key.serverUrl &&
    key.profile === next.key.profile &&
    key.lane === next.key.lane
  );
}

/** What an entry that names no client uses: what works, then what is no other entry's, then the newest. */
function betterFirst(a: Credential, b: Credential): number {
  if (a.status !== b.status) return a.status === 'live' ? -1 : 1;
  const [named, otherNamed] = [a, b].map(({ client }) => client.kind === 'configured');
  if (named !== otherNamed) return named === true ? 1 : -1;
  return b.tokens.obtainedAt - a.tokens.obtainedAt;
}
