/**
 * Begins a sign-in: makes the flow and opens its doors, or makes it whole at once where it takes no person.
 *
 * @module
 */
import type { EffectiveEntry, EffectiveRemote } from '../../core/entry.ts';
import type { Fault } from '../../core/fault.ts';
import type { BeginAsk, LoginOutcome } from '../../core/sign-in.ts';
import type { IdentifyAbout } from '../client/identify.ts';
import type { DeviceCode } from '../token/device.ts';
import { authorizationUrl } from './authorization-url.ts';
import type { Doubts } from './doubts.ts';
import { DEFAULT_CALLBACK_PORT, redirectUriOf, type Door, type Doors, portOfRedirect, type PortWish } from './doors.ts';
import type { Flow } from './flow.ts';
import type { FlowStore } from './flow-store.ts';
import { openableUrl } from './open-url.ts';
import type { FlowParts } from './parts.ts';
import { codeChallenge, flowIdOf, newFlowSecrets } from './pkce.ts';
import { prepare, type Prepared } from './prepare.ts';
import { settleTokens } from './redeem.ts';

/** Ports of earlier registrations that are tried before a random one. */
const MOST_KNOWN_PORTS = 3;

/** What a begun sign-in is. */
export type Begun =
  | {
      readonly kind: 'flow';
      readonly flow: Flow;
      /** Where the person goes. */
      readonly url: string;
      readonly lacking: readonly string[];
      /** A listener that waits for the answer; absent where it comes by hand or by polling. */
      readonly door?: Door;
      /** The device grant. */
      readonly device?: DeviceCode;
    }
  | { readonly kind: 'ended'; readonly outcome: LoginOutcome }
  | { readonly kind: 'impossible'; readonly fault: Fault };

/** The world of a beginning. */
export interface BeginWorld {
  readonly parts: FlowParts;
  readonly flows: FlowStore;
  readonly doors: Doors;
  readonly doubts: Doubts;
}

interface Wanted {
  readonly endpoint: EffectiveRemote;
  readonly ask: BeginAsk;
}

/** Begins. Errors: `ERR_STORE_UNWRITABLE`. */
export async function beginFlow(world: BeginWorld, entry: EffectiveEntry, wanted: Wanted): Promise<Begun> {
  const prepared = await prepare(world.parts, entry, wanted);
  if ('reason' in prepared) return { kind: 'impossible', fault: prepared };
  switch (prepared.grant) {
    case 'authorization_code':
      return beginCode(world, prepared, wanted);
    case 'device_code':
      return beginDevice(world, prepared, wanted);
    case 'client_credentials':
    case 'jwt_bearer':
      return machine(world, { ...prepared, grant: prepared.grant }, wanted);
  }
}

async function beginCode(world: BeginWorld, prepared: Prepared, wanted: Wanted): Promise<Begun> {
  const registered = await world.parts.registeredRedirects(prepared.about.authority.issuer);
  const redirectUri = ownDoor(wanted);
  if (redirectUri !== undefined) return withRedirect(world, prepared, { wanted, registered, redirectUri });
  const wish = portWish(wanted, registered);
  const door = wanted.ask.byHand === true ? undefined : await world.doors.door(wish);
  try {
    const begun = await withRedirect(world, prepared, {
      wanted,
      registered,
      // Without a listener the browser shows an address that cannot be reached, and the person pastes it.
      redirectUri: door?.redirectUri ?? redirectUriOf(wish.kind === 'any' ? DEFAULT_CALLBACK_PORT : wish.port),
    });
    if (begun.kind !== 'flow') door?.close();
    return door === undefined || begun.kind !== 'flow' ? begun : { ...begun, door };
  } catch (error) {
    door?.close();
    throw error;
  }
}

/** Where the asking face takes the answer itself; only on this machine, and only for a client that we register. */
function ownDoor({ ask, endpoint: { oauth } }: Wanted): string | undefined {
  const { redirectUri } = ask;
  const fixed = oauth?.clientId ?? oauth?.clientMetadataUrl ?? oauth?.callbackPort;
  if (redirectUri === undefined || fixed !== undefined) return undefined;
  return /^http:\/\/localhost:\d{1,5}\/[\w/]+$/.test(redirectUri) ? redirectUri : undefined;
}

interface Redirected {
  readonly wanted: Wanted;
  readonly redirectUri: string;
  /** Redirect URIs of earlier registrations. */
  readonly registered: readonly string[];
}

