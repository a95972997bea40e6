/**
 * The list of all servers, whatever file they come from: first what needs a person.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { SourcesReport } from '../../core/fleet.ts';
import { STATUSES } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { html } from '../html.ts';
import type { Html, Part } from '../html.ts';
import { actionButton, serverPath } from './actions.ts';
import { findText, groupsOf, matches, summaryOf } from './groups.ts';
import type { Grouping, Group } from './groups.ts';
import { icon, statusBadge } from './icons.ts';
import type { Frame, Screen } from './layout.ts';
import { sinceTime, untilTime } from './times.ts';
import {
  clientWords,
  factsOf,
  sentenceOf,
  shortPath,
  signInWords,
  sourceWords,
  stepOf,
  toolsWords,
  commandFor,
} from './words.ts';

/** What the list is made from. */
export interface ListData {
  readonly snapshots: readonly Snapshot[];
  readonly sources: SourcesReport;
  /** What a person looks for. */
  readonly filter: { readonly text: string; readonly status: string; readonly by: Grouping };
}

function retryWords({ nextRetryAt }: Snapshot, now: number): Part {
  return nextRetryAt !== undefined && html` <span class="retry">Next try ${untilTime(nextRetryAt, now)}.</span>`;
}

/** Nothing is to be said of what works. */
const isWell = ({ status, stepUp, reason }: Snapshot): boolean =>
  status === 'connected' && stepUp === undefined && reason === undefined;

function words(snapshot: Snapshot, now: number): Part {
  if (isWell(snapshot)) return undefined;
  const step = stepOf(snapshot);
  return html`<p class="why">
      ${sentenceOf(snapshot)}${factsOf(snapshot).map((fact) => html` <code>${fact}</code>`)}${retryWords(snapshot, now)}
    </p>
    ${step !== undefined && html`<p class="step"><strong>Next:</strong> ${step}</p>`}`;
}

