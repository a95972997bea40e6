/**
 * The configuration floor as the fleet sees it: reads, decides, expands, watches and writes.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Redactor } from '../base/secret.ts';
import type {
  ConfigPort,
  ConfiguredServer,
  EntryChange,
  LoadedConfig,
  NotLoaded,
  WriteReport,
} from '../core/config-model.ts';
import type { EffectiveEntry, Scope } from '../core/entry.ts';
import type { Fault } from '../core/fault.ts';
import type { Files, Locks } from '../core/machine.ts';
import { placeOf } from '../core/view.ts';
import type { View } from '../core/view.ts';
import { hashOf } from './canonical.ts';
import { Decisions } from './decisions.ts';
import type { SourcePlace } from './dialects/dialect.ts';
import { placesOf } from './dialects/places.ts';
import { effectiveOf } from './effective.ts';
import { variableNames } from './entry-texts.ts';
import { Overlay } from './overlay.ts';
import type { OverlayState } from './overlay.ts';
import { pointerOf } from './pointer.ts';
import { rank } from './precedence.ts';
import { Reader } from './reader.ts';
import type { Known } from './reader.ts';
import { realOrPlanned } from './real-path.ts';
import type { SourcesRead } from './sources.ts';
import { placeForAdd, targetOf } from './targets.ts';
import { watchConfig } from './watch.ts';
import { Writer } from './writer.ts';

/** What the configuration floor needs of the world. */
export interface ConfigWorld {
  readonly files: Files;
  readonly locks: Locks;
  readonly clock: Clock;
  /** Gets every secret value that an entry expands to. */
  readonly redactor: Redactor;
  readonly logger: Logger;
  /** Our own state folder: overlay and locks. */
  readonly stateDir: string;
  readonly platform: NodeJS.Platform;
}

const BARRED: Readonly<Record<string, Fault>> = {
  awaiting: { reason: 'awaiting-approval' },
  changed: { reason: 'awaiting-approval' },
  rejected: { reason: 'rejected-by-user' },
};
/** Views whose last reading is remembered, so that a watch that begins later knows what was read. */
const MOST_VIEWS = 500;

class Config implements ConfigPort {
  readonly #world: ConfigWorld;
  readonly #reader: Reader;
  readonly #overlay: Overlay;
  readonly #writer: Writer;
  readonly #decisions: Decisions;
  readonly #lastRead = new Map<string, { readonly fingerprint: string; readonly scripts: readonly string[] }>();

  constructor(world: ConfigWorld) {
    this.#world = world;
    this.#overlay = new Overlay(world);
    this.#writer = new Writer(world);
    this.#reader = new Reader(world.files, this.#overlay);
    this.#decisions = new Decisions(this.#reader, this.#overlay, world.clock);
  }

