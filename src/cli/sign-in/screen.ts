/**
 * What a person reads while a sign-in waits: where to go, what is asked for, and how the answer comes back.
 *
 * @module
 */
import { safeLine, safeText } from '../../base/safe-text.ts';
import type { Style } from '../text/style.ts';
import { wrap } from '../text/wrap.ts';
import { forwardingText, whereText } from './shell-place.ts';
import type { ShellKind } from './shell-place.ts';

/** What is asked of a person. */
export interface Consent {
  readonly server: string;
  readonly url: string;
  /** ISO-8601 UTC. */
  readonly expiresAt: string;
  readonly scopes: readonly string[];
  readonly issuer?: string;
  readonly redirectUri?: string;
  /** A listener takes the answer at `redirectUri`. */
  readonly listening?: boolean;
  readonly userCode?: string;
  /** More rights for a login that works, for this tool. */
  readonly stepUp?: boolean;
  readonly tool?: string;
}

/** How the screen is drawn. */
export interface ConsentHow {
  readonly style: Style;
  readonly kind: ShellKind;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hostname: string;
  /** `refused` = the person wants none opened. */
  readonly browser: 'opened' | 'cannot' | 'not-started' | 'refused';
  /** An address can be pasted. */
  readonly pastes: boolean;
  /** Cells of a line of prose; the address is never broken. */
  readonly columns: number;
}

const LONGEST_URL = 16_000;

function titleOf({ server, issuer, stepUp, tool }: Consent): string {
  const name = safeLine(server, 80);
  const at = issuer === undefined ? '' : ` at ${safeLine(issuer, 200)}`;
  if (stepUp !== true) return `Sign in to ${name}${at}`;
  return tool === undefined
    ? `${name} asks for more rights`
    : `${name} asks for more rights, for ${safeLine(tool, 80)}`;
}

function browserText({ browser, kind }: ConsentHow): string {
  switch (browser) {
    case 'opened':
      return 'Opened in your browser. If nothing shows, open the address yourself.';
    case 'cannot':
      return `No browser can be opened from here (${whereText(kind)}). Open the address where you have one.`;
    case 'not-started':
      return 'Your browser could not be started. Open the address yourself.';
    case 'refused':
      return 'Open the address in a browser.';
  }
}

/** The lines, the address whole and alone on its own. */
export function consentLines(consent: Consent, how: ConsentHow): readonly string[] {
  const { scopes, userCode, redirectUri, listening, url } = consent;
  const { kind, env, hostname } = how;
  const asked = scopes.length === 0 ? [] : [`  asks for: ${safeLine(scopes.join(' '), 600)}`];
  const code = userCode === undefined ? [] : ['', `  Code to type there:  ${how.style.bold(safeLine(userCode, 40))}`];
  const forwarding = listening === true ? forwardingText(kind, redirectUri, { env, hostname }) : undefined;
  return [
    how.style.bold(titleOf(consent)),
    ...asked,
    '',
    `  ${safeText(url, LONGEST_URL)}`,
    ...code,
    '',
    ...[
      browserText(how),
      forwarding ?? '',
      how.pastes ? 'If the browser ends on a page that does not load, paste its address here (it is not shown).' : '',
    ].flatMap((text) => wrap(text, how.columns)),
  ];
}

/** `9:41`. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The line that runs while a sign-in waits. */
export function waitingText(leftMs: number, typed: number): string {
  const keys = typed === 0 ? '' : ` · ${typed} characters, Enter sends them`;
  return `Waiting for you · ${clockText(leftMs)} left · Ctrl-C cancels${keys}`;
}
