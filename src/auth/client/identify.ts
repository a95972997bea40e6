/**
 * Who we are for an authorization server (MCP authorization, "Client Registration Approaches"): the configured client,
 * the client ID metadata document, a dynamic registration, else a person is asked.
 *
 * @module
 */
import type { Secret } from '../../base/secret.ts';
import type { Authority, Credential } from '../../core/credential.ts';
import type { OAuthSettings } from '../../core/entry.ts';
import type { OAuthAsk, OAuthDeps } from '../deps.ts';
import { byDocument, configured, type Identified } from './configured.ts';
import { bodyOf, keptId, usableRegistration } from './kept.ts';
import { refused, register, type Registered, type RegistrationAsk } from './registration.ts';

/** For whom and for what a client is needed. */
export interface IdentifyAbout {
  readonly authority: Authority;
  readonly oauth?: OAuthSettings<Secret>;
  /** As it will be sent; absent where the grant has none. */
  readonly redirectUri?: string;
  readonly grant: Credential['grant'];
  /** The url of the entry: which addresses may be asked depends on where it lies. */
  readonly serverUrl: string;
  /** Scopes that a new registration names. Default: the pinned ones. */
  readonly scopes?: readonly string[];
}

/**
 * The first way that is open. Two callers at once, also in two processes, get one registration. Never throws for what a
 * server or a network does. Errors: `ERR_STORE_UNWRITABLE`, `ERR_STORE_UNREADABLE`, `ERR_STORE_BUSY`.
 */
export async function identify(deps: OAuthDeps, about: IdentifyAbout, ask: OAuthAsk): Promise<Identified> {
  const { authority, oauth = {}, grant } = about;
  deps.redactor.add(oauth.clientSecret, oauth.privateKey);
  if (oauth.clientId !== undefined) return configured(oauth.clientId, oauth, authority);
  const { clientMetadataUrl: url } = oauth;
  const noDoor = authority.registrationEndpoint === undefined;
  if (url !== undefined && (authority.clientIdMetadataDocuments === true || noDoor)) return byDocument(url, oauth);
  if (noDoor) return refused(`${authority.issuer} registers no clients by itself`);
  const registrable = registrableGrant(grant);
  if (registrable === undefined)
    return refused(`a sign-in without a person needs a client that ${authority.issuer} knows`);
  if (oauth.tokenEndpointAuthMethod === 'private_key_jwt')
    return refused('a client that proves itself by a key is not registered by itself');
  return byRegistration(deps, registrationAsk(about, registrable), ask);
}

/** The machine grants need a client that is known beforehand. */
function registrableGrant(grant: Credential['grant']): RegistrationAsk['grant'] | undefined {
  if (grant === 'device_code') return grant;
  return grant === 'client_credentials' || grant === 'jwt_bearer' ? undefined : 'authorization_code';
}

/**
 * Forgets the registrations of an issuer, or only that of one client id (the server no longer knows it). Says whether
 * there was one. Errors: those of the store.
 */
export async function forgetRegistration(
  { store }: Pick<OAuthDeps, 'store'>,
  issuer: string,
  clientId?: string,
): Promise<boolean> {
  let forgotten = false;
  for (const { id, generation, facts } of await store.list('registration')) {
    if (facts['issuer'] !== issuer || (clientId !== undefined && facts['clientId'] !== clientId)) continue;
    if (await store.remove('registration', id, generation)) forgotten = true;
  }
  return forgotten;
}

/** Redirect URIs for which a registration of the issuer is held: a listener on the same port needs no new one. */
export async function registeredRedirects(
  { store }: Pick<OAuthDeps, 'store'>,
  issuer: string,
): Promise<readonly string[]> {
  const records = await store.list('registration');
  return records
    .filter(({ facts }) => facts['issuer'] === issuer)
    .map(({ facts }) => facts['redirectUri'])
    .filter((uri): uri is string => typeof uri === 'string');
}

function registrationAsk(about: IdentifyAbout, grant: RegistrationAsk['grant']): RegistrationAsk {
  const { authority, oauth = {}, redirectUri, serverUrl } = about;
  const pinned = oauth.scopes?.split(/\s+/).filter((scope) => scope !== '');
  const scopes = about.scopes ?? pinned;
  const method = oauth.tokenEndpointAuthMethod;
  return {
    authority,
    serverUrl,
    grant,
    ...(redirectUri === undefined ? {} : { redirectUri }),
    ...(scopes === undefined ? {} : { scopes }),
    ...(method === undefined ? {} : { method }),
  };
}

async function byRegistration(deps: OAuthDeps, about: RegistrationAsk, ask: OAuthAsk): Promise<Identified> {
  const { clock, lease, redactor } = deps;
  const id = keptId(about);
  const known = await held(deps, about);
  if (known.usable !== undefined) return dynamic(known.usable, redactor);
  return lease.hold(
    id,
    async () => {
      // Somebody else may have registered while we waited.
      const now = await held(deps, about);
      if (now.usable !== undefined) return dynamic(now.usable, redactor);
      const got = await register(deps, about, ask);
      if (!got.ok) return got;
      await deps.store.write('registration', bodyOf(about, got.registered, clock.now()), now.generation);
      return dynamic(got.registered, redactor);
    },
    ask.numbers.leaseWaitMs,
  );
}

async function held(
  { store, clock }: OAuthDeps,
  about: RegistrationAsk,
): Promise<{ readonly usable: Registered | undefined; readonly generation: number }> {
  const record = await store.read('registration', keptId(about));
  return { usable: usableRegistration(record, about, clock.now()), generation: record?.generation ?? 0 };
}

function dynamic(registered: Registered, redactor: OAuthDeps['redactor']): Identified {
  const { clientId, clientSecret, method } = registered;
  redactor.add(clientSecret);
  const secret = clientSecret === undefined ? {} : { clientSecret };
  return { ok: true, client: { clientId, kind: 'dynamic', method, ...secret } };
}
