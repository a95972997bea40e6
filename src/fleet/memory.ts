/**
 * What is remembered of servers between contacts: the era of an endpoint and the last good lists, keyed by content and
 * never by name (BEHAVIOUR §5.2). Lists may be kept on disk too; nothing here ever keeps a server from being contacted.
 *
 * @module
 */
import { isRemote } from '../core/entry.ts';
import type { Clock, Timer } from '../base/clock.ts';
import type { EffectiveEntry } from '../core/entry.ts';
import type { KeptLists } from '../core/kept-lists.ts';
import type { Lists } from '../core/ports.ts';
import type { Era } from '../core/snapshot.ts';

const MOST_ENTRIES = 5_000;

/** A legacy verdict is asked again after a day: a server that was updated must not stay in the old era for ever. */
const LEGACY_VERDICT_MS = 86_400_000;

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MOST_ENTRIES) map.delete(map.keys().next().value as string);
}

/** What is learnt is written a moment later: while servers are being connected there is more urgent work. */
const REST_MS = 1_000;

/** Derived facts, by content. */
export class Memory {
  readonly #eras = new Map<string, { readonly era: Era; readonly at: number }>();
  readonly #lists = new Map<string, Lists>();
  readonly #kept: KeptLists | undefined;
  /** What was written last or is being written, by key. */
  readonly #written = new Map<string, string>();
  readonly #clock: Pick<Clock, 'after'> | undefined;
  #writing: Promise<unknown> = Promise.resolve();
  #waiting: (() => Promise<void>)[] = [];
  #timer: Timer | undefined;

  /** `kept`: lists beyond the life of this process; without it there are none. */
  constructor(kept?: KeptLists, clock?: Pick<Clock, 'after'>) {
    this.#kept = kept;
    this.#clock = clock;
  }

  era(entry: EffectiveEntry, now: number): Era | undefined {
    const known = this.#eras.get(eraKey(entry));
    if (known === undefined) return undefined;
    return known.era === 'legacy' && now - known.at > LEGACY_VERDICT_MS ? undefined : known.era;
  }

  lists(entry: EffectiveEntry): Lists | undefined {
    return this.#lists.get(entry.key);
  }

  learnEra(entry: EffectiveEntry, era: Era, now: number): void {
    if (this.#eras.get(eraKey(entry))?.era !== era) remember(this.#eras, eraKey(entry), { era, at: now });
  }

  learnLists(entry: EffectiveEntry, lists: Lists): void {
    const { key } = entry;
    remember(this.#lists, key, lists);
    const kept = this.#kept;
    if (kept === undefined) return;
    const text = JSON.stringify(lists);
    if (this.#written.get(key) === text) return;
    remember(this.#written, key, text);
    this.#later(() => kept.save(key, lists));
  }

  /** Takes up the lists that an earlier process has kept of the entry. Never rejects. */
  async recall({ key }: EffectiveEntry): Promise<void> {
    if (this.#kept === undefined || this.#lists.has(key)) return;
    const lists = await this.#kept.load(key);
    if (lists === undefined || this.#lists.has(key)) return;
    remember(this.#lists, key, lists);
    remember(this.#written, key, JSON.stringify(lists));
  }

  /** Resolves when everything that is to be kept is written. */
  async settled(): Promise<void> {
    this.#write();
    await this.#writing;
  }

  /** Forgets everything derived of the entry; says what, in words. */
  forget(entry: EffectiveEntry): readonly string[] {
    const forgot: string[] = [];
    if (this.#eras.delete(eraKey(entry))) forgot.push('forgot the protocol era of the endpoint');
    if (this.#lists.delete(entry.key)) forgot.push('forgot the last known lists');
    this.#written.delete(entry.key);
    const kept = this.#kept;
    if (kept !== undefined) this.#later(() => kept.forget(entry.key));
    return forgot;
  }

  #later(work: () => Promise<void>): void {
    this.#waiting.push(work);
    if (this.#clock === undefined) this.#write();
    else this.#timer ??= this.#clock.after(REST_MS, () => this.#write(), { unref: true });
  }

  /** One write after the other: of two of one entry the later one stands. */
  #write(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const work of this.#waiting.splice(0)) this.#writing = this.#writing.then(work, work).catch(() => undefined);
  }
}

function eraKey(entry: EffectiveEntry): string {
  return isRemote(entry.endpoint) ? entry.endpoint.url : entry.key;
}