function particulars(snapshot: Snapshot, frame: Frame): Html {
  const { since, source } = snapshot;
  const tools = toolsWords(snapshot);
  const rows: readonly (readonly [id: string, term: string, value: Part])[] = [
    ['sign-in', 'Sign-in', signInWords(snapshot)],
    ['tools', 'Tools', tools !== '' && tools],
    ['since', 'since', sinceTime(since, frame.now)],
    ['source', 'from', html`${clientWords(source)} <code>${sourceWords(source, frame)}</code>`],
  ];
  return html`<dl class="facts">
    ${rows.map(
      ([id, term, value]) =>
        value !== false &&
        html`<div class="${id}">
          <dt>${term}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** The address of this list. */
export function listPath({ text, status, by }: ListData['filter']): string {
  const query = new URLSearchParams({
    ...(text === '' ? {} : { find: text }),
    ...(status === '' ? {} : { status }),
    ...(by === 'need' ? {} : { by }),
  });
  return query.size === 0 ? '/' : `/?${query.toString()}`;
}

function row(snapshot: Snapshot, frame: Frame, back: string): Html {
  const { name, status, next } = snapshot;
  const [first] = next;
  const style = { csrf: frame.csrf, isFirst: needsSomebody(snapshot), back };
  return html`<li class="server is-${status}" id="server-${name}" data-find="${findText(snapshot)}">
    <div class="what">
      <h3><a href="${serverPath(name)}">${name}</a></h3>
      ${statusBadge(status)} ${words(snapshot, frame.now)} ${particulars(snapshot, frame)}
    </div>
    <div class="act">${first !== undefined && actionButton(first, snapshot, style)}</div>
  </li>`;
}

const needsSomebody = ({ status, stepUp }: Snapshot): boolean =>
  (status !== 'connected' && status !== 'disabled') || stepUp !== undefined;

function groupBlock({ id, title, servers }: Group, frame: Frame, back: string): Html {
  return html`<section class="group" id="group-${id}" aria-labelledby="title-${id}">
    <h2 id="title-${id}">${title} <span class="count">${servers.length}</span></h2>
    <ul class="servers">
      ${servers.map((one) => row(one, frame, back))}
    </ul>
  </section>`;
}

const option = (value: string, label: string, chosen: string): Html =>
  html`<option value="${value}" ${value === chosen && html` selected=""`}>${label}</option>`;

function filterForm({ text, status, by }: ListData['filter']): Html {
  return html`<form class="filter" method="get" action="/" role="search" aria-label="Filter the servers" data-filter="">
    <label
      >Find
      <input
        type="search"
        name="find"
        value="${text}"
        placeholder="name, reason, file"
        autocomplete="off"
        spellcheck="false"
    /></label>
    <label
      >Status
      <select name="status">
        ${option('', 'any', status)}${STATUSES.map((one) => option(one, one, status))}
      </select></label
    >
    <label
      >Group by
      <select name="by">
        ${option('need', 'who needs you', by)}${option('file', 'file', by)}
      </select></label
    >
    <button class="button">Show</button>
  </form>`;
}

function empty({ filter, snapshots }: ListData, frame: Frame): Html {
  if (snapshots.length > 0)
    return html`<div class="empty">
      <h2>No server matches</h2>
      <p>
        ${filter.text !== '' ? html`Nothing has “${filter.text}” in its name, reason or file.` : html`No server is ${filter.status}.`}
      </p>
      <p><a class="button" href="/">Show all ${snapshots.length}</a></p>
    </div>`;
  return html`<div class="empty">
    ${icon('mark')}
    <h2>No servers yet</h2>
    <p>
      Holdfast shows every MCP server that Claude Code, a project’s <code>.mcp.json</code> or its own file names. It has
      found none from here.
    </p>
    <p><a class="button first" href="/add">Add a server…</a></p>
    <p class="aside">
      In a terminal: <code>${commandFor(frame, 'add NAME URL')}</code>, or <code>${frame.program} demo</code> for
      servers to try things on.
    </p>
  </div>`;
}

function notLoaded({ sources: { notLoaded: lines, files } }: ListData, frame: Frame): Part {
  const broken = files.filter(({ problem }) => problem !== undefined);
  const count = lines.length + broken.length;
  if (count === 0) return undefined;
  return html`<details class="unloaded" id="unloaded" ${broken.length > 0 && html` open=""`}>
    <summary>Not loaded <span class="count">${count}</span></summary>
    <ul>
      ${broken.map(
        ({ path, problem }) =>
          html`<li>
            ${icon('file')}
            <div>
              <p><code>${shortPath(path, frame)}</code> cannot be read whole.</p>
              <p>${safeLine(problem ?? '', 400)}</p>
            </div>
          </li>`,
      )}
      ${lines.map(
        ({ name, source, text, approval }) =>
          html`<li>
            ${icon('disabled')}
            <div>
              <p><strong>${name}</strong> in <code>${sourceWords(source, frame)}</code></p>
              <p>${safeLine(text, 400)}</p>
              ${approval !== undefined && html`<p><a href="${serverPath(name, '/approve')}">Approve ${name}…</a></p>`}
            </div>
          </li>`,
      )}
    </ul>
  </details>`;
}

/** The screen. */
export function listScreen(data: ListData, frame: Frame): Screen {
  const { snapshots, filter } = data;
  const shown = snapshots.filter((one) => matches(one, filter));
  return {
    title: 'Servers',
    current: 'servers',
    isLive: true,
    body: html`<div class="title">
        <h1>Servers</h1>
        <p class="summary" id="summary">${summaryOf(snapshots)}</p>
      </div>
      ${snapshots.length > 0 && filterForm(filter)}
      <div id="servers">
        ${shown.length === 0 ? empty(data, frame) : groupsOf(shown, filter.by, frame).map((group) => groupBlock(group, frame, listPath(filter)))}
      </div>
      ${notLoaded(data, frame)}`,
  };
}
