/**
 * A sign-in that waits for the person: where to go, what is asked for, and how the answer comes back.
 *
 * @module
 */
import { safeLine, safeText } from '../../base/safe-text.ts';
import type { LoginWaiting } from '../../core/sign-in.ts';
import { row, span } from '../paint/span.ts';
import type { Line } from '../paint/span.ts';
import type { Model, SignInScreen } from '../state/model.ts';
import type { Size } from '../terminal/tty.ts';
import { broken, paragraph, windowOf } from './area.ts';
import type { Body } from './area.ts';
import { countdown } from './words.ts';

const LONGEST_URL = 16_000;

const indented = (lines: readonly Line[]): readonly Line[] => lines.map((line): Line => [span('  '), ...line]);

function scopesText({ scopes, lacking = [] }: LoginWaiting): readonly string[] {
  return [
    scopes.length === 0 ? '' : `Asks for: ${safeLine(scopes.join(' '), 600)}`,
    lacking.length === 0 ? '' : `Not asked for, because the entry pins its scopes: ${safeLine(lacking.join(' '), 600)}`,
  ].filter((text) => text !== '');
}

function textLines(model: Model, screen: SignInScreen, columns: number): readonly Line[] {
  const { waiting, stepUp, browser, refused } = screen;
  const name = safeLine(screen.name, 80);
  const title = stepUp ? `${name} asks for more rights` : `Sign in to ${name}`;
  if (waiting === undefined) return [row(`  ${title}`, 'strong'), row(), row('  Preparing the sign-in …', 'dim')];
  const room = columns - 2;
  return [
    ...indented(paragraph(`${title} at ${safeLine(waiting.issuer, 200)}`, room, 'strong')),
    ...scopesText(waiting).flatMap((text) => indented(paragraph(text, room))),
    row(),
    // From the first column on, so that it can be marked with the mouse.
    ...broken(safeText(waiting.url, LONGEST_URL).replaceAll(/\s/g, ''), columns).map((text) => row(text)),
    row(),
    ...(waiting.userCode === undefined
      ? []
      : [[span('  Code to type there:  '), span(safeLine(waiting.userCode, 40), 'strong')], row()]),
    ...indented(paragraph(browser ?? model.setting.noBrowser ?? 'Opening your browser …', room)),
    ...(waiting.userCode === undefined
      ? indented(
          paragraph(
            waiting.listening
              ? 'If the browser ends on a page that does not load, press p and paste its address.'
              : 'Press p and paste the address on which the browser ends.',
            room,
          ),
        )
      : []),
    ...(refused === undefined ? [] : indented(paragraph(`Not taken: ${safeLine(refused, 400)}`, room, 'bad'))),
  ];
}

function waitingLine({ now }: Model, { waiting, typed }: SignInScreen): Line {
  if (waiting === undefined) return row();
  const left = countdown(waiting.expiresAt, now);
  if (typed === undefined) return [span('  Waiting for you', 'pending'), span(` · ${left} left`)];
  const count = typed === '' ? 'paste the address, it is not shown' : `${typed.length} characters, not shown`;
  return [span('  › ', 'strong'), span(count, 'strong'), span(` · Enter sends, Esc leaves · ${left} left`, 'dim')];
}

/** Draws the sign-in. */
export function signInBody(model: Model, screen: SignInScreen, size: Size): Body {
  const text = textLines(model, screen, size.columns);
  const height = Math.max(1, size.rows - 1);
  const seen = windowOf(text, screen.scroll, height);
  return {
    lines: [...seen, waitingLine(model, screen)],
    cursor: { row: seen.length, column: screen.typed === undefined ? 0 : 4 },
    scroll: { total: text.length, height },
  };
}
