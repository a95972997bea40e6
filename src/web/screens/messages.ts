/**
 * Screens that say one thing: the page is locked, something is not there, something went wrong, a sign-in has ended.
 *
 * @module
 */
import { html } from '../html.ts';
import type { Part } from '../html.ts';
import { icon } from './icons.ts';
import type { IconId } from './icons.ts';
import type { Screen } from './layout.ts';
import { commandFor } from './words.ts';
import type { Typist } from './words.ts';

/** One thing to say. */
export interface Message {
  readonly title: string;
  readonly icon?: IconId;
  readonly text: Part;
  readonly more?: Part;
}

/** The screen of a message. */
export function messageScreen({ title, icon: sign = 'mark', text, more }: Message): Screen {
  return {
    title,
    body: html`<div class="message">
      ${icon(sign)}
      <h1>${title}</h1>
      <p>${text}</p>
      ${more}
    </div>`,
  };
}

/** For a browser that was not let in. */
export function lockedScreen(typist: Typist): Screen {
  return messageScreen({
    title: 'This page is locked',
    icon: 'needs-auth',
    text: html`It opens only from your own terminal, so that no other page and no other person can use it.`,
    more: html`<p class="type">Type <code>${commandFor(typist, 'ui')}</code></p>
      <p class="aside">
        It opens this page with a code that works once, for one minute. If you came here by a link that worked before,
        the page was closed or its owner was restarted since.
      </p>`,
  });
}

/** For an opening code that is not good. */
export function staleCodeScreen(typist: Typist): Screen {
  return messageScreen({
    title: 'This code was used, or is too old',
    icon: 'needs-auth',
    text: html`An opening code works once, for one minute.`,
    more: html`<p class="type">Type <code>${commandFor(typist, 'ui')}</code> for a new one.</p>
      <p class="aside">If the page is open in this browser already, <a href="/">go on there</a>.</p>`,
  });
}

/** For an address at which nothing is. */
export function missingScreen(): Screen {
  return messageScreen({
    title: 'There is nothing here',
    icon: 'disabled',
    text: html`The address leads to no screen of this page.`,
    more: html`<p><a class="button" href="/">All servers</a></p>`,
  });
}
