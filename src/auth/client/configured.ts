/**
 * The clients that a person has configured: by id, or by the address of a client ID metadata document.
 *
 * @module
 */
import type { Secret } from '../../base/secret.ts';
import type { Authority, ClientIdentity, Credential } from '../../core/credential.ts';
import type { OAuthSettings } from '../../core/entry.ts';
import type { Fault } from '../../core/fault.ts';
import { methodBySecret } from './method.ts';

/** A client, or why there is none. */
export type Identified =
  | { readonly ok: true; readonly client: ClientIdentity }
  | { readonly ok: false; readonly fault: Fault };

/** The client that the entry names. */
export function configured(clientId: string, oauth: OAuthSettings<Secret>, authority: Authority): Identified {
  const { clientSecret, privateKey, signingAlgorithm = 'ES256' } = oauth;
  const byKey = privateKey === undefined ? undefined : 'private_key_jwt';
  const method = oauth.tokenEndpointAuthMethod ?? byKey ?? methodBySecret(authority, clientSecret !== undefined);
  const lacking = lackingFor(method, oauth);
  if (lacking !== undefined) return { ok: false, fault: { reason: 'config-invalid', detail: lacking } };
  return {
    ok: true,
    client: {
      clientId,
      kind: 'configured',
      method,
      ...(clientSecret === undefined ? {} : { clientSecret }),
      ...(method === 'private_key_jwt' && privateKey !== undefined ? { privateKey, signingAlgorithm } : {}),
    },
  };
}

/** What the entry has to say beside its method, if it does not. */
function lackingFor(method: ClientIdentity['method'], oauth: OAuthSettings<Secret>): string | undefined {
  const needs = method === 'none' ? undefined : method === 'private_key_jwt' ? 'privateKey' : 'clientSecret';
  if (needs === undefined || oauth[needs] !== undefined) return undefined;
  return `the entry says "tokenEndpointAuthMethod": "${method}" in its "oauth", but has no "${needs}" there`;
}

/** The URL itself is the client id; the document is fetched by the authorization server, not by us. */
export function byDocument(clientId: string, oauth: OAuthSettings<Secret>): Identified {
  const url = URL.canParse(clientId) ? new URL(clientId) : undefined;
  if (url?.protocol !== 'https:' || url.pathname === '/') {
    const detail = 'the "clientMetadataUrl" in the "oauth" of the entry is not an https url with a path';
    return { ok: false, fault: { reason: 'config-invalid', detail } };
  }
  const { privateKey, signingAlgorithm = 'ES256' } = oauth;
  const keyed = privateKey === undefined ? {} : { privateKey, signingAlgorithm };
  const method = privateKey === undefined ? 'none' : 'private_key_jwt';
  return { ok: true, client: { clientId, kind: 'metadata-document', method, ...keyed } };
}

/**
 * The client of a login as the entry configures it now, where its secret or key is no longer the one that the login was
 * made with; else `undefined`. An entry that names neither changes nothing.
 */
export function reconfigured(
  { client, authority }: Pick<Credential, 'client' | 'authority'>,
  oauth: OAuthSettings<Secret> = {},
): ClientIdentity | undefined {
  const { clientId, clientSecret, privateKey, clientMetadataUrl } = oauth;
  if (clientSecret === undefined && privateKey === undefined) return undefined;
  const kind = clientId === undefined ? 'metadata-document' : 'configured';
  const id = clientId ?? clientMetadataUrl;
  if (client.kind !== kind || client.clientId !== id) return undefined;
  const now = kind === 'configured' ? configured(id, oauth, authority) : byDocument(id, oauth);
  return !now.ok || provesSame(client, now.client) ? undefined : now.client;
}

/** Whether two proofs of one client are the same; both may be "as the login says". */
export function provesSame(one: ClientIdentity | undefined, other: ClientIdentity | undefined): boolean {
  return (
    one?.method === other?.method &&
    one?.signingAlgorithm === other?.signingAlgorithm &&
    one?.clientSecret?.reveal() === other?.clientSecret?.reveal() &&
    one?.privateKey?.reveal() === other?.privateKey?.reveal()
  );
}
