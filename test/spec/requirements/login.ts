/**
 * Sign-in at the shell: settings, verbs, what is printed and what is never printed.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

const SIGN_IN = 'docs/explanation/behaviour.md §8';
const STEP_UP = 'docs/explanation/behaviour.md §7';
const HEADLESS = 'docs/explanation/behaviour.md §10';

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'login.settings',
    source: 'docs/reference/entry.md',
    behaviour:
      'Every sign-in setting is read, expanded, checked with file and line, and never shown where it is secret.',
  },
  {
    id: 'login.browser',
    source: SIGN_IN,
    behaviour:
      'login on a terminal prints the address, opens the browser from its own process and waits with a countdown.',
  },
  {
    id: 'login.paste',
    source: SIGN_IN,
    behaviour: 'The callback address can be pasted meanwhile without being shown; the first valid answer wins.',
  },
  {
    id: 'login.cancel',
    source: SIGN_IN,
    behaviour: 'Ctrl-C cancels the sign-in and exits 130.',
  },
  {
    id: 'login.headless',
    source: HEADLESS,
    behaviour:
      'In CI, without a terminal and with --no-input nothing is opened or waited for: exit 3, address, command.',
  },
  {
    id: 'login.two-steps',
    source: SIGN_IN,
    behaviour: 'login --start hands a sign-in over as one record, and login --finish ends it, also in another process.',
  },
  {
    id: 'login.remote-shell',
    source: SIGN_IN,
    behaviour: 'SSH, WSL, containers and Codespaces are recognised, and how the answer comes through is said.',
  },
  { id: 'login.device', source: SIGN_IN, behaviour: 'A device sign-in shows its address and code.' },
  { id: 'login.all', source: SIGN_IN, behaviour: 'login --all takes every server that needs it, one after another.' },
  {
    id: 'login.profile',
    source: 'docs/how-to/sign-in.md',
    behaviour: 'login --profile signs in with another account and binds the server to it for the project.',
  },
  { id: 'login.logout', source: SIGN_IN, behaviour: 'logout revokes where that is offered, then forgets.' },
  {
    id: 'login.step-up',
    source: STEP_UP,
    behaviour: 'A call on a terminal asks for the rights it needs; elsewhere it ends with them and the command.',
  },
  {
    id: 'login.credentials',
    source: 'docs/how-to/sign-in.md',
    behaviour: 'Stored logins are listed, shown, removed, exported and imported without anybody’s connections.',
  },
  {
    id: 'login.portable',
    source: 'docs/how-to/sign-in.md',
    behaviour:
      'An exported login is imported as it was; a token answer becomes a login; nothing of a bad text is repeated.',
  },
  {
    id: 'login.told',
    source: SIGN_IN,
    behaviour: 'status, list and get tell issuer, scopes, expiry, account and renewal of a login, and never a secret.',
  },
];
