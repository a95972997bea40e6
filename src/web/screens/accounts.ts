/**
 * The accounts that are signed in for a server, which one is used, and the question before one is signed out.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { CredentialInfo } from '../../core/credential.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { html } from '../html.ts';
import type { Html, Part } from '../html.ts';
import { serverPath } from './actions.ts';
import { questionScreen } from './ask.ts';
import { block, facts } from './blocks.ts';
import type { Fact } from './blocks.ts';
import type { Frame, Screen } from './layout.ts';
import { sinceTime, untilTime } from './times.ts';
import { commandFor } from './words.ts';

/** The accounts of one server. */
export interface Accounts {
  /** The one that the server uses here, whether it is signed in or not. */
  readonly used: string;
  /** One for each account that is signed in; the used one first. */
  readonly logins: readonly CredentialInfo[];
}

const named = (account: string): string => safeLine(account, 64);

function renewal({ status, renewable, expiresAt }: CredentialInfo, now: number): Part {
  if (status === 'refused') return 'taken back by the authorization server';
  if (renewable) return 'renewed by itself';
  return expiresAt === undefined ? 'nobody knows when it ends' : html`ends ${untilTime(expiresAt, now)}`;
}

function row(login: CredentialInfo, { snapshot, used }: { snapshot: Snapshot; used: string }, now: number): Fact {
  const { profile, issuer, obtainedAt } = login;
  const isUsed = profile === used;
  const to = serverPath(snapshot.name, `/sign-out?account=${encodeURIComponent(profile)}`);
  return [
    named(profile),
    html`${isUsed && html`<span class="tag">used here</span> `}signed in at <code>${safeLine(issuer, 200)}</code>
      ${sinceTime(obtainedAt, now)}, ${renewal(login, now)}.
      <a href="${to}" data-account="${profile}"
        >Sign out…<span class="unseen"> of the account ${named(profile)}</span></a
      >`,
  ];
}

/** The accounts; nothing where none is signed in and none was chosen. */
export function accountsBlock(snapshot: Snapshot, { used, logins }: Accounts, frame: Frame): Part {
  const isHeld = logins.some(({ profile }) => profile === used);
  if (logins.length === 0 && used === 'default') return undefined;
  const missing: readonly Fact[] = isHeld
    ? []
    : [[named(used), html`<span class="tag">used here</span> not signed in`]];
  // Where the page itself was opened as one account, every command that it names is for that one.
  const isOpen = !frame.suffix.includes('--profile ');
  return block(
    'accounts',
    'Accounts',
    html`${facts([...missing, ...logins.map((login) => row(login, { snapshot, used }, frame.now))])}
    ${
      isOpen &&
      html`<p class="aside">
        To sign in with another one and use it in this project:
        <code>${commandFor(frame, `login ${snapshot.name} --profile NAME`)}</code>
      </p>`
    }`,
  );
}

/** Asks before an account is signed out. */
export function signOutScreen(
  snapshot: Snapshot,
  { used, login }: { readonly used: string; readonly login: CredentialInfo },
  frame: Frame,
): Screen {
  const { profile, issuer } = login;
  const after: Html =
    profile === used
      ? html`It is the one that ${snapshot.name} uses here: you sign in again to use the server.`
      : html`${snapshot.name} uses the account ${named(used)} here; that one stays.`;
  return questionScreen(
    snapshot,
    {
      title: `Sign out of ${named(profile)}`,
      text: html`The login of the account <strong>${named(profile)}</strong> for ${snapshot.name} is taken back at
        <code>${safeLine(issuer, 200)}</code> and forgotten here. ${after}`,
      path: '/sign-out',
      fields: html`<input type="hidden" name="account" value="${profile}" />`,
      button: 'Sign out',
    },
    frame,
  );
}
