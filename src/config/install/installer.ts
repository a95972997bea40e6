/**
 * Puts the gateway into the files of other clients, or takes it out: planned first, written when a person has agreed.
 *
 * @module
 */
import { join, posix, win32 } from 'node:path';
import { iso } from '../../base/clock.ts';
import type { Clock } from '../../base/clock.ts';
import { HoldfastError, messageOf } from '../../base/errors.ts';
import type { Files, Locks } from '../../core/machine.ts';
import { hashOf } from '../canonical.ts';
import { unreadable, unwritable } from '../io-error.ts';
import { realOrPlanned } from '../real-path.ts';
import { CLIENT_DIALECTS } from './clients.ts';
import type { ClientDialect, ClientPlace } from './clients.ts';
import { entryInJson, writtenJson } from './json-client.ts';
import type { Wanted } from './json-client.ts';
import { notesFor } from './notes.ts';
import { commandFor } from './program.ts';
import type { Program } from './program.ts';
import type { InstallRequest, PlannedInstall } from './request.ts';
import { entryInToml, writtenToml } from './toml-client.ts';

/** What the installer needs of the world. */
export interface InstallWorld {
  readonly files: Files;
  readonly locks: Locks;
  readonly clock: Clock;
  /** Our own state folder, for the locks. */
  readonly stateDir: string;
  readonly place: ClientPlace;
  readonly program: Program;
}

const SHARED_MODE = 0o644;
/** A client's file with a life's history in it may be long. */
const LIMIT_BYTES = 64 * 1_024 * 1_024;

/** In the text of an entry, of either syntax: the words of the bridge, or the token by reference. */
const OURS = /\bserve\b[^]*--stdio\b|HOLDFAST_TOKEN|holdfast-token/;

function dialectOf(id: string): ClientDialect {
  const found = CLIENT_DIALECTS.find((one) => one.id === id);
  if (found !== undefined) return found;
  throw new HoldfastError('ERR_USAGE', `"${id}" is no client that is known`, {
    hint: `Give one of ${CLIENT_DIALECTS.map((one) => one.id).join(', ')}.`,
  });
}

const cannot = (message: string, hint: string): HoldfastError => new HoldfastError('ERR_USAGE', message, { hint });

function fileOf(
  { id, title, projectFile, userFile }: ClientDialect,
  place: ClientPlace,
  scope: 'user' | 'project',
): string {
  if (scope === 'user') return userFile(place);
  if (projectFile !== undefined) return projectFile(place);
  throw cannot(`${title} has no file for a project`, `Run: holdfast install --into ${id}`);
}

/** Writes other clients' files. */
export class Installer {
  readonly #world: InstallWorld;

  constructor(world: InstallWorld) {
    this.#world = world;
  }

