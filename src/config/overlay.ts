/**
 * Our own state over entries of every file: on or off, approved, rejected. It survives edits of the files, and lies in
 * one file of ours (0600).
 *
 * @module
 */
import { join } from 'node:path';
import { HoldfastError } from '../base/errors.ts';
import type { Scope } from '../core/entry.ts';
import type { Files, Locks } from '../core/machine.ts';
import type { Facts } from './approval-facts.ts';
import { hashOf } from './canonical.ts';
import { isRecord } from './entry-check.ts';
import { ioWords, unreadable, unwritable } from './io-error.ts';

/** To which entry a record belongs. */
export interface OverlayKey {
  /** Real path of the file. */
  readonly file: string;
  readonly scope: Scope;
  readonly name: string;
  /** The project, for entries that are of one. */
  readonly project?: string;
}

/** What a person decided about one entry. */
export interface OverlayRecord {
  /** Absent = as the file says. */
  readonly enabled?: boolean;
  readonly approved?: { readonly hash: string; readonly at: string; readonly facts: Facts };
  readonly rejected?: { readonly hash: string; readonly at: string };
  /** The account whose login is used. */
  readonly profile?: string;
}

/** All decisions as last read. */
export interface OverlayState {
  of(key: OverlayKey): OverlayRecord;
  /** `file: what` is wrong with the file of decisions; the last good ones stand. */
  readonly problem?: string;
}

type StoredRecord = OverlayKey & OverlayRecord;

const SCHEMA = 'overlay/v1';
const NOTHING: OverlayRecord = {};

const idOf = ({ file, scope, name, project }: OverlayKey): string =>
  hashOf({ file, scope, name, project }).slice(0, 32);

type Records = ReadonlyMap<string, StoredRecord>;

function parsed(text: string | undefined): Records | string {
  if (text === undefined) return new Map();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is damaged: it is not JSON';
  }
  if (!isRecord(value)) return 'is damaged: it holds no object';
  if (value['schema'] !== SCHEMA) return `has a schema that this version does not know; it knows ${SCHEMA}`;
  const records = isRecord(value['entries']) ? value['entries'] : {};
  return new Map(Object.entries(records).filter(([, record]) => isRecord(record)) as [string, StoredRecord][]);
}

/** Whether a record is about this entry, as such or as one project sees it. */
function isOf(record: OverlayKey, { file, scope, name, project }: OverlayKey): boolean {
  const isSame = record.file === file && record.scope === scope && record.name === name;
  return isSame && (project === undefined || record.project === project);
}

/** Whether a record still says anything. */
function saysAnything(record: OverlayRecord): boolean {
  return Object.keys(record).length > 0;
}

/** The file of decisions. */
export class Overlay {
  readonly path: string;
  readonly #files: Files;
  readonly #locks: Locks;
  readonly #lock: string;
  #lastGood: Records = new Map();

  constructor(world: { readonly files: Files; readonly locks: Locks; readonly stateDir: string }) {
    this.#files = world.files;
    this.#locks = world.locks;
    this.path = join(world.stateDir, 'overlay.json');
    this.#lock = join(world.stateDir, 'locks', 'overlay.lock');
  }

  /** Never throws: a damaged file is told, and approves nothing that was not known before. */
  async read(): Promise<OverlayState> {
    const records = await this.#read();
    if (typeof records !== 'string') this.#lastGood = records;
    const known = this.#lastGood;
    return {
      of: (key) => known.get(idOf(key)) ?? NOTHING,
      ...(typeof records === 'string' ? { problem: `${this.path}: ${records}` } : {}),
    };
  }

  /** Changes one record; `change` gets what is stored at that moment. Errors: `ERR_CONFIG_INVALID`, `_UNWRITABLE`, `_LOCKED`. */
  async update(key: OverlayKey, change: (record: OverlayRecord) => OverlayRecord): Promise<void> {
    await this.#rewrite((records) => {
      const id = idOf(key);
      const { enabled, approved, rejected, profile } = change(records.get(id) ?? NOTHING);
      const next = {
        ...(enabled === undefined ? {} : { enabled }),
        ...(approved === undefined ? {} : { approved }),
        ...(rejected === undefined ? {} : { rejected }),
        ...(profile === undefined ? {} : { profile }),
      };
      if (saysAnything(next)) records.set(id, { ...key, ...next });
      else records.delete(id);
    });
  }

  /**
   * Forgets all that was decided about an entry, also the accounts to which single projects have bound it. Errors: as of
   * `update`.
   */
  async forget(key: OverlayKey): Promise<void> {
    await this.#rewrite((records) => {
      for (const [id, record] of records) if (isOf(record, key)) records.delete(id);
    });
  }

  /** Changes the records as they are stored at that moment; what is as it was is not written. */
  async #rewrite(change: (records: Map<string, StoredRecord>) => void): Promise<void> {
    try {
      await this.#locks.withLock(this.#lock, () => this.#rewriteLocked(change));
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  async #rewriteLocked(change: (records: Map<string, StoredRecord>) => void): Promise<void> {
    const text = await this.#files.readText(this.path).catch((error: unknown) => {
      throw unreadable(this.path, error);
    });
    const records = parsed(text);
    if (typeof records === 'string')
      throw new HoldfastError('ERR_CONFIG_INVALID', `${this.path} ${records}; nothing was written`, {
        hint: 'Mend the file, or move it away: every project entry then asks for approval again.',
        data: { file: this.path },
      });
    const all = new Map(records);
    change(all);
    if (text === undefined && all.size === 0) return;
    const written = `${JSON.stringify({ schema: SCHEMA, entries: Object.fromEntries(all) }, null, 2)}\n`;
    if (written === text) return;
    await this.#files.writeAtomic(this.path, written, 0o600);
    this.#lastGood = all;
  }

  async #read(): Promise<Records | string> {
    try {
      return parsed(await this.#files.readText(this.path));
    } catch (error) {
      return ioWords(error);
    }
  }
}
