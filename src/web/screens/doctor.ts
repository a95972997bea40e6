/**
 * What the doctor found, the worst first.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { Finding } from '../../core/fleet.ts';
import { html } from '../html.ts';
import type { Html, Part } from '../html.ts';
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

function row({ level, check, server, text, hint }: Finding): Html {
  const [word, sign, tone] = LEVELS[level];
  return html`<li>
    <span class="badge is-${tone}">${icon(sign)}<span>${word}</span></span>
    <div>
      <p>
        ${server !== undefined && html`<a href="${serverPath(server)}">${server}</a>: `}${safeLine(text, 600)}
        ${check !== undefined && html`<code>${check}</code>`}
      </p>
      ${hint !== undefined && html`<p class="step"><strong>Next:</strong> ${safeLine(hint, 400)}</p>`}
    </div>
  </li>`;
}

const list = (findings: readonly Finding[]): Html =>
  html`<ul class="findings">
    ${findings.map(row)}
  </ul>`;

function summaryOf(findings: readonly Finding[]): string {
  const bad = findings.filter(({ level }) => level === 'problem' || level === 'warning').length;
  if (findings.length === 0) return 'There was nothing to look at.';
  if (bad === 0) return 'Nothing is wrong that can be seen from here.';
  return `${bad} of ${findings.length} findings ${bad === 1 ? 'wants' : 'want'} a look.`;
}

function goodBlock(good: readonly Finding[], isAlone: boolean): Part {
  if (good.length === 0) return undefined;
  return html`<details class="unloaded" id="good" ${isAlone && html`open=""`}>
    <summary>What is well <span class="count">${good.length}</span></summary>
    ${list(good)}
  </details>`;
}

/** The screen; `name` = it looked at one server. */
export function doctorScreen(findings: readonly Finding[], name?: string): Screen {
  const wanting = ORDER.flatMap((level) => findings.filter((one) => one.level === level && level !== 'ok'));
  const good = findings.filter(({ level }) => level === 'ok');
  const title = name === undefined ? 'Doctor' : `Doctor for ${name}`;
  const crumbs =
    name !== undefined &&
    html`<p class="crumbs"><a href="/">All servers</a> <a href="${serverPath(name)}">${name}</a></p>`;
  return {
    title,
    current: 'doctor',
    body: html`${crumbs}
      <h1>${title}</h1>
      <p class="summary">${summaryOf(findings)}</p>
      ${wanting.length > 0 && list(wanting)} ${goodBlock(good, wanting.length === 0)}`,
  };
}