  /** Errors: `ERR_USAGE` for what the client cannot do, `ERR_CONFIG_INVALID` for a file that cannot be edited safely, `ERR_CONFIG_UNREADABLE`. */
  async plan(request: InstallRequest): Promise<PlannedInstall> {
    const dialect = dialectOf(request.client);
    const file = fileOf(dialect, this.#world.place, request.scope);
    return this.#planFor(request, dialect, file, await this.#read(file));
  }

  /**
   * Does what was planned, with a backup of what was there; gives its path. Errors: `ERR_CONFIG_LOCKED` where the entry
   * is no longer the one that was shown, `ERR_CONFIG_UNWRITABLE`.
   */
  async write(request: InstallRequest, plan: PlannedInstall): Promise<string | undefined> {
    const { files, locks, stateDir } = this.#world;
    const real = await realOrPlanned(files, plan.file);
    const lock = join(stateDir, 'locks', `${hashOf(real).slice(0, 32)}.lock`);
    try {
      return await locks.withLock(lock, () => this.#writeLocked(request, plan));
    } catch (error) {
      throw unwritable(plan.file, error);
    }
  }

  async #writeLocked(request: InstallRequest, plan: PlannedInstall): Promise<string | undefined> {
    const { files, clock } = this.#world;
    const dialect = dialectOf(request.client);
    const present = await this.#read(plan.file);
    const wanted = this.#wanted(request, dialect);
    if (entryIn(dialect, present, wanted) !== entryIn(dialect, plan.before, wanted))
      throw new HoldfastError('ERR_CONFIG_LOCKED', `${plan.file} was changed meanwhile; nothing was written`, {
        hint: 'Run the command again to see the difference as it is now.',
      });
    // The client may have written other parts of its file since: those stay.
    const { after } = this.#planFor(request, dialect, plan.file, present);
    const facts = await files.facts(plan.file);
    const backup = present === undefined ? undefined : `${plan.file}.holdfast-backup-${stamp(clock.now())}`;
    if (backup !== undefined) await files.writeAtomic(backup, present ?? '', facts?.mode);
    const mode = facts === undefined && request.scope === 'project' ? SHARED_MODE : undefined;
    await files.writeAtomic(plan.file, after, mode);
    return backup;
  }

  #read(file: string): Promise<string | undefined> {
    return this.#world.files.readText(file, LIMIT_BYTES).catch((error: unknown) => {
      throw unreadable(file, error);
    });
  }

  #wanted({ server, url, remove, scope, more = [] }: InstallRequest, dialect: ClientDialect): Wanted {
    const { id, title, container, http, stdio, input, folder, isDesktop } = dialect;
    const about = {
      container,
      name: server === undefined ? 'holdfast' : `holdfast-${server}`,
      ...(input === undefined ? {} : { inputId: input['id'] }),
    };
    if (remove) return about;
    if (url !== undefined) {
      if (http === undefined)
        throw cannot(
          `${title} cannot reach the gateway over HTTP with the token kept out of its file`,
          `Leave out --http: holdfast install --into ${id}`,
        );
      return { ...about, fields: http(url), ...(input === undefined ? {} : { input }) };
    }
    const words = [...(server === undefined ? [] : ['--server', server]), ...more];
    const place = scope === 'project' && folder !== undefined ? ['--project', folder] : [];
    const command = commandFor(this.#world.program, { isShared: scope === 'project', isDesktop });
    return { ...about, fields: stdio({ command, args: ['serve', '--stdio', ...words, ...place] }) };
  }

  #planFor(request: InstallRequest, dialect: ClientDialect, file: string, before: string | undefined): PlannedInstall {
    const wanted = this.#wanted(request, dialect);
    const after = written(dialect, file, before, wanted);
    const there = entryIn(dialect, before, wanted);
    const isThere = there !== '';
    const { id, title } = dialect;
    if (request.remove && isThere && !OURS.test(there))
      throw cannot(
        `"${wanted.name}" in ${file} is no entry that was installed from here`,
        'It stays; take it out by hand if it is not wanted.',
      );
    let action: PlannedInstall['action'] = 'unchanged';
    if (after !== (before ?? '')) action = request.remove ? 'removed' : isThere ? 'changed' : 'added';
    const { program, place } = this.#world;
    const hasFolder = before !== undefined || place.has(folderOf(file, place));
    const notes = notesFor({ request, dialect, program, env: place.env, before, action, hasFolder });
    return { client: id, title, file, name: wanted.name, action, before, after, notes };
  }
}

/** A time that can stand in the name of a file. */
function stamp(now: number): string {
  return iso(now).replaceAll(/[:.]/g, '-');
}

function folderOf(file: string, { platform }: ClientPlace): string {
  return (platform === 'win32' ? win32 : posix).dirname(file);
}

function entryIn({ syntax }: ClientDialect, text: string | undefined, wanted: Wanted): string {
  return (syntax === 'json' ? entryInJson : entryInToml)(text ?? '', wanted);
}

function written({ syntax }: ClientDialect, file: string, before: string | undefined, wanted: Wanted): string {
  try {
    return (syntax === 'json' ? writtenJson : writtenToml)(before, wanted);
  } catch (error) {
    const problem = messageOf(error);
    const place = /^\d/.test(problem) ? `${file}:` : `${file}: `;
    throw new HoldfastError('ERR_CONFIG_INVALID', `cannot be edited safely: ${place}${problem}`, {
      hint: 'Mend the file, or put the entry in by hand; nothing was written.',
      cause: error,
      data: { file },
    });
  }
}
