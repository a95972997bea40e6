/**
 * The lock for systems without a kernel lock: files that name their owner. A lock of a living or unjudgeable process is
 * never taken, however old it is; a lock of a process that is surely dead is.
 *
 * @module
 */
import { link, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { errnoOf } from '../base/errors.ts';
import type { TakeLock, Taken } from './lock-kind.ts';
import { lifeOf } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

const TRY_EVERY_MS = 25;

// Owners are numbered files `<lock>.owner-<n>`: the one with the highest number counts. Taking over means making the next
// number, which only one process can do; removing a dead owner's file first would let two do it.
interface Owner {
  readonly number: number;
  readonly state: 'free' | 'alive' | 'unknown';
  readonly words: string;
}

interface Place {
  readonly folder: string;
  readonly prefix: string;
}

const fileOf = (place: Place, number: number): string => join(place.folder, `${place.prefix}${number}`);

async function numbersOf(place: Place): Promise<readonly number[]> {
  const names = await readdir(place.folder);
  return names
    .filter((name) => name.startsWith(place.prefix))
    .map((name) => Number(name.slice(place.prefix.length)))
    .filter((number) => Number.isSafeInteger(number))
    .toSorted((a, b) => a - b);
}

function identityIn(text: string): ProcessIdentity | undefined {
  try {
    const found = JSON.parse(text) as ProcessIdentity | { readonly released: true };
    return 'pid' in found ? found : undefined;
  } catch {
    return undefined;
  }
}

async function lastOwner(place: Place, self: ProcessIdentity): Promise<Owner> {
  const number = (await numbersOf(place)).at(-1) ?? 0;
  if (number === 0) return { number, state: 'free', words: '' };
  const text = await readFile(fileOf(place, number), 'utf8').catch(() => undefined);
  const identity = text === undefined ? undefined : identityIn(text);
  if (text?.includes('"released"') === true) return { number, state: 'free', words: '' };
  if (identity === undefined) return { number, state: 'unknown', words: 'an unknown process' };
  const life = await lifeOf(identity, self);
  const words = `process ${identity.pid} on ${identity.host}`;
  return { number, state: life === 'dead' ? 'free' : life, words };
}

/** Makes the owner file with its whole content at once. `false` = another process was quicker. */
async function claim(place: Place, number: number, self: ProcessIdentity): Promise<boolean> {
  const temp = join(place.folder, `.${place.prefix}${randomBytes(6).toString('hex')}`);
  await writeFile(temp, JSON.stringify(self), { flag: 'wx', mode: 0o600 });
  try {
    await link(temp, fileOf(place, number));
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temp, { force: true });
  }
  // A slow process may have made a number that others have passed already.
  const numbers = await numbersOf(place);
  if (numbers.at(-1) !== number) {
    await rm(fileOf(place, number), { force: true });
    return false;
  }
  await Promise.all(numbers.slice(0, -1).map((old) => rm(fileOf(place, old), { force: true })));
  return true;
}

async function release(place: Place, number: number): Promise<void> {
  const temp = join(place.folder, `.${place.prefix}${randomBytes(6).toString('hex')}`);
  await writeFile(temp, '{"released":true}', { flag: 'wx', mode: 0o600 });
  await rename(temp, fileOf(place, number));
}

function busy(place: Place, owner: Owner): Taken {
  const file = fileOf(place, owner.number);
  return {
    ok: false,
    why: 'busy',
    holder: owner.words,
    ...(owner.state === 'unknown'
      ? { remedy: `If no other Holdfast uses this folder (other containers included), delete ${file}.` }
      : {}),
  };
}

/** Takes locks with owner files. `self` is asked for once. */
export function createOwnerLock(clock: Clock, self: () => Promise<ProcessIdentity>): TakeLock {
  let known: Promise<ProcessIdentity> | undefined;
  return async (path, signal) => {
    known ??= self();
    const own = await known;
    const place = { folder: dirname(path), prefix: `${basename(path)}.owner-` };
    for (;;) {
      const owner = await lastOwner(place, own);
      const number = owner.number + 1;
      if (owner.state === 'free' && (await claim(place, number, own)))
        return { ok: true, release: () => release(place, number) };
      await clock.sleep(TRY_EVERY_MS, signal).catch(() => undefined);
      if (signal.aborted) return busy(place, owner);
    }
  };
}
