/**
 * Screens that ask before something is done: approval, reset, clear authentication, remove.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { ApprovalView } from '../../core/fleet.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { APPROVAL_LINE } from '../../core/telling.ts';
import { html } from '../html.ts';
import type { Html, Part } from '../html.ts';
import { serverPath } from './actions.ts';
import { statusBadge } from './icons.ts';
import { hiddenCsrf } from './layout.ts';
import type { Frame, Screen } from './layout.ts';
import { sourceWords, commandFor } from './words.ts';

/** An approval, and whether it needs the code of the terminal. */
export interface ApproveData {
  readonly snapshot: Snapshot;
  readonly approval: ApprovalView;
  /** It runs a command, a helper or a script. */
  readonly needsCode: boolean;
  /** A code is shown in the terminal now. */
  readonly isAsked: boolean;
}

const lines = (title: string, id: string, list: readonly string[]): Part =>
  list.length > 0 &&
  html`<h2 id="${id}">${title}</h2>
    <ul class="exact" aria-labelledby="${id}">
      ${list.map((line) => html`<li><code>${safeLine(line, APPROVAL_LINE)}</code></li>`)}
    </ul>`;

/** A button that has the code shown, and the field for it. */
export function codeFields(isAsked: boolean, label: string): Html {
  return html`<div class="field">
    <label for="code">${label}</label>
    <input
      id="code"
      name="code"
      inputmode="numeric"
      autocomplete="one-time-code"
      pattern="[0-9 ]{6,8}"
      placeholder="123 456"
      size="9"
      ${isAsked && html` autofocus=""`}
      required=""
      aria-describedby="code-help"
    />
    <p class="help" id="code-help">It is good for three minutes and three tries, for exactly what is shown here.</p>
  </div>`;
}

function approveForm({ snapshot, approval, needsCode, isAsked }: ApproveData, { csrf }: Frame): Html {
  const hash = approval.hash ?? '';
  const hidden = html`${hiddenCsrf(csrf)}<input type="hidden" name="hash" value="${hash}" />`;
  const approve = serverPath(snapshot.name, '/approve');
  if (!needsCode)
    return html`<form method="post" action="${approve}" data-act="">
      ${hidden}<button class="button first">Approve exactly this</button>
    </form>`;
  return html`<h2>To agree, read a code in your terminal</h2>
    <p>What runs a command on your machine is not approved by a click alone.</p>
    <form method="post" action="${approve}/code" data-act="">
      ${hidden}<button class="button${!isAsked && ' first'}">
        ${isAsked ? 'Show another code' : 'Show a code in the terminal'}
      </button>
    </form>
    ${isAsked && html`<form method="post" action="${approve}" data-act="">${hidden}${codeFields(true, 'The code in the terminal of “holdfast ui”')}<button class="button first">Approve exactly this</button></form>`}`;
}

/** What an entry of a project would run or contact, whole, before it is approved. */
export function approveScreen(data: ApproveData, frame: Frame): Screen {
  const { snapshot, approval } = data;
  const { name, source } = snapshot;
  const isOpen = approval.state === 'awaiting' || approval.state === 'changed' || approval.state === 'rejected';
  return {
    title: `Approve ${name}`,
    current: 'servers',
    body: html`<p class="crumbs"><a href="/">All servers</a> <a href="${serverPath(name)}">${name}</a></p>
      <h1>Approve ${name}?</h1>
      <p>
        ${statusBadge(snapshot.status)} <code>${sourceWords(source, frame)}</code> stands in a file that came with the
        project, not from you.
      </p>
      ${lines('What it would do', 'would', approval.summary)}
      ${lines('What differs from what you approved', 'differs', approval.difference)}
      ${isOpen ? approveForm(data, frame) : html`<p>${approval.state === 'approved' ? 'It is approved already.' : 'It needs no approval.'}</p>`}
      ${isOpen && approval.state !== 'rejected' && html`<form method="post" action="${serverPath(name, '/reject')}" data-act="">${hiddenCsrf(frame.csrf)}<button class="button">Reject it</button></form>`}
      <p class="aside">
        In a terminal: <code>${commandFor(frame, `approve ${name} --hash ${approval.hash ?? 'H'}`)}</code>
      </p>`,
  };
}

/** A question with a form. */
export interface Question {
  readonly title: string;
  readonly text: Part;
  readonly path: string;
  readonly fields?: Part;
  readonly button: string;
}

/** A question, with a way back. */
export function questionScreen(snapshot: Snapshot, question: Question, frame: Frame): Screen {
  const { name } = snapshot;
  return {
    title: question.title,
    current: 'servers',
    body: html`<p class="crumbs"><a href="/">All servers</a> <a href="${serverPath(name)}">${name}</a></p>
      <h1>${question.title}</h1>
      <p>${question.text}</p>
      <form class="stack" method="post" action="${serverPath(name, question.path)}" data-act="">
        ${hiddenCsrf(frame.csrf)}${question.fields}
        <p class="go">
          <button class="button first">${question.button}</button>
          <a class="button" href="${serverPath(name)}">Leave it</a>
        </p>
      </form>`,
  };
}

const tick = (name: string, label: string, help: string): Html =>
  html`<div class="field tick">
    <input type="checkbox" id="${name}" name="${name}" value="yes" aria-describedby="${name}-help" />
    <label for="${name}">${label}</label>
    <p class="help" id="${name}-help">${help}</p>
  </div>`;

/** Forgets what was derived, and contacts the server as if it had never been met. */
export function resetScreen(snapshot: Snapshot, frame: Frame): Screen {
  const isRemote = snapshot.transport !== 'stdio';
  return questionScreen(
    snapshot,
    {
      title: `Start over with ${snapshot.name}`,
      text: 'It is contacted as if Holdfast had never met it: what was found out about it and its cached lists are forgotten. Your login is kept, unless you tick it.',
      path: '/reset',
      fields:
        isRemote &&
        html`${tick('client', 'Also register anew', 'Forgets the client that Holdfast registered at the authorization server.')}
        ${tick('credentials', 'Also forget the login', 'Only on this machine; “Clear authentication” tells the authorization server, too.')}`,
      button: 'Reset',
    },
    frame,
  );
}

/** Forgets the login, there too. */
export function clearScreen(snapshot: Snapshot, frame: Frame): Screen {
  const at = snapshot.login === undefined ? 'the authorization server' : safeLine(snapshot.login.issuer, 200);
  return questionScreen(
    snapshot,
    {
      title: `Clear the authentication of ${snapshot.name}`,
      text: html`The login is taken back at ${at} and forgotten here. You sign in again to use the server.`,
      path: '/clear-authentication',
      button: 'Clear authentication',
    },
    frame,
  );
}

/** Takes the entry out of its file. */
export function removeScreen(snapshot: Snapshot, frame: Frame): Screen {
  const at = sourceWords(snapshot.source, frame);
  return questionScreen(
    snapshot,
    {
      title: `Remove ${snapshot.name}`,
      text: html`The entry is taken out of <code>${at}</code>. Its login is kept; clear the authentication first if you
        want that gone, too.`,
      path: '/remove',
      button: `Remove it from the file`,
    },
    frame,
  );
}
