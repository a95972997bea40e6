/**
 * The views of a fleet: opened by their first caller, shared by equal ones, let go when nobody asks any more (DESIGN §3).
 *
 * @module
 */
import { HoldfastError } from '../base/errors.ts';
import { placeOf, viewKey } from '../core/view.ts';
import { ViewState } from './view-state.ts';
import type { Timer } from '../base/clock.ts';
import type { ServerNotification } from '../core/fleet.ts';
import type { View } from '../core/view.ts';
import type { FleetDeps } from './deps.ts';
import type { Journal } from './journal.ts';
import type { Pool } from './pool.ts';

const SWEEP_MS = 30_000;

/** How long a view stays after the same place was seen with other variable values. */
const SUPERSEDED_MS = 60_000;

/** What every call of a closed fleet ends with. */
export function closedError(): HoldfastError {
  return new HoldfastError('ERR_CLOSED', 'the fleet is closed', { hint: 'Open a new one.' });
}

interface Opened {
  readonly state: ViewState;
  readonly opening: Promise<void>;
  isOpen: boolean;
}

/** Every open view of a fleet. */
export class Views {
  readonly #deps: FleetDeps;
  readonly #pool: Pool;
  readonly #journal: Journal;
  readonly #open = new Map<string, Opened>();
  /** A view is a value: its key is made once, not for every call. */
  readonly #keys = new WeakMap<View, string>();
  #sweep: Timer | undefined;
  #closed = false;

  constructor(deps: FleetDeps, pool: Pool, journal: Journal) {
    this.#deps = deps;
    this.#pool = pool;
    this.#journal = journal;
    this.#sweepLater();
  }

  /** Every open view. */
  all(): readonly ViewState[] {
    return [...this.#open.values()].map(({ state }) => state);
  }

  /**
   * The view's state, opened if need be, and kept open until it is let go of. Errors: `ERR_USAGE` without any view,
   * `ERR_CLOSED`.
   */
  async hold(asked: View | undefined): Promise<ViewState> {
    const opened = this.#begin(asked);
    return opened.isOpen ? opened.state : this.#whenOpen(opened);
  }

  async #whenOpen(opened: Opened): Promise<ViewState> {
    try {
      await opened.opening;
      if (this.#closed) throw closedError();
      return opened.state;
    } catch (error) {
      this.letGo(opened.state);
      throw error;
    }
  }

  /** Counts one use more. */
  #begin(asked: View | undefined): Opened {
    if (this.#closed) throw closedError();
    const view = asked ?? this.#deps.view;
    if (view === undefined)
      throw new HoldfastError('ERR_USAGE', 'the call carries no view and the fleet has none', { hint: 'Pass a view.' });
    const opened = this.#known(view);
    opened.state.uses += 1;
    opened.state.lastUsedAt = this.#deps.clock.now();
    return opened;
  }

  /** Ends a hold. */
  letGo(state: ViewState): void {
    state.uses -= 1;
    state.lastUsedAt = this.#deps.clock.now();
  }

  /** Runs `work` with the view kept open for as long as it takes. */
  async using<T>(view: View | undefined, work: (state: ViewState) => T | Promise<T>): Promise<T> {
    const opened = this.#begin(view);
    const state = opened.isOpen ? opened.state : await this.#whenOpen(opened);
    try {
      return await work(state);
    } finally {
      this.letGo(state);
    }
  }

  /** Hears what servers say by themselves, with the view kept open until the result is called. */
  async listen(listener: (notification: ServerNotification) => void, view?: View): Promise<() => void> {
    const state = await this.hold(view);
    const off = state.notified.on(listener);
    let isOver = false;
    return () => {
      off();
      if (!isOver) this.letGo(state);
      isOver = true;
    };
  }

  /** A person reconnects from this view: the same place with older variable values is let go at once, unless it is in use. */
  supersede(current: ViewState): void {
    for (const other of this.all()) {
      if (other !== current && other.place === current.place && other.uses === 0) this.#drop(other);
    }
  }

  close(): void {
    this.#closed = true;
    this.#sweep?.cancel();
    for (const state of this.all()) this.#drop(state);
  }

  #keyOf(view: View): string {
    const known = this.#keys.get(view);
    if (known !== undefined) return known;
    const key = viewKey(view);
    this.#keys.set(view, key);
    return key;
  }

  #known(view: View): Opened {
    const key = this.#keyOf(view);
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const state = new ViewState(this.#deps, { pool: this.#pool, journal: this.#journal, view });
    const opened: Opened = { state, opening: state.open(), isOpen: false };
    this.#open.set(key, opened);
    void this.#settle(key, opened);
    return opened;
  }

  async #settle(key: string, opened: Opened): Promise<void> {
    try {
      await opened.opening;
      opened.isOpen = true;
    } catch {
      if (this.#open.get(key) === opened) this.#drop(opened.state);
    }
  }

  #drop(state: ViewState): void {
    state.close();
    this.#open.delete(viewKey(state.view));
  }

  #sweepLater(): void {
    this.#sweep = this.#deps.clock.after(
      SWEEP_MS,
      () => {
        this.#dropIdle();
        this.#sweepLater();
      },
      { unref: true },
    );
  }

  #dropIdle(): void {
    const now = this.#deps.clock.now();
    const own = this.#deps.view === undefined ? undefined : viewKey(this.#deps.view);
    const newest = new Map<string, number>();
    for (const { place, lastUsedAt } of this.all()) newest.set(place, Math.max(newest.get(place) ?? 0, lastUsedAt));
    for (const state of this.all()) {
      if (state.uses > 0 || viewKey(state.view) === own) continue;
      const idle = now - state.lastUsedAt;
      const isSuperseded = state.lastUsedAt < (newest.get(placeOf(state.view)) ?? 0) && idle > SUPERSEDED_MS;
      if (isSuperseded || idle > this.#deps.numbers.viewIdleMs) this.#drop(state);
    }
  }
}
