/**
 * Who has opened the page: a single-use code becomes a cookie, and a cookie becomes a session (BEHAVIOUR §11).
 *
 * @module
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { Notes } from './notes.ts';

/** How long an opening code is good for. */
export const OPENING_MS = 60_000;
/** A browser that has not been seen for so long has to be opened anew. */
const IDLE_MS = 12 * 3_600_000;
const MOST_SESSIONS = 50;
const MOST_CODES = 20;

/** A browser that was let in. */
export interface Session {
  /** Goes with every form; another page cannot know it. */
  readonly csrf: string;
  /** What was said after actions. */
  readonly notes: Notes;
  /** Distinguishes sessions in this process; never sent. */
  readonly id: string;
}

interface Kept extends Session {
  seenAt: number;
}

const secret = (): string => randomBytes(32).toString('base64url');
// Looked up by its hash, so that the time of a lookup tells nothing of the values that are kept.
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Compares without telling by its time how much was right. */
export function sameText(given: string, wanted: string): boolean {
  return timingSafeEqual(Buffer.from(digest(given)), Buffer.from(digest(wanted)));
}

/** The sessions of one page. They live in memory: the end of the owner ends them. */
export class Sessions {
  readonly #clock: Clock;
  /** By the hash of the code: until when it is good. */
  readonly #codes = new Map<string, number>();
  /** By the hash of the cookie. */
  readonly #sessions = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new opening code, good once and for `OPENING_MS`. */
  code(): string {
    const code = secret();
    this.#codes.set(digest(code), this.#clock.now() + OPENING_MS);
    forgetOldest(this.#codes, MOST_CODES);
    return code;
  }

  /** The value of a new cookie; `undefined` for a code that is unknown, used or too old. */
  open(code: string): string | undefined {
    const key = digest(code);
    const until = this.#codes.get(key);
    this.#codes.delete(key);
    if (until === undefined || until < this.#clock.now()) return undefined;
    const cookie = secret();
    const session = { id: secret(), csrf: secret(), notes: new Notes(this.#clock), seenAt: this.#clock.now() };
    this.#sessions.set(digest(cookie), session);
    forgetOldest(this.#sessions, MOST_SESSIONS);
    return cookie;
  }

  /** The session of a cookie, if it is one of ours and alive. */
  find(cookie: string | undefined): Session | undefined {
    if (cookie === undefined) return undefined;
    const key = digest(cookie);
    const found = this.#sessions.get(key);
    if (found === undefined) return undefined;
    const now = this.#clock.now();
    if (now - found.seenAt > IDLE_MS) {
      this.#sessions.delete(key);
      return undefined;
    }
    found.seenAt = now;
    return found;
  }

  /** Ends the session of a cookie. */
  leave(cookie: string | undefined): void {
    if (cookie !== undefined) this.#sessions.delete(digest(cookie));
  }
}

function forgetOldest(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
