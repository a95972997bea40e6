/**
 * Writes single entries into files: read again under a lock, edited in place, written whole.
 *
 * @module
 */
import { join } from 'node:path';
import { HoldfastError, messageOf } from '../base/errors.ts';
import type { EntryChange, WriteReport } from '../core/config-model.ts';
import type { Files, Locks } from '../core/machine.ts';
import { hashOf } from './canonical.ts';
import type { SourcePlace } from './dialects/dialect.ts';
import { isRecord } from './entry-check.ts';
import { NAME_PATTERN } from './entry-fields.ts';
import { readEntry } from './entry-read.ts';
import { unreadable, unwritable } from './io-error.ts';
import { editJson } from './json-edit.ts';
import type { JsonChange } from './json-edit.ts';
import { parseFile } from './parse.ts';
import type { RawContainer, RawEntry } from './parse.ts';
import { pointerOf } from './pointer.ts';
import { realOrPlanned } from './real-path.ts';
import { splitMark } from './syntax.ts';

/** One edit of one file: from what stands there now to what is to change. */
type Plan = (container: RawContainer) => {
  readonly action: WriteReport['action'];
  readonly changes: readonly JsonChange[];
};

type Raw = Readonly<Record<string, unknown>>;

/** Mode of a new file that is shared with a team through version control. */
const SHARED_MODE = 0o644;

function requireRight(place: SourcePlace, name: string, raw: Raw): void {
  if (!NAME_PATTERN.test(name))
    throw new HoldfastError('ERR_USAGE', `${JSON.stringify(name)} cannot be the name of a server`, {
      hint: 'Use letters, digits, "-", "_", "." and ":".',
    });
  const source = { client: place.client, scope: place.scope, file: place.path, line: 0, pointer: '' };
  const read = readEntry(name, source, raw);
  if ('entry' in read) return;
  const words = read.issues.map(({ field, text }) =>
    field.length === 0 ? `the entry ${text}` : `${pointerOf(field)} ${text}`,
  );
  throw new HoldfastError('ERR_CONFIG_INVALID', `"${name}" was not written: ${words.join('; ')}`, {
    hint: 'Correct the fields named.',
    data: { server: name, issues: words },
  });
}

function entryIn(container: RawContainer, place: SourcePlace, name: string): RawEntry | undefined {
  const twice = container.replaced.find(({ entry }) => entry.name === name);
  if (twice !== undefined)
    throw new HoldfastError(
      'ERR_CONFIG_INVALID',
      `"${name}" stands twice in ${place.path} (lines ${twice.entry.line} and ${twice.by.line}); nothing was written`,
      { hint: 'Remove one of the two by hand.', data: { file: place.path, line: twice.by.line } },
    );
  return container.entries.find((entry) => entry.name === name);
}

function unknownHere(place: SourcePlace, name: string): HoldfastError {
  return new HoldfastError('ERR_SERVER_UNKNOWN', `no entry is named "${name}" in ${place.path}`, {
    hint: 'Run "holdfast list" to see the names.',
    data: { server: name, file: place.path },
  });
}

/** Writes entries. */
export class Writer {
  readonly #files: Files;
  readonly #locks: Locks;
  readonly #lockFolder: string;

  constructor(world: { readonly files: Files; readonly locks: Locks; readonly stateDir: string }) {
    this.#files = world.files;
    this.#locks = world.locks;
    this.#lockFolder = join(world.stateDir, 'locks');
  }

