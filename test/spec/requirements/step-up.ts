/**
 * What a fleet does with logins: 401 and 403 of a signed-in server, renewal, step-up, signing in and out.
 *
 * @module
 */
import type { Requirement } from './requirement.ts';

const BEHAVIOUR = (section: string): string => `docs/explanation/behaviour.md ${section}`;

/** Logins in the fleet. */
export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'login.401-refresh',
    source: BEHAVIOUR('§3a row c, §3b'),
    behaviour:
      'A 401 while a token is held asks for one refresh, once for all requests that met it, and the request goes once more.',
  },
  {
    id: 'login.refresh-failed',
    source: BEHAVIOUR('§2, §3'),
    behaviour:
      'A login that cannot be renewed for now is never needs-auth: the server stays connected, then refresh-failed.',
  },
  {
    id: 'login.renewed-ahead',
    source: BEHAVIOUR('§6, DESIGN §4'),
    behaviour: 'A connected server takes a renewed token over before the old one ends, without a reconnect.',
  },
  {
    id: 'login.never-blocks',
    source: BEHAVIOUR('§5.1'),
    behaviour: 'A login that has ended keeps no server from being contacted.',
  },
  {
    id: 'login.taken-over',
    source: BEHAVIOUR('§6'),
    behaviour:
      'A login that was made or renewed anywhere is used at once: what is not connected is contacted, what is takes it over.',
  },
  {
    id: 'login.acts',
    source: BEHAVIOUR('§8, §9'),
    behaviour:
      'Signing in, finishing, waiting, cancelling and signing out do what they say, tell it, and contact the server.',
  },
  {
    id: 'login.snapshot',
    source: BEHAVIOUR('§1, §9'),
    behaviour: 'A snapshot shows the login, its end and a sign-in that waits, and offers what belongs to it.',
  },
  {
    id: 'login.reset',
    source: BEHAVIOUR('§5.4'),
    behaviour: 'A reset forgets the login and the registration of the client only where it is asked to, and locally.',
  },
  {
    id: 'login.profiles',
    source: BEHAVIOUR('§8'),
    behaviour: 'Two accounts of one server are two connections; a project can be bound to one of them.',
  },
  {
    id: 'stepup.connected',
    source: BEHAVIOUR('§7'),
    behaviour:
      'A call or list that lacks rights leaves the server connected; the snapshot and an event say what is lacking.',
  },
  {
    id: 'stepup.person',
    source: BEHAVIOUR('§7'),
    behaviour: 'Rights are asked of a person, never by a refresh, also where the token has every scope that is named.',
  },
  {
    id: 'stepup.headless',
    source: BEHAVIOUR('§7'),
    behaviour: 'Where nobody may be asked the call ends at once, with the scopes and the action.',
  },
  {
    id: 'stepup.replay',
    source: BEHAVIOUR('§7'),
    behaviour: 'Where a person may be asked the call waits for the consent, within limits, and is sent once more.',
  },
  {
    id: 'stepup.refused',
    source: BEHAVIOUR('§7'),
    behaviour: 'A refused or useless consent fails only the call; the old login works on.',
  },
  {
    id: 'stepup.tries',
    source: BEHAVIOUR('§4, §7'),
    behaviour: 'One call waits for three consents at most; then nobody is asked for a while.',
  },
  {
    id: 'stepup.own-headers',
    source: BEHAVIOUR('§7'),
    behaviour: 'A server with headers or a helper is never asked for consent: the call is forbidden, with the scopes.',
  },
];
