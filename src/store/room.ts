/**
 * Room on the disk that was taken before a token is redeemed, so that the new one can be kept whatever happens then.
 *
 * @module
 */
import type { RecordKind, Reservation } from '../core/store.ts';
import type { Disk, NewFile } from './disk.ts';

/** A file that waits to be filled with one record. */
export class Room implements Reservation {
  readonly kind: RecordKind;
  readonly id: string;
  readonly file: NewFile;
  readonly #disk: Disk;
  #isOver = false;

  constructor(disk: Disk, about: { readonly kind: RecordKind; readonly id: string; readonly file: NewFile }) {
    this.#disk = disk;
    this.kind = about.kind;
    this.id = about.id;
    this.file = about.file;
  }

  /** Neither used nor given back yet. */
  get isOpen(): boolean {
    return !this.#isOver;
  }

  /** The file has become the record. */
  async used(): Promise<void> {
    this.#isOver = true;
    await this.file.close().catch(() => undefined);
  }

  async release(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.file.close().catch(() => undefined);
    // What cannot be removed now is removed as a stray file a day later.
    await this.#disk.remove(this.file.path).catch(() => false);
  }
}