  /** Errors: `ERR_USAGE` for a name that exists without `replace`, `ERR_CONFIG_INVALID`, `_UNWRITABLE`, `_LOCKED`. */
  add(
    place: SourcePlace,
    request: { readonly name: string; readonly raw: Raw; readonly replace?: boolean },
  ): Promise<WriteReport> {
    const { name, raw, replace = false } = request;
    return this.#write(place, name, (container) => {
      requireRight(place, name, raw);
      const there = entryIn(container, place, name);
      if (there !== undefined && !replace)
        throw new HoldfastError('ERR_USAGE', `"${name}" stands already in ${place.path}:${there.line}`, {
          hint: 'Choose another name, edit the entry, or say that it is to be replaced.',
          data: { server: name, file: place.path, line: there.line },
        });
      if (there !== undefined && hashOf(there.value) === hashOf(raw)) return { action: 'unchanged', changes: [] };
      const action = there === undefined ? 'added' : 'changed';
      return { action, changes: [{ keys: [...place.container, name], value: raw }] };
    });
  }

  /** Changes single fields, so that everything else in the entry stays as it is written. */
  edit(place: SourcePlace, name: string, change: EntryChange): Promise<WriteReport> {
    return this.#write(place, name, (container) => {
      const there = entryIn(container, place, name);
      if (there === undefined) throw unknownHere(place, name);
      const old = isRecord(there.value) ? there.value : {};
      const wanted = new Map<string, unknown>(Object.entries(change.set ?? {}));
      for (const field of change.unset ?? []) wanted.set(field, undefined);
      const next = Object.fromEntries(
        [...Object.entries(old), ...wanted].filter(([key]) => wanted.get(key) !== undefined || !wanted.has(key)),
      );
      requireRight(place, name, next);
      const keys = [...place.container, name];
      const changes = [...wanted]
        .filter(([field, value]) => hashOf([old[field]]) !== hashOf([value]))
        .map(([field, value]) => ({ keys: [...keys, field], value }));
      if (changes.length === 0) return { action: 'unchanged', changes };
      return { action: 'changed', changes: isRecord(there.value) ? changes : [{ keys, value: next }] };
    });
  }

  remove(place: SourcePlace, name: string): Promise<WriteReport> {
    return this.#write(place, name, (container) => {
      if (entryIn(container, place, name) === undefined) throw unknownHere(place, name);
      return { action: 'removed', changes: [{ keys: [...place.container, name], value: undefined }] };
    });
  }

  /** The lock is named by the real path, so that every way to the file leads to the same lock. */
  async #write(place: SourcePlace, name: string, plan: Plan): Promise<WriteReport> {
    const real = await realOrPlanned(this.#files, place.path);
    const lock = join(this.#lockFolder, `${hashOf(real).slice(0, 32)}.lock`);
    try {
      return await this.#locks.withLock(lock, () => this.#writeLocked(place, name, plan));
    } catch (error) {
      throw unwritable(place.path, error);
    }
  }

  async #writeLocked(place: SourcePlace, name: string, plan: Plan): Promise<WriteReport> {
    const { path } = place;
    const present = await this.#files.readText(path).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    // An empty file of another program may be one that it is just writing; ours is only new.
    const isBlank = present === undefined || (place.client === 'holdfast' && present.trim() === '');
    const { mark, body } = splitMark(isBlank ? '{}' : present);
    const before = containerIn(path, body, place);
    const { action, changes } = plan(before);
    const text = changes.length === 0 ? body : edited(path, body, changes);
    if (changes.length > 0) {
      const mode = present === undefined && place.scope === 'project' ? SHARED_MODE : undefined;
      await this.#files.writeAtomic(path, mark + text + (isBlank ? '\n' : ''), mode);
    }
    const shown = action === 'removed' ? before : containerIn(path, text, place);
    const line = shown.entries.find((entry) => entry.name === name)?.line ?? 1;
    return { file: path, line, pointer: pointerOf([...place.container, name]), action };
  }
}

function containerIn(path: string, body: string, place: SourcePlace): RawContainer {
  const parsed = parseFile(body, [place]);
  if (!parsed.ok)
    throw new HoldfastError('ERR_CONFIG_INVALID', `${path}:${parsed.problem}; nothing was written`, {
      hint: 'Mend the file by hand, then try again.',
      data: { file: path },
    });
  return parsed.containers[0] ?? { entries: [], replaced: [], notes: [] };
}

function edited(path: string, body: string, changes: readonly JsonChange[]): string {
  try {
    return editJson(body, changes);
  } catch (error) {
    throw new HoldfastError(
      'ERR_CONFIG_INVALID',
      `${path} cannot be edited (${messageOf(error)}); nothing was written`,
      {
        hint: 'Edit the file by hand.',
        cause: error,
        data: { file: path },
      },
    );
  }
}
