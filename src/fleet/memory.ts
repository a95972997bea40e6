/**
 * What is remembered of servers between contacts: the era of an endpoint and the last good lists, keyed by content and
 * never by name (BEHAVIOUR §5.2). In memory only; nothing here ever keeps a server from being contacted.
 *
 * @module
 */
import { isRemote } from '../core/entry.ts';
import type { EffectiveEntry } from '../core/entry.ts';
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

/** Derived facts, by content. */
export class Memory {
  readonly #eras = new Map<string, { readonly era: Era; readonly at: number }>();
  readonly #lists = new Map<string, Lists>();

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
    remember(this.#lists, entry.key, lists);
  }

  /** Forgets everything derived of the entry; says what, in words. */
  forget(entry: EffectiveEntry): readonly string[] {
    const forgot: string[] = [];
    if (this.#eras.delete(eraKey(entry))) forgot.push('forgot the protocol era of the endpoint');
    if (this.#lists.delete(entry.key)) forgot.push('forgot the last known lists');
    return forgot;
  }
}

function eraKey(entry: EffectiveEntry): string {
  return isRemote(entry.endpoint) ? entry.endpoint.url : entry.key;
}
