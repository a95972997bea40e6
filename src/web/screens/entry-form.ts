/**
 * The forms that add and edit a remote server. Entries that run commands are neither added nor edited here.
 *
 * @module
 */
import type { RemoteEndpoint } from '../../core/entry.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { html } from '../html.ts';
import type { Html, Part } from '../html.ts';
import { serverPath } from './actions.ts';
import { codeFields } from './ask.ts';
import { hiddenCsrf } from './layout.ts';
import type { Frame, Screen } from './layout.ts';
import { clientWords, sourceWords, commandFor } from './words.ts';

/** What was typed before, where the form is shown again. */
export type Typed = Readonly<Record<string, string>>;

interface Field {
  readonly name: string;
  readonly label: string;
  readonly help?: Part;
  readonly value?: string;
  readonly type?: string;
  readonly placeholder?: string;
  readonly isRequired?: boolean;
  /** What may be typed, and how that is said in words. */
  readonly pattern?: readonly [pattern: string, words: string];
}

function field({
  name,
  label,
  help,
  value = '',
  type = 'text',
  placeholder = '',
  isRequired = false,
  pattern,
}: Field): Html {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      value="${value}"
      placeholder="${placeholder}"
      autocomplete="off"
      spellcheck="false"
      ${isRequired && html` required=""`}${pattern !== undefined && html` pattern="${pattern[0]}" title="${pattern[1]}"`}${help !== undefined && html` aria-describedby="${name}-help"`}
    />
    ${help !== undefined && html`<p class="help" id="${name}-help">${help}</p>`}
  </div>`;
}

const choice = (value: string, label: string, chosen: string): Html =>
  html`<option value="${value}" ${value === chosen && html` selected=""`}>${label}</option>`;

function transportField(chosen: string): Html {
  return html`<div class="field">
    <label for="type">Transport</label>
    <select id="type" name="type">
      ${choice('http', 'Streamable HTTP', chosen)}${choice('sse', 'HTTP+SSE, as of 2024', chosen)}${choice('', 'find out', chosen)}
    </select>
  </div>`;
}

const HEADER_HELP = html`<code>\${NAME}</code> takes the value of a variable, so that no secret stands in the file.`;

function newHeader(typed: Typed): Html {
  return html`<fieldset>
    <legend>A header to send</legend>
    <div class="pair">
      ${field({ name: 'header-name', label: 'Name', value: typed['header-name'] ?? '', placeholder: 'Authorization' })}
      ${field({ name: 'header-value', label: 'Value', type: 'password', placeholder: 'Bearer ${MY_TOKEN}', help: HEADER_HELP })}
    </div>
  </fieldset>`;
}

function oauthFields(clientId: string, scopes: string): Html {
  return html`<details id="oauth" ${(clientId !== '' || scopes !== '') && html` open=""`}>
    <summary>Sign-in settings</summary>
    ${field({ name: 'client-id', label: 'Client id', value: clientId, help: 'Only where the authorization server has given you one; else Holdfast registers itself.' })}
    ${field({ name: 'scopes', label: 'Scopes', value: scopes, help: 'Exactly these are asked for, separated by blanks. Empty: what the server asks for.' })}
  </details>`;
}

const SCOPES = [
  ['own', 'Holdfast’s own file'],
  ['user', 'Claude Code’s file, for all your projects'],
  ['project', '.mcp.json of this project, for everybody who works on it'],
] as const;

function problemBlock(problem: string | undefined): Part {
  return (
    problem !== undefined &&
    html`<div class="note is-problem" role="alert">
      <p><strong>Not done.</strong> ${problem}</p>
    </div>`
  );
}

/** Adds a remote server. */
export function addScreen(typed: Typed, problem: string | undefined, frame: Frame): Screen {
  const scope = typed['scope'] ?? 'own';
  return {
    title: 'Add a server',
    current: 'add',
    body: html`<h1>Add a server</h1>
      ${problemBlock(problem)}
      <form class="stack" method="post" action="/add">
        ${hiddenCsrf(frame.csrf)}
        ${field({ name: 'name', label: 'Name', value: typed['name'] ?? '', isRequired: true, pattern: ['[A-Za-z0-9._:\\-]+', 'letters, digits and - _ . :'], placeholder: 'notion', help: 'Letters, digits and - _ . :' })}
        ${field({ name: 'url', label: 'Address', type: 'url', value: typed['url'] ?? '', isRequired: true, placeholder: 'https://mcp.example.com/mcp' })}
        ${transportField(typed['type'] ?? 'http')} ${newHeader(typed)}
        ${oauthFields(typed['client-id'] ?? '', typed['scopes'] ?? '')}
        <div class="field">
          <label for="scope">Write it into</label>
          <select id="scope" name="scope">
            ${SCOPES.filter(([id]) => id !== 'project' || frame.project !== undefined).map(([id, label]) => choice(id, label, scope))}
          </select>
        </div>
        <p class="go"><button class="button first">Add it</button> <a class="button" href="/">Leave it</a></p>
      </form>
      <p class="aside">
        A server that runs a command on your machine is added in the terminal, where nobody but you types:
        <code>${frame.program} add NAME -- COMMAND</code>
      </p>`,
  };
}

/** What the edit form is made from. */
export interface EditData {
  readonly snapshot: Snapshot;
  /** The entry as it stands in the file; absent where it runs a command, or cannot be read. */
  readonly endpoint: RemoteEndpoint | undefined;
  readonly typed: Typed;
  readonly problem: string | undefined;
  /** The change needs a code of the terminal; it is shown there now. */
  readonly needsCode: boolean;
}

function crumbs(name: string): Html {
  return html`<p class="crumbs"><a href="/">All servers</a> <a href="${serverPath(name)}">${name}</a></p>`;
}

/** Where a click may not change anything: how it is done in the terminal. */
function inTerminal({ snapshot: { name, source } }: EditData, frame: Frame): Html {
  return html`<p>
      This entry runs a command on your machine, or cannot be read. It is changed in the terminal, or in its file.
    </p>
    <p class="type">Type <code>${commandFor(frame, `edit ${name}`)}</code></p>
    <p>It opens <code>${sourceWords(source, frame)}</code> in your editor.</p>`;
}

/** A part of a path that looks like a key: letters and digits mixed, and long. */
function looksRandom(part: string): boolean {
  const runs = part.match(/[\dA-Za-z+]{16,}/g) ?? [];
  return runs.some((run) => (run.match(/\d/g) ?? []).length >= 2 && /[a-z]/i.test(run));
}

/** A url without anything in it that could be a secret; empty where there is. */
export function openUrl(url: string): string {
  if (url.split('/').slice(3).some(looksRandom)) return '';
  if (/\$\{/.test(url) && !/[?@]/.test(url)) return url;
  if (!URL.canParse(url)) return '';
  const { username, password, search } = new URL(url);
  return username === '' && password === '' && search === '' ? url : '';
}

function headerRows({ headers }: RemoteEndpoint): Part {
  const names = Object.keys(headers);
  if (names.length === 0) return undefined;
  return html`<fieldset>
    <legend>Headers of the entry</legend>
    ${names.map(
      (name, index) =>
        html`<div class="pair">
          ${field({ name: `keep-${index}`, label: name, type: 'password', placeholder: 'unchanged', help: 'Its value is not shown. Type one to change it.' })}
          <div class="field tick">
            <input type="checkbox" id="drop-${index}" name="drop-${index}" value="yes" />
            <label for="drop-${index}">Remove <span class="unseen">the header ${name}</span></label>
          </div>
        </div>`,
    )}
  </fieldset>`;
}

/** Whether the file belongs to another program or to the project: then it is changed only where a person says so. */
export function isForeign({ source: { scope } }: Snapshot): boolean {
  return scope !== 'own';
}

function editForm(
  { snapshot, endpoint, typed, needsCode }: EditData & { readonly endpoint: RemoteEndpoint },
  frame: Frame,
): Html {
  const { name, source } = snapshot;
  const shown = openUrl(endpoint.url);
  const { clientId = '', scopes = '' } = endpoint.oauth ?? {};
  const url = typed['url'] ?? shown;
  return html`<form class="stack" method="post" action="${serverPath(name, '/edit')}">
    ${hiddenCsrf(frame.csrf)}
    ${field({ name: 'url', label: 'Address', type: shown === '' || shown.includes('${') ? 'text' : 'url', value: url, isRequired: shown !== '', placeholder: shown === '' ? 'unchanged (it holds something that is not shown)' : '' })}
    ${transportField(typed['type'] ?? (endpoint.kind === 'auto' ? '' : endpoint.kind))} ${headerRows(endpoint)}
    ${newHeader(typed)} ${oauthFields(typed['client-id'] ?? clientId, typed['scopes'] ?? scopes)}
    ${
      isForeign(snapshot) &&
      html`<div class="field tick">
        <input
          type="checkbox"
          id="foreign"
          name="foreign"
          value="yes"
          required=""
          ${typed['foreign'] === 'yes' && html` checked=""`}
        />
        <label for="foreign"
          >Change the file of ${clientWords(source)}, <code>${sourceWords(source, frame)}</code></label
        >
      </div>`
    }
    ${
      needsCode &&
      html`<div class="panel">
        <h2>Its headers would go to another machine</h2>
        <p>
          That is not done by a click alone. A code for exactly this is shown in your terminal now. Type header values
          again: they are not shown here.
        </p>
        ${codeFields(true, 'The code in the terminal of “holdfast ui”')}
      </div>`
    }
    <p class="go">
      <button class="button first">Save</button> <a class="button" href="${serverPath(name)}">Leave it</a>
    </p>
  </form>`;
}

/** Edits a remote server. */
export function editScreen(data: EditData, frame: Frame): Screen {
  const { snapshot, endpoint, problem } = data;
  return {
    title: `Edit ${snapshot.name}`,
    current: 'servers',
    body: html`${crumbs(snapshot.name)}
      <h1>Edit ${snapshot.name}</h1>
      ${problemBlock(problem)}
      ${endpoint === undefined ? inTerminal(data, frame) : editForm({ ...data, endpoint }, frame)}`,
  };
}
