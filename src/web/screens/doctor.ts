/**
 * What the doctor found, the worst first.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { Finding } from '../../core/fleet.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { serverPath } from './actions.ts';
import { icon } from './icons.ts';
import type { IconId } from './icons.ts';
import type { Screen } from './layout.ts';

const LEVELS: Readonly<Record<Finding['level'], readonly [word: string, sign: IconId, tone: string]>> = {
  problem: ['problem', 'failed', 'failed'],
  warning: ['warning', 'needs-auth', 'needs-auth'],
  note: ['note', 'disabled', 'disabled'],
  ok: ['good', 'connected', 'connected'],
};
const ORDER: readonly Finding['level'][] = ['problem', 'warning', 'note', 'ok'];

function row({ level, server, text, hint }: Finding): Html {
  const [word, sign, tone] = LEVELS[level];
  return html`<li>
    <span class="badge is-${tone}">${icon(sign)}<span>${word}</span></span>
    <div>
      <p>${server !== undefined && html`<a href="${serverPath(server)}">${server}</a>: `}${safeLine(text, 600)}</p>
      ${hint !== undefined && html`<p class="step"><strong>Next:</strong> ${safeLine(hint, 400)}</p>`}
    </div>
  </li>`;
}

/** The screen; `name` = it looked at one server. */
export function doctorScreen(findings: readonly Finding[], name?: string): Screen {
  const sorted = ORDER.flatMap((level) => findings.filter((one) => one.level === level));
  const bad = findings.filter(({ level }) => level === 'problem' || level === 'warning').length;
  const title = name === undefined ? 'Doctor' : `Doctor for ${name}`;
  return {
    title,
    current: 'doctor',
    body: html`${name !== undefined && html`<p class="crumbs"><a href="/">All servers</a> <a href="${serverPath(name)}">${name}</a></p>`}
      <h1>${title}</h1>
      <p class="summary">
        ${findings.length === 0 ? 'There was nothing to look at.' : bad === 0 ? 'Nothing is wrong that can be seen from here.' : `${bad} of ${findings.length} findings want a look.`}
      </p>
      <ul class="findings">
        ${sorted.map(row)}
      </ul>`,
  };
}
