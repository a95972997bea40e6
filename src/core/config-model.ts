/**
 * What the configuration floor tells the fleet: which servers a view has, where each stands, and what is wrong with it.
 *
 * @module
 */
import type { ClientId, EntrySource, EffectiveEntry, Scope, ServerEntry } from './entry.ts';
import type { Fault } from './fault.ts';
import type { View } from './view.ts';

/** Whether an entry of a project file may be used (BEHAVIOUR §11). */
export interface Approval {
  /** `changed` = approved once, but the entry, its file or a script it runs is different now. */
  readonly state: 'not-needed' | 'approved' | 'awaiting' | 'changed' | 'rejected';
  /** What `approve NAME --hash H` names; present unless `not-needed`. */
  readonly hash?: string;
  /** What would be approved, in lines for people: command or url, helper, variables, scripts. */
  readonly summary: readonly string[];
  /** With `changed`: what differs from what was approved, one line each. */
  readonly difference: readonly string[];
}

/** One server of a view: the winning entry of its name. */
export interface ConfiguredServer {
  readonly name: string;
  readonly source: EntrySource;
  /** Present when the entry is valid. */
  readonly entry?: ServerEntry;
  /** Present when it is not: reason `config-invalid`. */
  readonly problem?: Fault;
  readonly approval: Approval;
  /** The person's choice (our overlay), else the file's own `disabled`. */
  readonly enabled: boolean;
  /** Other entries of this name that this one hides. */
  readonly shadows: readonly EntrySource[];
  /** What was passed over in the entry, and why, one line each. */
  readonly notes?: readonly string[];
  /** The account that a person bound this server to in this project; a profile that the view names goes before it. */
  readonly profile?: string;
}

/** An entry that is not a server of the view, and why. */
export interface NotLoaded {
  readonly name: string;
  readonly source: EntrySource;
  readonly reason: 'duplicate-shadowed' | 'config-invalid';
  /** In words, e.g. by whom it is shadowed. */
  readonly text: string;
  /** Of an entry of a project file that would win if it were approved; `approve NAME` approves it. */
  readonly approval?: Approval;
}

/** One file that was looked at. */
export interface SourceFile {
  readonly client: ClientId;
  readonly scope: Scope;
  readonly path: string;
  readonly exists: boolean;
  /** How many entries it gave. */
  readonly servers: number;
  /** Set when the file could not be read or parsed: `file:line: what`; entries of the last good reading are kept. */
  readonly problem?: string;
  /** What is odd in the file though it could be read, one line each. */
  readonly notes?: readonly string[];
  /** Whether this file can be written by `add --scope`. */
  readonly writable: boolean;
}

/** What keeps files from being read, one line each. */
export function problemsOf(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
}

/** A view's whole configuration. */
export interface LoadedConfig {
  readonly servers: readonly ConfiguredServer[];
  readonly notLoaded: readonly NotLoaded[];
  readonly files: readonly SourceFile[];
  /** Names of the variables that the entries mention: a caller sends their values along. */
  readonly variables: readonly string[];
}

/**
 * What a caller must know of a place before it can make its view: which variables the entries name, and where they
 * stand. No value of anything is in it.
 */
export interface PlaceNames {
  readonly variables: readonly string[];
  readonly entries: readonly Pick<EntrySource, 'scope' | 'pointer'>[];
  /** Entries that are no servers of the place; absent where nobody looked. */
  readonly notLoaded?: readonly NotLoaded[];
  /** `SourceFile.problem` of every file that could not be read; absent where nobody looked. */
  readonly problems?: readonly string[];
}

/** Which field of an entry to change; `undefined` values remove the field. */
export interface EntryChange {
  /** Fields as they stand in the file, Claude Code's names (`url`, `headers`, `command` …). */
  readonly set?: Readonly<Record<string, unknown>>;
  readonly unset?: readonly string[];
}

/** What a write did. */
export interface WriteReport {
  readonly file: string;
  readonly line: number;
  readonly pointer: string;
  readonly action: 'added' | 'changed' | 'removed' | 'unchanged';
}

/** The port through which the fleet knows configuration. Implemented by `src/config`. */
export interface ConfigPort {
  /** Reads every file of the view. One bad entry or file never hides the others. */
  load(view: View): Promise<LoadedConfig>;
  /**
   * The entry with variables expanded from the view and its key computed, or the fault (`variable-missing`,
   * `config-invalid`) for which nothing may be sent.
   */
  resolve(server: ConfiguredServer, view: View): Promise<EffectiveEntry | Fault>;
  /** Calls `changed` (debounced) after any file of the view, or our overlay, has changed. The result ends the watch. */
  watch(view: View, changed: () => void): () => void;
  /** Writes one entry into the file of `scope`; refuses an existing name unless `replace`. Errors: `ERR_CONFIG_*`, `ERR_USAGE`. */
  add(
    view: View,
    request: { name: string; raw: Readonly<Record<string, unknown>>; scope: Scope; replace?: boolean },
  ): Promise<WriteReport>;
  edit(view: View, request: { name: string; scope?: Scope; change: EntryChange }): Promise<WriteReport>;
  remove(view: View, request: { name: string; scope?: Scope }): Promise<WriteReport>;
  /** Remembers a person's on/off choice in our overlay. */
  setEnabled(view: View, server: ConfiguredServer, enabled: boolean): Promise<void>;
  /** Approves the entry as it is now; with `hash`, only if that is still its hash (`ERR_APPROVAL_STALE`). */
  approve(view: View, server: ConfiguredServer, hash?: string): Promise<void>;
  reject(view: View, server: ConfiguredServer): Promise<void>;
  /** Binds the server to an account for the project of the view (without one: everywhere), or takes that away. */
  setProfile(view: View, server: ConfiguredServer, profile: string | undefined): Promise<void>;
}