  async load(view: View): Promise<LoadedConfig> {
    const { sources, overlay, known } = await this.#reader.read(view);
    const { servers, notLoaded } = rank(known);
    const names = sources.candidates.flatMap(({ entry }) => (entry === undefined ? [] : variableNames(entry)));
    const loaded: LoadedConfig = {
      servers,
      notLoaded: [...notLoaded, ...replacedIn(sources)],
      files: [...sources.files, ...this.#overlayFile(overlay)],
      variables: [...new Set(names)].toSorted(),
    };
    this.#remember(view, loaded, known);
    return loaded;
  }

  async resolve(server: ConfiguredServer, view: View): Promise<EffectiveEntry | Fault> {
    const { entry, problem, approval } = server;
    if (problem !== undefined) return problem;
    if (entry === undefined) return { reason: 'config-invalid' };
    const barred = BARRED[approval.state];
    // Nothing of an entry that nobody approved is expanded, not even to be looked at.
    if (barred !== undefined) return barred;
    const profile = view.profile ?? server.profile ?? 'default';
    return effectiveOf(this.#world, { entry, view, profile, place: placeOfServer(server, view) });
  }

  watch(view: View, changed: () => void): () => void {
    const subject = {
      targets: () => this.#targets(view),
      fingerprint: async () => {
        await this.load(view);
        return this.#lastRead.get(placeOf(view))?.fingerprint ?? '';
      },
    };
    return watchConfig(this.#world, subject, { seen: this.#lastRead.get(placeOf(view))?.fingerprint, changed });
  }

  async add(
    view: View,
    request: { name: string; raw: Readonly<Record<string, unknown>>; scope: Scope; replace?: boolean },
  ): Promise<WriteReport> {
    const held = new Set<string>();
    if (request.scope === 'local')
      for (const { place } of await this.#reader.candidates(view)) held.add(pointerOf(place.container));
    const place = placeForAdd(view, request.scope, (one) => held.has(pointerOf(one.container)));
    return this.#writer.add(place, request);
  }

  async edit(view: View, request: { name: string; scope?: Scope; change: EntryChange }): Promise<WriteReport> {
    const candidates = await this.#reader.candidates(view);
    const target = targetOf(candidates, request.name, request.scope);
    return this.#writer.edit(target.place, request.name, request.change);
  }

  async remove(view: View, request: { name: string; scope?: Scope }): Promise<WriteReport> {
    const candidates = await this.#reader.candidates(view);
    const target = targetOf(candidates, request.name, request.scope);
    const key = await this.#reader.keyOf(target);
    const report = await this.#writer.remove(target.place, request.name);
    try {
      // A later entry of the same name is a new one: switched on, without an account of its own, not approved.
      await this.#overlay.forget(key);
    } catch (error) {
      this.#world.logger.warn(
        { error: messageOf(error) },
        'what was decided about a removed entry could not be forgotten',
      );
    }
    return report;
  }

  setEnabled(view: View, server: ConfiguredServer, enabled: boolean): Promise<void> {
    return this.#decisions.setEnabled(view, server, enabled);
  }

  approve(view: View, server: ConfiguredServer, hash?: string): Promise<void> {
    return this.#decisions.approve(view, server, hash);
  }

  reject(view: View, server: ConfiguredServer): Promise<void> {
    return this.#decisions.reject(view, server);
  }

  setProfile(view: View, server: ConfiguredServer, profile: string | undefined): Promise<void> {
    return this.#decisions.setProfile(view, server, profile);
  }

  #overlayFile(overlay: OverlayState): LoadedConfig['files'] {
    if (overlay.problem === undefined) return [];
    const about = { client: 'holdfast', scope: 'own', servers: 0, exists: true, writable: false } as const;
    return [{ ...about, path: this.#overlay.path, problem: overlay.problem }];
  }

  #remember(view: View, loaded: LoadedConfig, known: readonly Known[]): void {
    const key = placeOf(view);
    this.#lastRead.delete(key);
    const [oldest] = this.#lastRead.keys();
    if (this.#lastRead.size >= MOST_VIEWS && oldest !== undefined) this.#lastRead.delete(oldest);
    this.#lastRead.set(key, { fingerprint: hashOf(loaded), scripts: known.flatMap(({ judged }) => judged.scripts) });
  }

  /** Links and what they point to: an editor may replace either. */
  async #targets(view: View): Promise<readonly string[]> {
    const paths = [...placesOf(view).map((place) => place.path), this.#overlay.path];
    const scripts = this.#lastRead.get(placeOf(view))?.scripts ?? [];
    const real = await Promise.all(paths.map((path) => realOrPlanned(this.#world.files, path)));
    return [...new Set([...paths, ...real, ...scripts])];
  }
}

function replacedIn(sources: SourcesRead): readonly NotLoaded[] {
  return sources.replaced.map(({ candidate: { name, source }, by }) => ({
    name,
    source,
    reason: 'duplicate-shadowed',
    text: `the same name stands again in ${by.source.file}:${by.source.line}, and the last one counts`,
  }));
}

/** The place in which a server stands. Entries given in code have none and are looked up from the project. */
function placeOfServer(
  server: ConfiguredServer,
  view: View,
): Pick<SourcePlace, 'base' | 'workingFolder' | 'project' | 'scope'> {
  const { source, name } = server;
  const found = placesOf(view).find(
    (place) =>
      place.scope === source.scope &&
      place.path === source.file &&
      pointerOf([...place.container, name]) === source.pointer,
  );
  const folder = view.projectRoot ?? view.home;
  return found ?? { base: folder, workingFolder: folder, scope: source.scope };
}

/** The configuration floor over a world. */
export function createConfig(world: ConfigWorld): ConfigPort {
  return new Config(world);
}
