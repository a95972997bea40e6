/**
 * Understands the files of records: opens their secrets, and sets aside what cannot be understood.
 *
 * @module
 */
import { iso } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { errnoOf, messageOf } from '../base/errors.ts';
import type { RecordKind, StoredRecord } from '../core/store.ts';
import { unseal } from './cipher.ts';
import type { Keys } from './cipher.ts';
import type { Disk } from './disk.ts';
import { LARGEST, areTexts, decode } from './envelope.ts';
import type { Decoded, Envelope } from './envelope.ts';
import { newerFile } from './faults.ts';
import type { NoticeBoard } from './notices.ts';
import type { Places } from './places.ts';

/** What a file store is made from, below its records. */
export interface Parts {
  readonly places: Places;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly notices: NoticeBoard;
}

type Damage = Extract<Decoded, { is: 'damaged' }>;

/** Whether something that was read is damage. */
export const isDamage = (found: StoredRecord | Envelope | Damage | undefined): found is Damage =>
  found !== undefined && 'is' in found;

/** Reads records. */
export class RecordReader {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Checks the folder of a kind; whether there is one. Errors: `EREFUSED`. */
  async hasFolder(kind: RecordKind): Promise<boolean> {
    const { places, disk, notices } = this.#parts;
    const folder = places.folder(kind);
    const modes = await disk.checkFolder(folder);
    notices.modes(folder, modes);
    return modes !== undefined;
  }

  /** The record with its secrets closed. Errors: those of the disk; `ERR_STORE_UNREADABLE` for a later version's. */
  async envelope(kind: RecordKind, id: string): Promise<Envelope | Damage | undefined> {
    const { places, disk, notices } = this.#parts;
    const path = places.file(kind, id);
    const found = await disk.read(path, LARGEST);
    if (found === undefined) return undefined;
    notices.modes(path, found.modes);
    if (found.bytes === undefined) return { is: 'damaged', why: 'is larger than any record' };
    const decoded = decode(found.bytes, { kind, id });
    if (decoded.is === 'newer') throw newerFile(path, decoded.schema);
    return decoded.is === 'record' ? decoded.envelope : decoded;
  }

  /** The record. Errors: as of `envelope`, and `ERR_STORE_UNREADABLE` where the key cannot be had. */
  async record(kind: RecordKind, id: string): Promise<StoredRecord | Damage | undefined> {
    const envelope = await this.envelope(kind, id);
    if (envelope === undefined || isDamage(envelope)) return envelope;
    const { generation, facts, secrets } = envelope;
    if (secrets.form === 'plain') {
      await this.#parts.keys.sawPlain();
      return { id, generation, facts, secrets: secrets.values };
    }
    const opened = unseal(await this.#parts.keys.forReading(secrets.key), secrets, envelope);
    // The key is the right one, so it is the file that was changed.
    if (!areTexts(opened)) return { is: 'damaged', why: 'cannot be decrypted' };
    return { id, generation, facts, secrets: opened };
  }

  /** Moves a damaged file out of the way and tells so. The caller holds the lock of the record. Never throws. */
  async setAside(kind: RecordKind, id: string, why: string): Promise<void> {
    const { places, disk, clock, notices } = this.#parts;
    const path = places.file(kind, id);
    const kept = `${path}.damaged-${iso(clock.now()).replaceAll(/[:.-]/g, '')}`;
    try {
      await disk.rename(path, kept);
      await disk.sync(places.folder(kind));
      notices.add({ kind: 'quarantined', path: kept, text: `${path} ${why}; it is kept as ${kept}` });
    } catch (error) {
      const code = errnoOf(error) ?? messageOf(error);
      notices.add({ kind: 'quarantined', path, text: `${path} ${why}, and cannot be moved out of the way: ${code}` });
    }
  }
}
