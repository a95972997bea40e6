/**
 * Finds the key of a store: a file that was named, a credential of systemd, the keyring of the system, or none. The first
 * that works is taken when the first secret is written, noted beside the records, and kept to from then on.
 *
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { iso } from '../../base/clock.ts';
import type { Clock } from '../../base/clock.ts';
import { HoldfastError } from '../../base/errors.ts';
import type { Locks } from '../../core/machine.ts';
import { KEY_BYTES, storeKey } from '../cipher.ts';
import type { Keys, StoreKey } from '../cipher.ts';
import { unreadable, unwritable } from '../faults.ts';
import { readChoice, setChoiceAside, writeChoice } from './choice.ts';
import type { Choice, ChoiceParts } from './choice.ts';
import { keyFileOf, readKeyFile } from './key-file.ts';
import type { Keyring, KeyringItem } from './keyring.ts';

/** What the ladder stands in. */
export interface LadderWorld extends ChoiceParts {
  readonly locks: Locks;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Opened only when no earlier rung holds, or when the note says so. */
  readonly keyring: () => Promise<Keyring>;
}

const SERVICE = 'holdfast';
/** A key that could not be had is asked for again only after this: a keyring may put a question before a person each time. */
const REST_MS = 5_000;

interface Held {
  readonly choice: Choice;
  /** Absent where records are plain. */
  readonly key?: StoreKey;
}

class KeyLadder implements Keys {
  readonly #world: LadderWorld;
  #held: Promise<Held> | undefined;
  #hasTold = false;
  readonly #others = new Map<string, StoreKey>();
  #failure: { readonly error: unknown; readonly at: number } | undefined;

  constructor(world: LadderWorld) {
    this.#world = world;
  }

