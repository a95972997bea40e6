/**
 * Asks a person at a terminal for a consent: shows where to go, opens the browser, takes a pasted address meanwhile. The
 * first valid answer wins, by whatever door it comes.
 *
 * @module
 */
import { parseIso } from '../../base/clock.ts';
import { HoldfastError, messageOf } from '../../base/errors.ts';
import { safeText } from '../../base/safe-text.ts';
import type { Context } from '../context.ts';
import type { Io } from '../io.ts';
import { styleOf } from '../text/style.ts';
import { wrap } from '../text/wrap.ts';
import { canOpenBrowser, shellKind } from './shell-place.ts';
import { consentLines, waitingText } from './screen.ts';
import type { Consent, ConsentHow } from './screen.ts';
import { waitingLine } from './waiting-line.ts';
import type { WaitingLine } from './waiting-line.ts';

/** The terminal and the way to the browser. */
export interface Asking {
  readonly context: Context;
  readonly io: Io;
  /** `--no-browser`: the address is shown and not opened. */
  readonly noBrowser?: boolean;
}

/** How the answer may come. */
export interface Doors<T> {
  /** The end of what is waited for, by any other door. Ends with `signal`. */
  readonly result: (signal: AbortSignal) => Promise<T>;
  /**
   * Takes a pasted address; `undefined` = taken, and `result` says the rest. `ERR_USAGE` asks once more. Absent where
   * nothing can be pasted.
   */
  readonly paste?: (text: string) => Promise<T | undefined>;
}

/** What was waited for, or that the person gave up. */
export type Asked<T> = { readonly kind: 'answered'; readonly value: T } | { readonly kind: 'interrupted' };

async function browserOf({ context, noBrowser }: Asking, url: string): Promise<ConsentHow['browser']> {
  const { env, machine, openUrl } = context.ports;
  if (noBrowser === true) return 'refused';
  if (!canOpenBrowser(shellKind(env, machine), env, machine.platform)) return 'cannot';
  return (await openUrl(url)) ? 'opened' : 'not-started';
}

const isCode = (error: unknown, code: string): boolean => error instanceof HoldfastError && error.code === code;

function tellWrongPaste(error: unknown, line: WaitingLine, columns: number): void {
  const own = error instanceof HoldfastError ? error.hint : undefined;
  const hint = own ?? 'Paste again, or go on in the browser.';
  for (const text of wrap(safeText(`Not taken: ${messageOf(error)}. ${hint}`, 800), columns)) line.say(text);
}

async function pasting<T>(
  { io }: Asking,
  doors: Required<Doors<T>>,
  about: { readonly line: WaitingLine; readonly result: Promise<T>; readonly signal: AbortSignal },
): Promise<Asked<T>> {
  const { line, result, signal } = about;
  const rest = async (): Promise<Asked<T>> => ({ kind: 'answered', value: await result });
  for (;;) {
    const typed = await io.hidden({ signal, typed: (length) => line.typed(length) });
    line.typed(0);
    if (typed.kind === 'interrupted') return typed;
    if (typed.kind === 'ended') return rest();
    const text = typed.text.trim();
    if (text === '') continue;
    try {
      const value = await doors.paste(text);
      return value === undefined ? await rest() : { kind: 'answered', value };
    } catch (error) {
      // It has ended by another door meanwhile.
      if (isCode(error, 'ERR_LOGIN_UNKNOWN')) return rest();
      if (!isCode(error, 'ERR_USAGE')) throw error;
      tellWrongPaste(error, line, io.columns);
    }
  }
}

/** Asks, and waits for the first answer. Throws what `result` or `paste` throw. */
export async function askPerson<T>(consent: Consent, asking: Asking, doors: Doors<T>): Promise<Asked<T>> {
  const { context, io } = asking;
  const { env, machine } = context.ports;
  const { paste } = doors;
  const browser = await browserOf(asking, consent.url);
  const how = { style: styleOf(io), kind: shellKind(env, machine), env, hostname: machine.hostname(), browser };
  const layout = { ...how, pastes: paste !== undefined, columns: io.columns };
  for (const text of consentLines(consent, layout)) io.err(text);
  const end = new AbortController();
  const signal = AbortSignal.any([end.signal, context.signal]);
  const ends = parseIso(consent.expiresAt);
  const line = waitingLine(io, context.clock, (typed) => waitingText(ends - context.clock.now(), typed));
  const result = doors.result(signal);
  const ways: readonly Promise<Asked<T>>[] = [
    result.then((value) => ({ kind: 'answered', value }) as const),
    ...(paste === undefined ? [] : [pasting(asking, { ...doors, paste }, { line, result, signal })]),
  ];
  try {
    return await Promise.race(ways);
  } catch (error) {
    if (context.signal.aborted) return { kind: 'interrupted' };
    throw error;
  } finally {
    end.abort();
    line.end();
    await Promise.allSettled(ways);
  }
}
