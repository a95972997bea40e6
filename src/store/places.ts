/**
 * Where the store keeps what: the folders of each kind, the names of files, and the lock of each record.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { HoldfastError } from '../base/errors.ts';
import type { RecordKind } from '../core/store.ts';

/** Folder of each kind, inside the state folder. */
export const FOLDERS = {
  credential: 'credentials',
  registration: 'registrations',
  flow: 'flows',
  intent: 'intents',
} as const satisfies Record<RecordKind, string>;

/** Every kind of record. */
export const KINDS = Object.keys(FOLDERS) as readonly RecordKind[];

const ID = /^[0-9a-f]{1,64}$/;
const RECORD_NAME = /^([0-9a-f]{1,64})\.json$/;
const TEMP_NAME = /^\.[0-9a-z]+\.[0-9a-f]{12}\.tmp$/;

/** Id of the record in a file of this name; `undefined` for other files. */
export const idIn = (name: string): string | undefined => RECORD_NAME.exec(name)?.[1];

/** Whether a file of this name is one that a write has begun and not ended. */
export const isTemp = (name: string): boolean => TEMP_NAME.test(name);

/** A name for a file that is about to be written. */
export const tempName = (about: string): string => `.${about}.${randomBytes(6).toString('hex')}.tmp`;

/** The paths inside one state folder. */
export class Places {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  folder(kind: RecordKind): string {
    return join(this.root, FOLDERS[kind]);
  }

  /** Errors: `ERR_INTERNAL` for an id that is no file name of ours. */
  file(kind: RecordKind, id: string): string {
    if (!ID.test(id)) throw new HoldfastError('ERR_INTERNAL', `not an id of a record: ${JSON.stringify(id)}`);
    return join(this.folder(kind), `${id}.json`);
  }

  temp(kind: RecordKind, id: string): string {
    return join(this.folder(kind), tempName(id));
  }

  get lockFolder(): string {
    return join(this.root, 'locks');
  }

  /** Lock of a write. At most 256 for each kind, because lock files are never removed and ids of flows never come again. */
  lock(kind: RecordKind, id: string): string {
    return join(this.lockFolder, `${kind}-${id.slice(0, 2)}.lock`);
  }

  /** Lock of a redemption. */
  lease(id: string): string {
    return join(this.lockFolder, `lease-${id}.lock`);
  }

  /** The note that says which key this folder was begun with. */
  get choice(): string {
    return join(this.root, 'store.json');
  }

  get choiceLock(): string {
    return join(this.lockFolder, 'store-key.lock');
  }
}
