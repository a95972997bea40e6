/**
 * Discovery: from the url of a server to the authorization server and the resource of a sign-in.
 *
 * @module
 */
import type { Secret } from '../../base/secret.ts';
import type { Authority } from '../../core/credential.ts';
import type { OAuthSettings } from '../../core/entry.ts';
import type { Challenge } from '../../core/fault.ts';
import type { AddressPolicy } from '../../net/address-policy.ts';
import { isLoopback } from '../../net/address.ts';
import { bearerParam } from '../../net/challenge.ts';
import type { OAuthAsk } from '../deps.ts';
import { configuredAuthority, findAuthority } from './authority.ts';
import type { Discovered, Discovery } from './discovered.ts';
import type { ResourceDocument } from './documents.ts';
import { MetadataRequests, type RequestsDeps } from './metadata-requests.ts';
import { findResource } from './resource.ts';
import { misconfigured, type NoWay } from './trouble.ts';
import { usable } from './usable.ts';

/** What a sign-in is looked for. */
export interface DiscoverAbout {
  readonly serverUrl: string;
  /** Those of the answer that asked for it; empty where a person began. */
  readonly challenges: readonly Challenge[];
  readonly oauth?: OAuthSettings<Secret>;
  /** Issuers of which a login is held: where the server names several, one of these is taken. */
  readonly held?: readonly string[];
}

type Found = { readonly ok: true; readonly authority: Authority } | NoWay;

/**
 * Finds the way to sign in (MCP authorization, "Authorization Server Discovery"; RFC 9728, RFC 8414). At most six
 * requests and one and a half times `metadataTimeoutMs`; nothing is remembered. Never throws.
 */
export async function discover(deps: RequestsDeps, about: DiscoverAbout, ask: OAuthAsk): Promise<Discovery> {
  const serverUrl = URL.canParse(about.serverUrl) ? new URL(about.serverUrl) : undefined;
  if (serverUrl === undefined || !(serverUrl.protocol === 'https:' || isLoopback(serverUrl)))
    return misconfigured('a sign-in needs a server whose url is https, or http on this machine');
  const requests = new MetadataRequests(deps, about.serverUrl, ask);
  const resource = await findResource(requests, serverUrl, about.challenges);
  if (!resource.ok) return resource;
  const { document } = resource;
  const odd = document === undefined ? resource.odd : undefined;
  const found = await authorityFor(requests, { about, serverUrl, document, odd });
  if (!found.ok) return found;
  const policy: AddressPolicy = { mode: deps.addressMode ?? 'local-user', serverUrl: about.serverUrl };
  const checked = usable(found.authority, policy, about.oauth);
  return checked.ok ? { ok: true, found: discovered(checked.authority, document, about.challenges) } : checked;
}

interface Search {
  readonly about: DiscoverAbout;
  readonly serverUrl: URL;
  readonly document: ResourceDocument | undefined;
  readonly odd: string | undefined;
}

async function authorityFor(requests: MetadataRequests, search: Search): Promise<Found> {
  const { oauth = {} } = search.about;
  const { authServerMetadataUrl, issuer } = oauth;
  if (authServerMetadataUrl !== undefined) return configuredAuthority(requests, authServerMetadataUrl, issuer);
  const named = search.document === undefined ? undefined : chosen(search.document, search.about);
  return named === undefined ? atOrigin(requests, search) : byName(requests, named, issuer);
}

/** The pinned one, else one that is held, else the first (RFC 9728 §7.6 leaves the choice to the client). */
function chosen({ servers }: ResourceDocument, { oauth, held = [] }: DiscoverAbout): string | undefined {
  return (
    servers.find((server) => server === oauth?.issuer) ?? servers.find((server) => held.includes(server)) ?? servers[0]
  );
}

async function byName(requests: MetadataRequests, server: string, pinned: string | undefined): Promise<Found> {
  const issuers = pinned === undefined ? spellings(server) : [pinned];
  const got = await findAuthority(requests, { server, issuers });
  if (!got.ok) return got;
  return got.authority === undefined
    ? misconfigured(`the authorization server ${server}, which the server names, has no metadata`)
    : { ok: true, authority: got.authority };
}

/** URL libraries put a slash behind a bare origin, so a name that ends in one may mean the issuer without it. */
function spellings(server: string): readonly string[] {
  return server.endsWith('/') ? [server, server.slice(0, -1)] : [server];
}

/** The server names no authorization server: the pinned one, else its own origin (MCP 2025-03-26). */
async function atOrigin(requests: MetadataRequests, { about, serverUrl, document, odd }: Search): Promise<Found> {
  const { origin } = serverUrl;
  const { issuer, legacyEndpoints = true } = about.oauth ?? {};
  if (issuer !== undefined && URL.canParse(issuer)) {
    const pinned = await findAuthority(requests, { server: issuer, issuers: [issuer] });
    if (!pinned.ok) return pinned;
    if (pinned.authority !== undefined) return { ok: true, authority: pinned.authority };
  }
  const got = await findAuthority(requests, {
    server: origin,
    issuers: issuer === undefined ? [origin, `${origin}/`] : [issuer],
  });
  if (!got.ok) return got;
  if (got.authority !== undefined) return { ok: true, authority: got.authority };
  if (odd !== undefined) return misconfigured(odd);
  if (document !== undefined || issuer !== undefined || !legacyEndpoints)
    return misconfigured(`${origin} describes no sign-in: it has no metadata of an authorization server`);
  return { ok: true, authority: fixedEndpoints(origin) };
}

/** The endpoints of MCP 2025-03-26, "Fallbacks for Servers without Metadata Discovery". */
function fixedEndpoints(origin: string): Authority {
  return {
    issuer: origin,
    authorizationEndpoint: `${origin}/authorize`,
    tokenEndpoint: `${origin}/token`,
    registrationEndpoint: `${origin}/register`,
    by: 'endpoints',
  };
}

function wantsOnlyDpop(challenges: readonly Challenge[]): boolean {
  const schemes = new Set(challenges.map(({ scheme }) => scheme));
  return schemes.has('dpop') && !schemes.has('bearer');
}

function discovered(
  authority: Authority,
  document: ResourceDocument | undefined,
  challenges: readonly Challenge[],
): Discovered {
  const scopes =
    bearerParam(challenges, 'scope')
      ?.split(/\s+/)
      .filter((scope) => scope !== '') ?? [];
  return {
    authority,
    resource: document?.resource,
    ...(document?.scopes === undefined ? {} : { resourceScopes: document.scopes }),
    ...(scopes.length === 0 ? {} : { challengedScopes: scopes }),
    ...(document?.bindsTokens === true || wantsOnlyDpop(challenges) ? { bindsTokens: true } : {}),
  };
}
