/**
 * What a dialect says: in which files a client keeps its servers, and where in them.
 *
 * @module
 */
import type { ClientId, Scope } from '../../core/entry.ts';
import type { View } from '../../core/view.ts';

/** One object of entries in one file. */
export interface SourcePlace {
  readonly client: ClientId;
  readonly scope: Scope;
  /** Absolute path of the file. */
  readonly path: string;
  /** The keys from the root of the file to the object of entries. */
  readonly container: readonly string[];
  /** Keys under which other programs keep servers in a file of this name; found instead of the container, they are told. */
  readonly strangers: readonly string[];
  /** Folder in which relative paths of the entries are looked up, and helpers run. */
  readonly base: string;
  /** Folder in which processes start that name no `cwd`. */
  readonly workingFolder: string;
  /** The project that the entries belong to; absent where they are for every project. */
  readonly project?: string;
  /** A person named the file, so that its absence is a problem. */
  readonly isNamed?: boolean;
}

/** The places of one client in a view, the strongest first. Pure. */
export type Dialect = (view: View) => readonly SourcePlace[];
