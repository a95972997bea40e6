/**
 * The frame of every screen: head, navigation, what was said last, foot.
 *
 * @module
 */
import type { Note } from '../guard/notes.ts';
import { html } from '../html.ts';
import type { Html, Part } from '../html.ts';
import { icon } from './icons.ts';

/** What every screen is told. */
export interface Frame {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Empty for a browser that was not let in. */
  readonly csrf: string;
  /** The person's home: paths are shortened by it. */
  readonly home: string;
  /** How this person types this program. */
  readonly program: string;
  /** Goes after every command that the person is told to type: `--config FILE`, `--profile NAME`. */
  readonly suffix: string;
  /** What was said after the last action. */
  readonly note?: Note | undefined;
  /** For whom the page speaks, e.g. `daemon pid 4711, version 0.1.0`. */
  readonly owner?: string;
  /** The project whose files are read beside the person's own. */
  readonly project?: string;
}

/** One screen. */
export interface Screen {
  readonly title: string;
  readonly current?: 'servers' | 'add' | 'doctor';
  readonly body: Html;
  /** The page follows the fleet while it is shown. */
  readonly isLive?: boolean;
}

const NAVIGATION = [
  ['servers', '/', 'Servers'],
  ['add', '/add', 'Add a server'],
  ['doctor', '/doctor', 'Doctor'],
] as const;

function head({ title, isLive = false }: Screen): Html {
  return html`<head>
    <meta charset="utf-8" />
    <title>${title} · Holdfast</title>
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/assets/page.css" />
    ${isLive && html`<script src="/assets/page.js" type="module"></script>`}
  </head>`;
}

function navigation({ current }: Screen): Html {
  return html`<nav aria-label="Main">
    <ul>
      ${NAVIGATION.map(
        ([id, href, label]) =>
          html`<li><a href="${href}" ${id === current && html` aria-current="page"`}>${label}</a></li>`,
      )}
    </ul>
  </nav>`;
}

const TONES: Readonly<Record<Note['tone'], string>> = { done: 'Done', working: 'Under way', problem: 'Not done' };

/** What was said after an action. */
export function noteBlock(note: Note | undefined): Part {
  if (note === undefined) return undefined;
  const [first = '', ...rest] = note.lines;
  return html`<div class="note is-${note.tone}" id="note" role="${note.tone === 'problem' ? 'alert' : 'status'}">
    <p><strong>${TONES[note.tone]}.</strong> ${first}</p>
    ${
      rest.length > 0 &&
      html`<ul>
        ${rest.map((line) => html`<li>${line}</li>`)}
      </ul>`
    }
  </div>`;
}

function foot({ owner, project, csrf }: Frame): Html {
  return html`<footer>
    <p>
      ${owner !== undefined && html`<span>${owner}</span>`}
      ${project !== undefined && html`<span>project <code>${project}</code></span>`}
    </p>
    ${csrf !== '' && html`<form method="post" action="/leave">${hiddenCsrf(csrf)}<button class="quiet">Close this page</button></form>`}
  </footer>`;
}

/** The proof that a form is one of ours. */
export function hiddenCsrf(csrf: string): Html {
  return html`<input type="hidden" name="csrf" value="${csrf}" />`;
}

/** The whole document. */
export function documentOf(frame: Frame, screen: Screen): string {
  const isIn = frame.csrf !== '';
  return html`<!doctype html>
<html lang="en">
  ${head(screen)}
  <body${screen.isLive === true && html` data-live=""`}>
    <a class="skip" href="#main">Skip to the content</a>
    <header class="top">
      <a class="brand" href="/">${icon('mark')}<span>Holdfast</span></a>
      ${isIn && navigation(screen)}
    </header>
    ${screen.isLive === true && html`<p class="lost">The connection to Holdfast is lost; what is shown may be old.</p>`}
    <main id="main" tabindex="-1">${noteBlock(frame.note)}${screen.body}</main>
    ${foot(frame)}
    <p id="announce" class="unseen" role="status" aria-live="polite"></p>
  </body>
</html>
`.toString();
}
