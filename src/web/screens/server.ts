/**
 * The page of one server: what happened, what to do next, and everything that is known of it.
 *
 * @module
 */
import type { NotLoaded } from '../../core/config-model.ts';
import type { LogLine } from '../../core/fleet.ts';
import type { HelperRun, Lists } from '../../core/ports.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { SignInView } from './sign-in.ts';
import { html } from '../html.ts';
import type { Html, Part } from '../html.ts';
import { accountsBlock } from './accounts.ts';
import type { Accounts } from './accounts.ts';
import { actionBar } from './actions.ts';
import { connectionBlock, entryBlock, helperBlock, loginBlock, toolsBlock } from './blocks.ts';
import { logBlock, timelineBlock } from './history.ts';
import { statusBadge } from './icons.ts';
import type { Frame, Screen } from './layout.ts';
import { signInPanel } from './sign-in.ts';
import { untilTime } from './times.ts';
import { factsOf, sentenceOf, stepOf, waitsForPerson } from './words.ts';

/** What the page of a server is made from. */
export interface ServerData {
  readonly snapshot: Snapshot;
  /** The whole command of a local server. */
  readonly command?: string | undefined;
  readonly lists: Lists;
  readonly log: readonly LogLine[];
  readonly helper: HelperRun | undefined;
  /** Entries of this name that are not loaded. */
  readonly hidden: readonly NotLoaded[];
  readonly accounts?: Accounts | undefined;
  /** A sign-in that waits for a person. */
  readonly signIn?: SignInView | undefined;
}

/** The tries as a row of marks, with words for those who do not see them. */
function tries({ attempt, maxAttempts, status }: Snapshot): Part {
  if (attempt === undefined || maxAttempts === undefined || maxAttempts < 2 || maxAttempts > 12) return undefined;
  if (status !== 'pending' && status !== 'failed') return undefined;
  const marks = Array.from(
    { length: maxAttempts },
    (_, index) => html`<i class="${index < attempt ? 'made' : 'left'}"></i>`,
  );
  return html`<span class="tries"
    ><span class="marks" aria-hidden="true">${marks}</span> try ${attempt} of ${maxAttempts}</span
  >`;
}

function retry(snapshot: Snapshot, now: number): Part {
  const { nextRetryAt } = snapshot;
  if (waitsForPerson(snapshot)) return undefined;
  const next =
    nextRetryAt !== undefined && html`<span class="countdown">Next try ${untilTime(nextRetryAt, now)}</span>`;
  const made = tries(snapshot);
  return (made !== undefined || next !== false) && html`<p class="attempts">${made} ${next}</p>`;
}

function stepUpText({ stepUp }: Snapshot): Part {
  if (stepUp === undefined) return undefined;
  const tool = stepUp.tool === undefined ? '' : html` to run <code>${stepUp.tool}</code>`;
  return html`<p>
    It asks for more rights${tool}: ${stepUp.scopes.map((one) => html`<code>${one}</code> `)}. The sign-in that you have
    goes on working meanwhile.
  </p>`;
}

function hero(snapshot: Snapshot, frame: Frame): Html {
  const step = stepOf(snapshot);
  const code = factsOf(snapshot);
  return html`<section class="hero is-${snapshot.status}" id="hero" aria-labelledby="name">
    <div class="name">
      <h1 id="name">${snapshot.name}</h1>
      ${statusBadge(snapshot.status)}
    </div>
    <p class="sentence">${sentenceOf(snapshot)}${code.map((fact) => html` <code>${fact}</code>`)}</p>
    ${stepUpText(snapshot)}${retry(snapshot, frame.now)}
    ${step !== undefined && html`<p class="step"><strong>What to do next:</strong> ${step}</p>`}
    ${actionBar(snapshot, frame.csrf)}
  </section>`;
}

/** The screen. */
export function serverScreen(data: ServerData, frame: Frame): Screen {
  const { snapshot, command, lists, log, helper, hidden, accounts, signIn } = data;
  return {
    title: `${snapshot.name}: ${snapshot.status}`,
    current: 'servers',
    isLive: true,
    body: html`<p class="crumbs"><a href="/">All servers</a></p>
      ${hero(snapshot, frame)} ${signIn !== undefined && signInPanel(signIn, frame)}
      <div class="columns">
        <div>
          ${timelineBlock(snapshot.timeline)} ${logBlock(log, snapshot.transport === 'stdio')}
          ${toolsBlock(snapshot, lists)}
        </div>
        <div>
          ${connectionBlock(snapshot, command, frame.now)}
          ${snapshot.transport !== 'stdio' && loginBlock(snapshot, frame.now)}
          ${accounts !== undefined && accountsBlock(snapshot, accounts, frame)}
          ${snapshot.signIn === 'helper' && helperBlock(helper, frame.now)} ${entryBlock(snapshot, hidden, frame)}
        </div>
      </div>`,
  };
}
