/**
 * The token as its file has it now, for listeners that live longer than one token: rotating it needs no restart.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Redactor } from '../../base/secret.ts';
import { TOKEN_FORM } from './token.ts';

/** What is looked at; both answer at once, because a request waits for them. */
export interface TokenFile {
  /** Something that differs when the file was written anew; `undefined` where it is missing or open to others. */
  mark(): string | undefined;
  text(): string | undefined;
}

/** What a live token is made from. */
export interface LiveTokenDeps {
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly file: TokenFile;
}

/** How long a look at the file is good for: a rotated token counts within that time. */
const LOOK_MS = 100;

/** A function that gives the token of now. Where the file has none, nobody gets in: it gives a text that nobody knows. */
export function liveToken({ clock, redactor, file }: LiveTokenDeps): () => string {
  const nobodys = randomBytes(32).toString('base64url');
  let known = nobodys;
  let seen: string | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const look = (): void => {
    const mark = file.mark();
    if (mark !== undefined && mark === seen) return;
    const text = mark === undefined ? undefined : file.text()?.trim();
    const good = text !== undefined && TOKEN_FORM.test(text);
    seen = good ? mark : undefined;
    known = good ? text : nobodys;
    if (good) redactor.add(known);
  };
  return () => {
    const now = clock.monotonic();
    if (now - lookedAt >= LOOK_MS) {
      lookedAt = now;
      look();
    }
    return known;
  };
}
