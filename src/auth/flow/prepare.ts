/**
 * What has to be known before anybody is asked to sign in: the authorization server, the scopes, and the way.
 *
 * @module
 */
import type { Credential } from '../../core/credential.ts';
import type { EffectiveEntry, EffectiveRemote } from '../../core/entry.ts';
import type { Fault } from '../../core/fault.ts';
import type { BeginAsk } from '../../core/sign-in.ts';
import type { DiscoverAbout } from '../discovery/discover.ts';
import type { Discovered } from '../discovery/discovered.ts';
import { defined } from './defined.ts';
import type { FlowAbout } from './flow.ts';
import type { FlowParts } from './parts.ts';
import { placeOf } from './place.ts';
import { chooseScopes, splitScopes, union, type ScopeFacts } from './scopes.ts';

/** The ways in which a sign-in can go. */
export type Grant = Exclude<Credential['grant'], 'imported'>;

/** All of a sign-in but the client and the way of its answer. */
export interface Prepared {
  readonly grant: Grant;
  readonly about: Omit<FlowAbout, 'client'>;
  /** Challenged scopes that pinned ones lack. */
  readonly lacking: readonly string[];
}

/** Finds it out. A fault is why no sign-in is possible now. */
export async function prepare(
  parts: FlowParts,
  entry: EffectiveEntry,
  about: { readonly endpoint: EffectiveRemote; readonly ask: BeginAsk },
): Promise<Prepared | Fault> {
  const { endpoint, ask } = about;
  const place = placeOf(entry, endpoint);
  const held = await parts.logins.lookup(place);
  const discovery = await parts.discover(discoverAbout(endpoint, ask, held?.key.issuer), ask);
  if (!discovery.ok) return discovery.fault;
  const { found } = discovery;
  const here = held?.key.issuer === found.authority.issuer ? held : undefined;
  // A renewal has found that the server does not know the client any longer: the next sign-in registers anew.
  if (here?.refusal === 'invalid_client' && here.client.kind === 'dynamic')
    await parts.forgetRegistration(here.key.issuer, here.client.clientId);
  const challenged = ask.stepUp ? challengedScopes(ask, found) : found.challengedScopes;
  const { scopes, lacking } = chooseScopes(
    defined<ScopeFacts>({ ...knownScopes(endpoint, found, here), challenged, wanted: ask.scopes, stepUp: ask.stepUp }),
  );
  const dpopKey = await keyFor(parts, found, { endpoint, held: here });
  return {
    grant: wantedGrant(endpoint, ask),
    lacking,
    about: {
      server: entry.name,
      place,
      authority: found.authority,
      resource: found.resource,
      scopes,
      needed: union(scopes ?? [], challenged ?? []),
      requestedBefore: here?.requestedScopes ?? [],
      stepUp: ask.stepUp,
      numbers: ask.numbers,
      ...(dpopKey === undefined ? {} : { dpopKey }),
    },
  };
}

function knownScopes(
  { oauth }: EffectiveRemote,
  found: Discovered,
  held: Credential | undefined,
): Pick<ScopeFacts, 'pinned' | 'resource' | 'server' | 'held'> {
  return defined<Pick<ScopeFacts, 'pinned' | 'resource' | 'server' | 'held'>>({
    pinned: oauth?.scopes === undefined ? undefined : splitScopes(oauth.scopes),
    resource: found.resourceScopes,
    server: found.authority.scopesSupported,
    held: held && { requested: held.requestedScopes, granted: held.tokens.scopes ?? [] },
  });
}

/** Whom discovery is asked about. What a server has to offer depends on the grant, so that goes with it. */
export function discoverAbout(
  endpoint: EffectiveRemote,
  ask: Pick<BeginAsk, 'challenges' | 'method'>,
  heldIssuer?: string,
): DiscoverAbout {
  return {
    serverUrl: endpoint.url,
    challenges: ask.challenges,
    oauth: { ...endpoint.oauth, grant: wantedGrant(endpoint, ask) },
    ...(heldIssuer === undefined ? {} : { held: [heldIssuer] }),
  };
}

/** The grant that the person names, else that of the entry, else the authorization code grant. */
export function wantedGrant({ oauth }: EffectiveRemote, { method }: Pick<BeginAsk, 'method'>): Grant {
  if (method === 'browser') return 'authorization_code';
  if (method === 'device') return 'device_code';
  return oauth?.grant ?? (oauth?.identityProvider === undefined ? 'authorization_code' : 'jwt_bearer');
}

/** A challenge of a 403 may stand beside others; every scope that one names is needed. */
function challengedScopes({ challenges }: BeginAsk, found: Discovered): readonly string[] {
  const named = challenges.flatMap(({ params }) => splitScopes(params['scope'] ?? ''));
  return union(named, found.challengedScopes ?? []);
}

/** The key that tokens are bound to, where the entry or the server wants that: the one of the held login goes on. */
async function keyFor(
  parts: FlowParts,
  { authority, bindsTokens }: Discovered,
  about: { readonly endpoint: EffectiveRemote; readonly held: Credential | undefined },
): Promise<FlowAbout['dpopKey']> {
  const { endpoint, held } = about;
  if (!(endpoint.oauth?.dpop ?? (bindsTokens === true || held?.dpopKey !== undefined))) return undefined;
  return held?.dpopKey ?? parts.newDpopKey(authority.dpopAlgorithms);
}
