/**
 * A sign-in that waits for a person: where to go, what is asked for, a field for a pasted answer, and how long it waits.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import { html } from '../html.ts';
import type { Html, Part } from '../html.ts';
import { serverPath } from './actions.ts';
import { hiddenCsrf } from './layout.ts';
import type { Frame } from './layout.ts';
import { untilTime } from './times.ts';

/** A sign-in as the page shows it. */
export interface SignInView {
  readonly server: string;
  readonly flow: string;
  /** https, or http on this machine. */
  readonly url: string;
  readonly expiresAt: string;
  readonly stepUp: boolean;
  readonly scopes: readonly string[];
  /** Rights that are asked for and are not held yet. */
  readonly fresh: readonly string[];
  readonly lacking: readonly string[];
  /** The device grant: what to type there. */
  readonly userCode?: string;
  /** The answer comes to this page; else to a listener beside it, or by hand. */
  readonly comesHere: boolean;
}

/** The machine that an address leads to, as a person would check it. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

function rights({ scopes, fresh, lacking }: SignInView): Part {
  const isNew = new Set(fresh);
  return html`${
    scopes.length > 0 &&
    html`<p>Rights that are asked for:</p>
      <ul class="scopes">
        ${scopes.map((one) => html`<li><code>${safeLine(one, 120)}</code>${isNew.has(one) && html` <span class="tag">new</span>`}</li>`)}
      </ul>`
  }
  ${lacking.length > 0 && html`<p>The entry pins its scopes, so these are not asked for: ${lacking.map((one) => html`<code>${safeLine(one, 120)}</code> `)}</p>`}`;
}

function byHand({ server, flow, userCode }: SignInView, { csrf }: Frame): Part {
  if (userCode !== undefined) return undefined;
  return html`<details id="by-hand">
    <summary>The browser ends at a page that cannot be shown?</summary>
    <form method="post" action="${serverPath(server, '/login/finish')}" data-act="">
      ${hiddenCsrf(csrf)}<input type="hidden" name="flow" value="${flow}" />
      <label for="callback">Paste the whole address of that page</label>
      <input id="callback" name="callback" type="password" autocomplete="off" spellcheck="false" required="" />
      <button class="button">Take it</button>
    </form>
  </details>`;
}

/** The panel. */
export function signInPanel(view: SignInView, frame: Frame): Html {
  const { server, flow, url, expiresAt, stepUp, userCode, comesHere } = view;
  const host = hostOf(url);
  // What comes back here may use this tab; another answer would leave the person on a page without a way back.
  const tab = comesHere ? '' : html` target="_blank" rel="noopener noreferrer"`;
  return html`<section class="panel" id="sign-in" aria-labelledby="sign-in-title">
    <h2 id="sign-in-title">${stepUp ? 'Grant the rights' : 'Sign in'} at ${host}</h2>
    ${rights(view)}
    ${userCode !== undefined && html`<p>Type this code there: <strong class="code">${safeLine(userCode, 40)}</strong></p>`}
    <p class="go">
      <a class="button first" href="${url}" ${tab}>Go to ${host}</a>
      <span class="countdown">Waits for you; ends ${untilTime(expiresAt, frame.now)}.</span>
    </p>
    <details id="whole-address">
      <summary>The whole address</summary>
      <p class="copyable">
        <code id="sign-in-url">${url}</code>
        <button type="button" class="button" data-copy="sign-in-url" hidden="">Copy</button>
      </p>
    </details>
    ${byHand(view, frame)}
    <form method="post" action="${serverPath(server, '/login/cancel')}" data-act="">
      ${hiddenCsrf(frame.csrf)}<input type="hidden" name="flow" value="${flow}" /><button class="quiet">
        Give up this sign-in
      </button>
    </form>
  </section>`;
}
