/**
 * Reads a view whole: every entry of its files with what a person decided about it.
 *
 * @module
 */
import type { Files } from '../core/machine.ts';
import type { View } from '../core/view.ts';
import { judge } from './approval.ts';
import type { Judged } from './approval.ts';
import type { Candidate } from './candidate.ts';
import { placesOf } from './dialects/places.ts';
import { isOwnGateway } from './own-gateway.ts';
import type { Overlay, OverlayKey, OverlayState } from './overlay.ts';
import type { Decided } from './precedence.ts';
import { realOrPlanned } from './real-path.ts';
import { Sources } from './sources.ts';
import type { SourcesRead } from './sources.ts';

/** An entry with everything that is known of it. */
export interface Known extends Decided {
  readonly key: OverlayKey;
  readonly judged: Judged;
}

/** A view, read. Entries stand in the order of precedence. */
export interface ViewRead {
  readonly sources: SourcesRead;
  readonly overlay: OverlayState;
  readonly known: readonly Known[];
}

/** Reads views. */
export class Reader {
  readonly #files: Files;
  readonly #sources: Sources;
  readonly #overlay: Overlay;

  constructor(files: Files, overlay: Overlay) {
    this.#files = files;
    this.#sources = new Sources(files);
    this.#overlay = overlay;
  }

  /** The entries alone, nothing decided. */
  async candidates(view: View): Promise<readonly Candidate[]> {
    return (await this.#sources.read(placesOf(view))).candidates;
  }

  async read(view: View): Promise<ViewRead> {
    const [all, overlay] = await Promise.all([this.#sources.read(placesOf(view)), this.#overlay.read()]);
    const sources = withoutOwnGateway(all);
    const real = realPaths(this.#files);
    const known = await Promise.all(
      sources.candidates.map(async (candidate) => {
        const file = await real(candidate.source.file);
        return this.#judge(candidate, { overlay, file, project: view.projectRoot });
      }),
    );
    return { sources, overlay, known };
  }

  /** By what a decision about an entry is found again. */
  async keyOf(candidate: Candidate): Promise<OverlayKey> {
    return keyFor(candidate, await realOrPlanned(this.#files, candidate.source.file));
  }

  async #judge(
    candidate: Candidate,
    about: { readonly overlay: OverlayState; readonly file: string; readonly project: string | undefined },
  ): Promise<Known> {
    const { overlay, file, project } = about;
    const key = keyFor(candidate, file);
    const record = overlay.of(key);
    const judged = await judge(this.#files, candidate, { file, record });
    const { enabled } = record;
    const profile = overlay.of(bindingKey(key, project)).profile ?? record.profile;
    return {
      candidate,
      approval: judged.approval,
      judged,
      key,
      ...(enabled === undefined ? {} : { enabled }),
      ...(profile === undefined ? {} : { profile }),
    };
  }
}

/** The entries that lead elsewhere; those of our own gateway are told with their file. */
function withoutOwnGateway(read: SourcesRead): SourcesRead {
  const own = read.candidates.filter(({ entry }) => entry !== undefined && isOwnGateway(entry));
  if (own.length === 0) return read;
  const files = read.files.map((file) => {
    const here = own.filter(({ source }) => source.file === file.path && source.scope === file.scope);
    const notes = here.map(
      ({ name, source }) => `"${name}" (line ${source.line}) is Holdfast's own gateway, and is no server here`,
    );
    return here.length === 0
      ? file
      : { ...file, servers: file.servers - here.length, notes: [...(file.notes ?? []), ...notes] };
  });
  return { ...read, candidates: read.candidates.filter((one) => !own.includes(one)), files };
}

/** To what an account is bound: the entry as this project sees it, also where the entry is one of every project. */
export function bindingKey(key: OverlayKey, project: string | undefined): OverlayKey {
  return project === undefined ? key : { ...key, project };
}

function keyFor(candidate: Candidate, file: string): OverlayKey {
  const { name, source, place } = candidate;
  return { file, scope: source.scope, name, ...(place.project === undefined ? {} : { project: place.project }) };
}

/** Real paths of files, each looked up once. */
function realPaths(files: Files): (path: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  return (path) => {
    const found = known.get(path) ?? realOrPlanned(files, path);
    known.set(path, found);
    return found;
  };
}
