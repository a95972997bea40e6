/**
 * Keeps the lists of one session: read at open, again after each announcement, the last good ones when reading fails.
 *
 * @module
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { Answer } from '../core/fault.ts';
import type { ListKind, Lists, SessionEvent } from '../core/ports.ts';
import type { Ask, ListName } from './read-list.ts';
import { LISTS, readList } from './read-list.ts';

/** What keeping lists needs. */
export interface KeeperPlan {
  readonly ask: (method: string, params: Parameters<Ask>[1], signal: AbortSignal) => ReturnType<Ask>;
  /** As the server declared them last. */
  readonly capabilities: () => Readonly<Record<string, unknown>>;
  /** Passes over items that must not be listed. */
  readonly admit: (name: ListName, items: readonly unknown[]) => readonly unknown[];
  readonly emit: (event: SessionEvent) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly retries: number;
  readonly last?: Lists | undefined;
}

const NAMES = Object.keys(LISTS) as readonly ListName[];
const EMPTY: Lists = { tools: [], prompts: [], resources: [], resourceTemplates: [] };
/** Announcements within this time are one. */
const DEBOUNCE_MS = 300;
/** First wait before lists that failed are read again by themselves; doubles to the cap. */
const AGAIN_MS = 30_000;
const AGAIN_CAP_MS = 300_000;
/** Least time between two readings for the sake of a gap in the announcements. */
const GAP_MS = 300_000;

const kindOf = (name: ListName): ListKind => (name === 'resourceTemplates' ? 'resources' : name);

/** The lists of one session. */
export class ListKeeper {
  lists: Lists;
  readonly #plan: KeeperPlan;
  readonly #stop = new AbortController();
  readonly #failed = new Set<ListName>();
  /** Announced and not read yet. */
  readonly #due = new Set<ListName>();
  #timer: Timer | undefined;
  #again: Timer | undefined;
  #failures = 0;
  #reading: Promise<unknown> | undefined;
  #gapAt: number | undefined;

  constructor(plan: KeeperPlan) {
    this.#plan = plan;
    this.lists = plan.last ?? EMPTY;
  }

  /**
   * Reads every list that the server has. The result says what kept some from being read, and whether any was. Those
   * that failed are read again later by themselves.
   */
  async readAll(signal: AbortSignal): Promise<{ readonly failures: readonly Answer[]; readonly any: boolean }> {
    const declared = this.#plan.capabilities();
    const wanted = NAMES.filter((name) => declared[LISTS[name].capability] !== undefined);
    const undeclared = NAMES.filter((name) => !wanted.includes(name));
    this.#set(Object.fromEntries(undeclared.map((name) => [name, []])));
    const failures = await this.#read(wanted, signal);
    return { failures, any: failures.length < wanted.length };
  }

  /** A list was announced as changed. */
  changed(kind: ListKind): void {
    for (const name of NAMES) if (kindOf(name) === kind) this.#due.add(name);
    this.#schedule();
  }

  /** Announcements may have been missed, or another server may answer now: everything declared is read again. */
  missed(reason: 'gap' | 'renewed'): void {
    const now = this.#plan.clock.monotonic();
    if (reason === 'gap' && this.#gapAt !== undefined && now - this.#gapAt < GAP_MS) return;
    this.#gapAt = now;
    const declared = this.#plan.capabilities();
    for (const name of NAMES) if (declared[LISTS[name].capability] !== undefined) this.#due.add(name);
    this.#schedule();
  }

  /** Reads the tools again now, e.g. because their headers were refused. */
  async readTools(): Promise<void> {
    await this.#read(['tools'], this.#stop.signal);
  }

  close(): void {
    this.#stop.abort();
    this.#timer?.cancel();
    this.#again?.cancel();
  }

  #schedule(): void {
    if (this.#stop.signal.aborted || this.#timer !== undefined || this.#reading !== undefined) return;
    this.#timer = this.#plan.clock.after(
      DEBOUNCE_MS,
      () => {
        this.#timer = undefined;
        this.#reading = this.#readDue().finally(() => {
          this.#reading = undefined;
          if (this.#due.size > 0) this.#schedule();
        });
      },
      { unref: true },
    );
  }

  async #readDue(): Promise<void> {
    const names = [...this.#due];
    this.#due.clear();
    await this.#read(names, this.#stop.signal);
    const kinds = new Set(names.filter((name) => !this.#failed.has(name)).map(kindOf));
    if (this.#stop.signal.aborted) return;
    for (const list of kinds) this.#plan.emit({ kind: 'lists', list, count: this.lists[list].length });
  }

  /** Reads these lists at the same time; returns what kept some from being read. */
  async #read(names: readonly ListName[], signal: AbortSignal): Promise<readonly Answer[]> {
    const { ask, clock, random, retries, admit } = this.#plan;
    const plan = { ask: (...[method, params]: Parameters<Ask>) => ask(method, params, signal), clock, random, retries };
    const outcomes = await Promise.all(
      names.map(async (name) => ({ name, outcome: await readList(name, { ...plan, signal }) })),
    );
    if (this.#stop.signal.aborted) return [];
    const failures: Answer[] = [];
    const before = this.#failed.size;
    for (const { name, outcome } of outcomes) {
      if (outcome.ok) {
        this.#set({ [name]: admit(name, outcome.items) });
        this.#failed.delete(name);
      } else {
        failures.push(outcome.answer);
        this.#failed.add(name);
      }
    }
    this.#tell(before, failures[0]);
    return failures;
  }

  #set(some: Partial<Lists>): void {
    this.lists = { ...this.lists, ...some };
  }

  #tell(failedBefore: number, answer: Answer | undefined): void {
    if (answer !== undefined) {
      this.#plan.emit({ kind: 'lists-failed', answer });
      this.#readAgainLater();
    } else if (failedBefore > 0 && this.#failed.size === 0) {
      this.#failures = 0;
      this.#again?.cancel();
      this.#plan.emit({ kind: 'lists-ok' });
    }
  }

  #readAgainLater(): void {
    this.#again?.cancel();
    const wait = Math.min(AGAIN_CAP_MS, AGAIN_MS * 2 ** this.#failures) * (0.5 + this.#plan.random.next() / 2);
    this.#failures = Math.min(this.#failures + 1, 10);
    this.#again = this.#plan.clock.after(
      wait,
      () => {
        for (const name of this.#failed) this.#due.add(name);
        this.#schedule();
      },
      { unref: true },
    );
  }
}
