/**
 * What is shown where a screen cannot be made.
 *
 * @module
 */
import { HoldfastError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { html } from '../html.ts';
import type { Part } from '../html.ts';
import { htmlReply } from '../http/reply.ts';
import type { Reply } from '../http/reply.ts';
import { serverPath } from '../screens/actions.ts';
import { documentOf } from '../screens/layout.ts';
import type { Frame } from '../screens/layout.ts';
import { messageScreen } from '../screens/messages.ts';
import { errorNote } from './outcome.ts';

/** What was not foreseen may hold anything, so it goes to the log alone. */
const UNEXPECTED = 'Something unexpected happened; the log says what.';
const HOME = html`<p><a class="button" href="/">All servers</a></p>`;

function nearestTo({ data }: HoldfastError): Part {
  const near: readonly unknown[] = Array.isArray(data['nearest']) ? data['nearest'] : [];
  const names = near.filter((name) => typeof name === 'string');
  if (names.length === 0) return undefined;
  return html`<p>
    Did you mean ${names.map((name, at) => html`${at > 0 && ' or '}<a href="${serverPath(name)}">${name}</a>`)}?
  </p>`;
}

/** The answer for an error of the fleet. */
export function failedReply(error: unknown, frame: Frame, logger: Logger): Reply {
  if (error instanceof HoldfastError && error.code === 'ERR_SERVER_UNKNOWN') {
    const more = html`${nearestTo(error)}${HOME}`;
    const screen = messageScreen({ title: 'No such server', icon: 'disabled', text: errorNote(error).lines[0], more });
    return htmlReply(documentOf(frame, screen), 404);
  }
  if (!(error instanceof HoldfastError)) logger.error({ error }, 'the page met an unexpected error');
  const text = error instanceof HoldfastError ? errorNote(error).lines.join(' ') : UNEXPECTED;
  const screen = messageScreen({ title: 'This could not be shown', icon: 'failed', text, more: HOME });
  return htmlReply(documentOf(frame, screen), 500);
}
