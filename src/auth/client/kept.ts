/**
 * Registrations as they are kept in the store: one per issuer, grant and kind of redirect, whoever signs in.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { Secret } from '../../base/secret.ts';
import type { ClientAuthMethod } from '../../core/credential.ts';
import type { RecordBody, StoredRecord } from '../../core/store.ts';
import { isLoopback } from '../../net/address.ts';
import type { Registered, RegistrationAsk } from './registration.ts';

/** A secret is registered anew this long before it ends, so that a sign-in does not end in the middle. */
const SECRET_AHEAD_MS = 60_000;
const METHODS: ReadonlySet<unknown> = new Set<ClientAuthMethod>(['none', 'client_secret_basic', 'client_secret_post']);

/** The id of the record. The port of a loopback redirect does not count: a new one replaces the old. */
export function keptId({ authority, grant, redirectUri = '', method = 'none' }: RegistrationAsk): string {
  const parts = [authority.issuer, grant, redirectKind(redirectUri), method];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function redirectKind(redirectUri: string): string {
  if (!URL.canParse(redirectUri)) return redirectUri;
  const url = new URL(redirectUri);
  if (isLoopback(url)) url.port = '';
  return url.href;
}

/** The record of a new registration. */
export function bodyOf(about: RegistrationAsk, registered: Registered, nowMs: number): RecordBody {
  const { clientId, clientSecret, secretExpiresAt, method } = registered;
  return {
    id: keptId(about),
    facts: {
      issuer: about.authority.issuer,
      grant: about.grant,
      clientId,
      method,
      registeredAt: nowMs,
      ...(about.redirectUri === undefined ? {} : { redirectUri: about.redirectUri }),
      ...(secretExpiresAt === undefined ? {} : { secretExpiresAt }),
    },
    secrets: clientSecret === undefined ? {} : { clientSecret: clientSecret.reveal() },
  };
}

/**
 * The registration of a record, if it is good for this redirect and its secret lives on. The redirect is compared whole:
 * many servers do so for `localhost`, whatever RFC 8252 §7.3 says of ports.
 */
export function usableRegistration(
  record: StoredRecord | undefined,
  about: RegistrationAsk,
  nowMs: number,
): Registered | undefined {
  if (record === undefined) return undefined;
  const { issuer, clientId, method, redirectUri, secretExpiresAt } = record.facts;
  const { clientSecret } = record.secrets;
  const lives = typeof secretExpiresAt !== 'number' || secretExpiresAt - SECRET_AHEAD_MS > nowMs;
  const same = issuer === about.authority.issuer && redirectUri === about.redirectUri;
  if (!lives || !same || typeof clientId !== 'string' || !METHODS.has(method)) return undefined;
  return {
    clientId,
    method: method as ClientAuthMethod,
    ...(clientSecret === undefined ? {} : { clientSecret: new Secret(clientSecret) }),
    ...(typeof secretExpiresAt === 'number' ? { secretExpiresAt } : {}),
  };
}