  async forWriting(): Promise<StoreKey | undefined> {
    return (await this.#hold(true))?.key;
  }

  async forReading(id: string): Promise<StoreKey> {
    const { places } = this.#world;
    const held = await this.#hold(false);
    const key = held?.key?.id === id ? held.key : (this.#others.get(id) ?? (await this.#elsewhere(id, held)));
    if (key !== undefined) {
      this.#others.set(id, key);
      return key;
    }
    throw this.#told(
      new HoldfastError('ERR_STORE_UNREADABLE', `logins in ${places.root} need the key ${id}, which is not here`, {
        hint: 'Name the file with that key in HOLDFAST_KEY_FILE; without it those logins are lost: log out and sign in again.',
        data: { path: places.root, key: id },
      }),
    );
  }

  async sawPlain(): Promise<void> {
    if (this.#hasTold) return;
    this.#hasTold = true;
    // Whoever writes is told of a note that cannot be read.
    const choice = await this.#noted().catch(() => undefined);
    if (choice?.from === 'none') this.#tellOf(choice);
  }

  /** A key of records that are older than the note, or whose note was lost. */
  async #elsewhere(id: string, held: Held | undefined): Promise<StoreKey | undefined> {
    const named = keyFileOf(this.#world.env);
    const inFile = named === undefined ? undefined : await readKeyFile(named.path);
    if (inFile?.id === id || held !== undefined) return inFile?.id === id ? inFile : undefined;
    const answer = await (await this.#world.keyring()).get(itemOf(this.#world.places.root));
    const inKeyring = answer.ok ? keyIn(answer.text) : undefined;
    return inKeyring?.id === id ? inKeyring : undefined;
  }

  /** The key as chosen; chosen now if it may be. One at a time; a success is kept, a failure for a moment. */
  async #hold(mayChoose: boolean): Promise<Held | undefined> {
    const { clock } = this.#world;
    if (this.#failure !== undefined && clock.monotonic() - this.#failure.at < REST_MS) throw this.#failure.error;
    if (this.#held !== undefined) return this.#held;
    const choice = await this.#noted();
    if (choice === undefined && !mayChoose) return undefined;
    this.#held ??= choice === undefined ? this.#choose() : this.#load(choice);
    try {
      const held = await this.#held;
      this.#failure = undefined;
      this.#tellOf(held.choice);
      return held;
    } catch (error) {
      this.#held = undefined;
      if (!isUnreadable(error)) throw error;
      this.#failure = { error: this.#told(error), at: clock.monotonic() };
      throw this.#failure.error;
    }
  }

  async #noted(): Promise<Choice | undefined> {
    const { places } = this.#world;
    try {
      const choice = await readChoice(this.#world);
      // Judged again under the lock, by whoever may choose.
      return choice === 'damaged' ? undefined : choice;
    } catch (error) {
      throw unreadable(places.choice, error);
    }
  }

  async #choose(): Promise<Held> {
    const { places, locks, clock } = this.#world;
    try {
      return await locks.withLock(places.choiceLock, async () => {
        const noted = await readChoice(this.#world);
        if (noted !== undefined && noted !== 'damaged') return this.#load(noted);
        const held = await this.#climb();
        if (noted === 'damaged') await setChoiceAside(this.#world, iso(clock.now()).replaceAll(/[:.-]/g, ''));
        await writeChoice(this.#world, held.choice);
        return held;
      });
    } catch (error) {
      if (isUnreadable(error)) throw error;
      throw unwritable(places.choice, error);
    }
  }

  async #climb(): Promise<Held> {
    const { env } = this.#world;
    const named = keyFileOf(env);
    const key = named === undefined ? undefined : await readKeyFile(named.path);
    if (named !== undefined && key !== undefined)
      return { key, choice: { from: 'file', path: named.path, id: key.id } };
    // Somebody wants a key to be used: without it nothing is written, plain least of all.
    if (named?.isSure === true) throw noKeyFile(named.path);
    if (env['HOLDFAST_KEYRING'] === 'off') return { choice: { from: 'none', why: 'HOLDFAST_KEYRING is off' } };
    return this.#climbToKeyring();
  }

  async #climbToKeyring(): Promise<Held> {
    const keyring = await this.#world.keyring();
    const item = itemOf(this.#world.places.root);
    const before = await keyring.get(item);
    if (!before.ok) return without(before.why);
    // The note was lost and the key was not.
    const old = keyIn(before.text);
    if (old !== undefined) return { key: old, choice: { from: 'keyring', ...item, id: old.id } };
    const { proveKeyring } = await import('./keyring.ts');
    const objection = await proveKeyring(keyring, SERVICE);
    if (objection !== undefined) return without(objection);
    const text = randomBytes(KEY_BYTES).toString('base64');
    const written = await keyring.set(item, text);
    const read = written.ok ? await keyring.get(item) : written;
    const key = read.ok && read.text === text ? keyIn(text) : undefined;
    if (key === undefined) return without(read.ok ? 'it does not keep what it is given' : read.why);
    return { key, choice: { from: 'keyring', ...item, id: key.id } };
  }

  async #load(choice: Choice): Promise<Held> {
    if (choice.from === 'none') return { choice };
    return { choice, key: choice.from === 'file' ? await this.#fromFile(choice) : await this.#fromKeyring(choice) };
  }

  async #fromFile(choice: Extract<Choice, { from: 'file' }>): Promise<StoreKey> {
    const named = keyFileOf(this.#world.env)?.path;
    for (const path of new Set([named ?? choice.path, choice.path])) {
      const key = await readKeyFile(path);
      if (key?.id === choice.id) return key;
      if (key !== undefined && path === choice.path) throw otherKey(path, choice.id);
    }
    throw noKeyFile(choice.path);
  }

  async #fromKeyring({ service, account, id }: Extract<Choice, { from: 'keyring' }>): Promise<StoreKey> {
    const keyring = await this.#world.keyring();
    const answer = await keyring.get({ service, account });
    if (!answer.ok)
      throw new HoldfastError('ERR_STORE_UNREADABLE', `the key of the logins cannot be read: ${answer.why}`, {
        hint: 'Unlock the keyring of your system, or log in to your desktop, and try again. Nothing is lost.',
        data: { path: this.#world.places.choice, service, account },
      });
    const key = keyIn(answer.text);
    if (key?.id === id) return key;
    throw otherKey(`the keyring item ${service}/${account}`, id);
  }

  #tellOf(choice: Choice): void {
    const { notices, places, env } = this.#world;
    notices.clear('key-unreadable');
    if (choice.from !== 'none') return;
    const named = keyFileOf(env);
    const remedy =
      named === undefined
        ? 'To encrypt them, name a key file in HOLDFAST_KEY_FILE and remove'
        : `There is a key in ${named.path} now: to use it, remove`;
    notices.add({
      kind: 'plaintext',
      path: places.root,
      text: `Logins in ${places.root} are not encrypted (${choice.why}); only your user can read the files. ${remedy} ${places.choice}.`,
    });
  }

  /** Tells of a key that cannot be had, and gives the error on. */
  #told(error: unknown): Error {
    const { notices, places } = this.#world;
    const own = unreadable(places.choice, error);
    notices.add({ kind: 'key-unreadable', path: places.choice, text: own.message });
    return own;
  }
}

const without = (why: string): Held => ({ choice: { from: 'none', why: `no keyring: ${why}` } });

const isUnreadable = (error: unknown): boolean =>
  error instanceof HoldfastError && error.code === 'ERR_STORE_UNREADABLE';

/** The item of one state folder: the same one is found again when the note is lost. */
function itemOf(root: string): KeyringItem {
  return { service: SERVICE, account: `store-${createHash('sha256').update(root).digest('hex').slice(0, 16)}` };
}

function keyIn(text: string | undefined): StoreKey | undefined {
  const bytes = Buffer.from(text ?? '', 'base64');
  return bytes.length === KEY_BYTES ? storeKey(bytes) : undefined;
}

function noKeyFile(path: string): HoldfastError {
  return new HoldfastError('ERR_STORE_UNREADABLE', `the key file ${path} is not there`, {
    hint: 'Bring that file back, or name the one that holds the key in HOLDFAST_KEY_FILE. Nothing is lost.',
    data: { path },
  });
}

function otherKey(where: string, id: string): HoldfastError {
  return new HoldfastError('ERR_STORE_UNREADABLE', `${where} does not hold the key ${id} that the logins need`, {
    hint: 'Bring the old key back; without it those logins are lost: log out and sign in again.',
    data: { key: id },
  });
}

/** The keys of one state folder. Nothing is read before a key is needed. */
export function createKeys(world: LadderWorld): Keys {
  return new KeyLadder(world);
}
