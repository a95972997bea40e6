/**
 * What happened to a server: its timeline, and its log with the last lines of stderr.
 *
 * @module
 */
import { safeLine, safeText } from '../../base/safe-text.ts';
import type { LogLine } from '../../core/fleet.ts';
import type { TimelineEntry } from '../../core/snapshot.ts';
import { html } from '../html.ts';
import type { Html, Part } from '../html.ts';
import { block } from './blocks.ts';
import { icon } from './icons.ts';
import { clockTime } from './times.ts';

const MOST_ENTRIES = 60;
const MOST_LINES = 200;

function entry({ at, kind, text, status, httpStatus, durationMs }: TimelineEntry): Html {
  const code = httpStatus === undefined || text.includes(String(httpStatus)) ? '' : `HTTP ${httpStatus}`;
  const took = durationMs === undefined || /\d ?m?s\b/.test(text) ? '' : `${Math.round(durationMs)} ms`;
  const more = [code, took].filter((fact) => fact !== '').join(', ');
  return html`<li class="moment${status !== undefined && ` is-${status}`}" data-kind="${kind}">
    <span class="dot">${status !== undefined && icon(status)}</span>
    ${clockTime(at)}
    <span>${safeLine(text, 400)}${more !== '' && html` <span class="aside">(${more})</span>`}</span>
  </li>`;
}

/** The newest first. */
export function timelineBlock(timeline: readonly TimelineEntry[]): Html {
  const shown = timeline.slice(-MOST_ENTRIES).toReversed();
  return block(
    'timeline',
    'What happened',
    shown.length === 0
      ? html`<p>Nothing yet.</p>`
      : html`<ol class="timeline" reversed="" tabindex="0" aria-label="Timeline, newest first">
          ${shown.map(entry)}
        </ol>`,
  );
}

function line({ at, text }: LogLine): Html {
  return html`<li>${clockTime(at)} <span>${safeText(text, 2_000)}</span></li>`;
}

function linesOf(title: string, label: string, some: readonly LogLine[]): Part {
  if (some.length === 0) return undefined;
  return html`<h3>${title}</h3>
    <div class="log" tabindex="0" role="log" aria-live="off" aria-label="${label}" data-tail="">
      <ol>
        ${some.map(line)}
      </ol>
    </div>`;
}

/** The log; what a process wrote to stderr stands apart, because it says most about why it ended. */
export function logBlock(lines: readonly LogLine[], isProcess: boolean): Part {
  const stderr = lines.filter(({ stream }) => stream === 'stderr').slice(-MOST_LINES);
  const own = lines.filter(({ stream }) => stream === 'log').slice(-MOST_LINES);
  const isEmpty = stderr.length + own.length === 0;
  // What a remote server reports stands in its timeline.
  if (isEmpty && !isProcess) return undefined;
  return block(
    'log',
    'Log',
    html`${isEmpty && html`<p>Nothing was written to stderr.</p>`}
    ${linesOf('stderr', 'Standard error of the process', stderr)}${linesOf('Messages', 'Messages of the server', own)}`,
  );
}
