/**
 * The blocks of a server's page that tell facts: connection, login, helper, tools, entry.
 *
 * @module
 */
import { iso } from '../../base/clock.ts';
import { safeLine } from '../../base/safe-text.ts';
import type { NotLoaded } from '../../core/config-model.ts';
import type { HelperRun, Lists } from '../../core/ports.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { html } from '../html.ts';
import type { Html, Part } from '../html.ts';
import { serverPath } from './actions.ts';
import { sinceTime, spanWords, untilTime } from './times.ts';
import type { PathPlace } from './words.ts';
import { clientWords, shortPath, signInWords, sourceWords, toolsWords } from './words.ts';

/** A row of facts; a row without a value is not shown. */
export type Fact = readonly [term: string, value: Part];

/** A titled block. */
export function block(id: string, title: string, body: Part): Html {
  return html`<section class="block" id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${body}
  </section>`;
}

/** Facts in rows. */
export function facts(rows: readonly Fact[]): Html {
  const shown = rows.filter(([, value]) => value !== undefined && value !== false && value !== '');
  return html`<dl class="rows">
    ${shown.map(
      ([term, value]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

const code = (text: string | undefined): Part =>
  text !== undefined && text !== '' && html`<code>${safeLine(text, 600)}</code>`;
const PHASES = {
  startup: 'at the start',
  reconnect: 'after a loss',
  manual: 'because a person asked',
  probe: 'in the background',
} as const;

/** How the server is reached, and what the last contact was. */
export function connectionBlock(snapshot: Snapshot, command: string | undefined, now: number): Html {
  const { transport, endpoint, serverInfo, protocolVersion, era, httpStatus, exitCode, exitSignal, phase } = snapshot;
  return block(
    'connection',
    'Connection',
    facts([
      ['State since', sinceTime(snapshot.since, now)],
      [transport === 'stdio' ? 'Command' : 'Address', code(command ?? endpoint)],
      ['Transport', transport === 'stdio' ? 'standard streams' : transport === 'sse' ? 'HTTP+SSE' : 'Streamable HTTP'],
      ['Server', serverInfo !== undefined && safeLine(`${serverInfo.name} ${serverInfo.version}`, 200)],
      ['Protocol', protocolVersion !== undefined && `${protocolVersion}${era === undefined ? '' : `, ${era}`}`],
      ['Last try', phase !== undefined && PHASES[phase]],
      ['HTTP status', httpStatus],
      ['Ended with', exitSignal ?? (exitCode !== undefined && `exit code ${exitCode}`)],
      ['Redirects to', code(snapshot.redirectTo)],
      // Only what was answered was said; the rest are codes and words of this machine.
      httpStatus === undefined
        ? ['Detail', code(snapshot.detail)]
        : ['It said', snapshot.detail !== undefined && html`<q>${safeLine(snapshot.detail, 600)}</q>`],
    ]),
  );
}

const scopes = (list: readonly string[] | undefined): Part =>
  list !== undefined &&
  list.length > 0 &&
  html`<span class="scopes">${list.map((one) => html`<code>${safeLine(one, 120)}</code> `)}</span>`;

const KINDS = {
  configured: 'its id stands in the entry',
  'metadata-document': 'by its metadata document',
  dynamic: 'registered by itself',
} as const;

/** The login that is held, if one is. */
export function loginBlock(snapshot: Snapshot, now: number): Html {
  const { login, missingScopes, offersOAuth, signIn } = snapshot;
  const held: readonly Fact[] =
    login === undefined
      ? [['Login', offersOAuth || signIn === 'oauth' ? 'none is held' : undefined]]
      : [
          ['Signed in at', code(login.issuer)],
          ['Account', login.profile !== 'default' && safeLine(login.profile, 60)],
          ['Since', sinceTime(login.obtainedAt, now)],
          ['Access ends', login.expiresAt !== undefined && untilTime(login.expiresAt, now)],
          ['Renewed by itself', login.renewable ? 'yes' : 'no: you sign in again when it ends'],
          ['Rights', scopes(login.scopes)],
          ['Client', html`${code(login.clientId)} ${KINDS[login.registration]}`],
          ['State', login.status === 'refused' && 'the authorization server has taken it back'],
          ['Kept', login.unsaved === true && 'in memory only: it could not be written'],
        ];
  return block(
    'login',
    'Sign-in',
    facts([['Kind', signInWords(snapshot)], ...held, ['Rights it lacks', scopes(missingScopes)]]),
  );
}

const OUTCOMES: Readonly<Record<HelperRun['outcome'], string>> = {
  ok: 'gave headers',
  'helper-failed': 'failed',
  'helper-timeout': 'did not end in time',
  'helper-bad-output': 'printed something else than one JSON object of texts',
};

const took = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : spanWords(ms));

/** The last run of the command that makes the headers. */
export function helperBlock(run: HelperRun | undefined, now: number): Html {
  if (run === undefined) return block('helper', 'Helper run', html`<p>It has not run yet. Reconnect runs it.</p>`);
  return block(
    'helper',
    'Helper run',
    html`${facts([
      ['Outcome', OUTCOMES[run.outcome]],
      ['Ran', html`${sinceTime(iso(run.at), now)}, for ${took(run.durationMs)}`],
      ['Exit code', run.exitCode ?? 'none'],
      [
        'Headers',
        run.headerNames.length > 0 &&
          html`${run.headerNames.map((name) => html`<code>${name}</code> `)}(values are never shown)`,
      ],
    ])}
    ${
      run.stderr.length > 0 &&
      html`<h3>Its last words</h3>
        <pre tabindex="0" aria-label="stderr of the helper">
${run.stderr.map((line) => safeLine(line, 400)).join('\n')}</pre>`
    }`,
  );
}

interface Named {
  readonly name: string;
  readonly text: string;
}

function named(item: unknown): Named {
  const { name, title, uri, description } = (item ?? {}) as Readonly<Record<string, unknown>>;
  const first = [name, uri, title].find((value) => typeof value === 'string');
  return {
    name: safeLine(typeof first === 'string' ? first : '(without a name)', 120),
    text: typeof description === 'string' ? safeLine(description, 300) : '',
  };
}

function listOf(title: string, items: readonly unknown[], isOpen: boolean): Part {
  if (items.length === 0) return undefined;
  return html`<details${isOpen && html` open=""`} id="list-${title}"><summary>${items.length} ${title}</summary>
    <ul class="tools">${items.map(named).map(({ name, text }) => html`<li><code>${name}</code>${text !== '' && html` <span>${text}</span>`}</li>`)}</ul>
  </details>`;
}

/** What the server offers. */
export function toolsBlock(snapshot: Snapshot, lists: Lists): Html {
  const { tools, prompts, resources } = lists;
  const isEmpty = tools.length + prompts.length + resources.length === 0;
  const words = toolsWords(snapshot);
  return block(
    'tools',
    'Tools',
    html`${snapshot.listsLastKnown === true && html`<p>These are the lists of an earlier contact.</p>`}
    ${isEmpty && html`<p>${words === '' ? 'Not known before the first contact.' : 'It offers none.'}</p>`}
    ${listOf('tools', tools, tools.length <= 8)}${listOf('prompts', prompts, false)}${listOf('resources', resources, false)}`,
  );
}

/** Where the entry stands. */
export function entryBlock(snapshot: Snapshot, hidden: readonly NotLoaded[], place: PathPlace): Html {
  const { source, name } = snapshot;
  return block(
    'entry',
    'Entry',
    html`${facts([
        ['Stands in', html`<code>${sourceWords(source, place)}</code>`],
        ['As', html`<code>${source.pointer}</code>`],
        ['File of', `${clientWords(source)}, scope ${source.scope}`],
        [
          'Hides',
          hidden.length > 0 &&
            hidden.map((one) => html`<code>${shortPath(one.source.file, place)}:${one.source.line}</code> `),
        ],
      ])}
      <p class="links">
        ${snapshot.transport !== 'stdio' && html`<a href="${serverPath(name, '/edit')}">Edit the entry…</a>`}
        <a href="${serverPath(name, '/reset')}">Start over (reset)…</a>
        <a href="${serverPath(name, '/remove')}">Remove…</a>
      </p>`,
  );
}