async function withRedirect(
  { parts, flows, doubts }: BeginWorld,
  prepared: Prepared,
  { wanted, redirectUri, registered }: Redirected,
): Promise<Begun> {
  const { about } = prepared;
  const { authority } = about;
  const who = identityAsk(prepared, wanted, redirectUri);
  let identified = await parts.identify(who, wanted.ask);
  if (identified.ok && doubts.settle(authority.issuer, identified.client)) {
    await parts.forgetRegistration(authority.issuer, identified.client.clientId);
    identified = await parts.identify(who, wanted.ask);
  }
  if (!identified.ok) return { kind: 'impossible', fault: identified.fault };
  const { client } = identified;
  const { state, verifier } = newFlowSecrets();
  const url = authorizationUrl({
    endpoint: authority.authorizationEndpoint ?? '',
    clientId: client.clientId,
    redirectUri,
    state: state.reveal(),
    codeChallenge: codeChallenge(verifier),
    resource: about.resource,
    scopes: about.scopes,
  });
  if (url === undefined) return impossible('the authorization endpoint is missing, or is no address to be opened');
  const begunAt = parts.clock.now();
  const flow: Flow = {
    ...about,
    client,
    id: flowIdOf(state.reveal()),
    way: { kind: 'code', state, verifier, redirectUri },
    begunAt,
    expiresAt: begunAt + about.numbers.loginMs,
  };
  await flows.begin(flow);
  if (client.kind === 'dynamic' && registered.includes(redirectUri)) doubts.reuses(flow);
  return { kind: 'flow', flow, url, lacking: prepared.lacking };
}

async function beginDevice({ parts, flows }: BeginWorld, prepared: Prepared, wanted: Wanted): Promise<Begun> {
  const { about } = prepared;
  const { authority, resource, scopes, place } = about;
  for (let again = false; ; again = true) {
    const identified = await parts.identify(identityAsk(prepared, wanted), wanted.ask);
    if (!identified.ok) return { kind: 'impossible', fault: identified.fault };
    const { client } = identified;
    const begun = await parts.beginDevice(
      { authority, client, serverUrl: place.serverUrl, resource, scopes },
      wanted.ask,
    );
    if (begun.kind === 'begun') {
      const { device } = begun;
      const begunAt = parts.clock.now();
      const flow: Flow = {
        ...about,
        client,
        id: flowIdOf(device.deviceCode.reveal()),
        way: { kind: 'device', deviceCode: device.deviceCode, intervalMs: device.intervalMs },
        begunAt,
        expiresAt: Math.min(device.expiresAt, begunAt + about.numbers.loginMs),
      };
      const url = openableUrl(device.verificationUriComplete ?? device.verificationUri);
      if (url === undefined) return impossible('the address for the code is none to be opened');
      await flows.begin(flow);
      return { kind: 'flow', flow, url, lacking: prepared.lacking, device };
    }
    if (begun.kind === 'transient') return { kind: 'impossible', fault: begun.fault };
    // Nobody has been asked yet, so a server that has forgotten its client costs the person nothing.
    const forgotten = begun.error === 'invalid_client' && client.kind === 'dynamic' && !again;
    if (!forgotten) return impossibleRefusal(begun);
    await parts.forgetRegistration(authority.issuer, client.clientId);
  }
}

async function machine(
  { parts }: BeginWorld,
  prepared: Prepared & { readonly grant: 'client_credentials' | 'jwt_bearer' },
  wanted: Wanted,
): Promise<Begun> {
  const { about, grant } = prepared;
  const { authority, resource, scopes, place, dpopKey } = about;
  const oauth = { ...wanted.endpoint.oauth, grant };
  const identified = await parts.identify(identityAsk(prepared, wanted), wanted.ask);
  if (!identified.ok) return { kind: 'impossible', fault: identified.fault };
  const { client } = identified;
  const outcome = await parts.machine(
    {
      authority,
      client,
      oauth,
      resource,
      scopes,
      serverUrl: place.serverUrl,
      ...(dpopKey === undefined ? {} : { dpopKey }),
    },
    wanted.ask,
  );
  const ending = { ...about, client, grant, id: flowIdOf(newFlowSecrets().state.reveal()) };
  return { kind: 'ended', outcome: await settleTokens(parts, ending, outcome) };
}

function identityAsk({ about, grant }: Prepared, { endpoint }: Wanted, redirectUri?: string): IdentifyAbout {
  const { oauth } = endpoint;
  return {
    authority: about.authority,
    grant,
    serverUrl: about.place.serverUrl,
    ...(oauth === undefined ? {} : { oauth }),
    ...(redirectUri === undefined ? {} : { redirectUri }),
  };
}

/** BEHAVIOUR §8. A port in the entry is one that is registered at the authorization server: no other will do. */
function portWish({ endpoint, ask }: Wanted, registered: readonly string[]): PortWish {
  const fixed = ask.callbackPort ?? endpoint.oauth?.callbackPort;
  if (fixed !== undefined) return { kind: 'exactly', port: fixed };
  if (ask.remoteShell === true || ask.byHand === true) return { kind: 'from', port: DEFAULT_CALLBACK_PORT };
  const known = registered.flatMap((uri) => portOfRedirect(uri) ?? []);
  return { kind: 'any', rather: known.slice(-MOST_KNOWN_PORTS) };
}

function impossible(detail: string): Begun {
  return { kind: 'impossible', fault: { reason: 'auth-server-misconfigured', detail } };
}

function impossibleRefusal(said: { readonly error: string; readonly description?: string }): Begun {
  const { error, description } = said;
  const detail = description === undefined ? error : `${error}: ${description}`;
  const unknown = error === 'invalid_client' || error === 'unauthorized_client';
  return {
    kind: 'impossible',
    fault: { reason: unknown ? 'client-registration-refused' : 'auth-server-misconfigured', detail },
  };
}
