/**
 * Tells which records were written or removed, by comparing what lies in the folders: each change once, whoever made it.
 *
 * @module
 */
import { join } from 'node:path';
import { Emitter } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Files } from '../core/machine.ts';
import type { RecordKind, StoreChange } from '../core/store.ts';
import type { Disk } from './disk.ts';
import { KINDS, idIn } from './places.ts';
import type { Places } from './places.ts';

/** What watching needs. */
export interface ChangeParts {
  readonly places: Places;
  readonly disk: Disk;
  readonly files: Pick<Files, 'watchFolder'>;
  readonly logger: Logger;
}

/** The records of one kind, as they lie in their folder. */
class KindWatch {
  readonly #parts: ChangeParts;
  readonly #kind: RecordKind;
  readonly #tell: (change: StoreChange) => void;
  readonly #end: () => void;
  /** Signature of the file of each record; `undefined` until the first look is over. */
  #known: ReadonlyMap<string, string> | undefined;
  /** Heard of before the first look was over. */
  readonly #early = new Set<string>();
  #looking: Promise<void> | undefined;
  #isAgain = false;
  #isOver = false;

  constructor(parts: ChangeParts, kind: RecordKind, tell: (change: StoreChange) => void) {
    this.#parts = parts;
    this.#kind = kind;
    this.#tell = tell;
    this.#end = parts.files.watchFolder(parts.places.folder(kind), (name) => this.#heard(name));
    this.look();
  }

  end(): void {
    this.#isOver = true;
    this.#end();
  }

  /** This process has written or removed the record. */
  wrote(id: string): void {
    if (this.#known === undefined) this.#early.add(id);
    this.look();
  }

  #heard(name: string | undefined): void {
    const id = name === undefined ? undefined : idIn(name);
    if (name !== undefined && id === undefined) return;
    if (id === undefined) this.look();
    else this.wrote(id);
  }

  /** One look at a time; what is heard meanwhile makes one more. */
  look(): void {
    if (this.#looking !== undefined) {
      this.#isAgain = true;
      return;
    }
    this.#looking = this.#lookUntilStill();
  }

  async #lookUntilStill(): Promise<void> {
    do {
      this.#isAgain = false;
      try {
        this.#compare(await this.#signatures());
      } catch (error) {
        this.#parts.logger.debug({ error: messageOf(error) }, 'a folder of the store cannot be looked at');
      }
    } while (this.#isAgain && !this.#isOver);
    this.#looking = undefined;
  }

  async #signatures(): Promise<ReadonlyMap<string, string>> {
    const folder = this.#parts.places.folder(this.#kind);
    const found = new Map<string, string>();
    for (const name of await this.#parts.disk.names(folder)) {
      const id = idIn(name);
      const facts = id === undefined ? undefined : await this.#parts.disk.look(join(folder, name));
      if (id !== undefined && facts !== undefined) found.set(id, facts.signature);
    }
    return found;
  }

  #compare(found: ReadonlyMap<string, string>): void {
    const before = this.#known;
    this.#known = found;
    const ids = before === undefined ? this.#early : new Set([...before.keys(), ...found.keys()]);
    for (const id of ids) {
      const isSame = before !== undefined && before.get(id) === found.get(id);
      if (!isSame && !this.#isOver) this.#tell({ kind: this.#kind, id });
    }
    this.#early.clear();
  }
}

/** Changes of every kind. The folders are watched only while somebody listens. */
export class Changes {
  readonly #parts: ChangeParts;
  readonly #changes: Emitter<StoreChange>;
  #watches: ReadonlyMap<RecordKind, KindWatch> | undefined;

  constructor(parts: ChangeParts) {
    this.#parts = parts;
    this.#changes = new Emitter((error) =>
      parts.logger.error({ error: messageOf(error) }, 'a listener of the store has failed'),
    );
  }

  on(changed: (change: StoreChange) => void): () => void {
    const off = this.#changes.on(changed);
    this.#watches ??= new Map(
      KINDS.map((kind) => [kind, new KindWatch(this.#parts, kind, (change) => this.#changes.emit(change))]),
    );
    return () => {
      off();
      if (this.#changes.size > 0) return;
      for (const watch of this.#watches?.values() ?? []) watch.end();
      this.#watches = undefined;
    };
  }

  /** This process has written or removed a record. */
  wrote(kind: RecordKind, id: string): void {
    this.#watches?.get(kind)?.wrote(id);
  }
}
