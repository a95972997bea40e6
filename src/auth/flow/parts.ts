/**
 * What a sign-in is made from: the other rooms of this house, as the flow sees them.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Redactor, Secret } from '../../base/secret.ts';
import type { Authority, ClientIdentity, Credential, CredentialInfo } from '../../core/credential.ts';
import type { OAuthSettings } from '../../core/entry.ts';
import type { Challenge, Fault } from '../../core/fault.ts';
import type { Lease, Store } from '../../core/store.ts';
import type { OAuthAsk } from '../deps.ts';
import type { Discovery } from '../discovery/discovered.ts';
import type { DeviceAsk, DeviceBegun, DeviceOutcome, DevicePoll } from '../token/device.ts';
import type { TokenOutcome } from '../token/outcome.ts';
import type { TokenRequest } from '../token/request.ts';
import type { Revocation } from '../token/revoke.ts';

/** Whom discovery is asked about. */
export interface DiscoverAbout {
  readonly serverUrl: string;
  readonly challenges: readonly Challenge[];
  readonly oauth?: OAuthSettings<Secret>;
}

/** For what a client identity is wanted. */
export interface IdentifyAbout {
  readonly authority: Authority;
  readonly oauth?: OAuthSettings<Secret>;
  readonly redirectUri?: string;
  readonly grant: Credential['grant'];
}

/** Who we are there, or why we are nobody. */
export type Identified =
  | { readonly ok: true; readonly client: ClientIdentity }
  | { readonly ok: false; readonly fault: Fault };

/** Which login an entry would use. */
export interface LoginPlace {
  readonly serverUrl: string;
  readonly profile: string;
  readonly lane: string;
  /** Only one of this client. */
  readonly clientId?: string;
}

/** Where logins are kept. */
export interface Logins {
  lookup(place: LoginPlace): Promise<Credential | undefined>;
  /** Resolves when it is safe; what it replaces goes only then. Errors: `ERR_STORE_UNWRITABLE`. */
  create(parts: Omit<Credential, 'id' | 'generation'>): Promise<Credential>;
  remove(id: string): Promise<unknown>;
  info(credential: Credential): CredentialInfo;
}

/** A tokens request that needs no person: everything it takes is in the entry. */
export interface MachineAbout {
  readonly authority: Authority;
  readonly client: ClientIdentity;
  readonly oauth: OAuthSettings<Secret>;
  readonly resource: string | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly serverUrl: string;
  readonly dpopKey?: Secret;
}

/** The parts of a sign-in. Every one of them translates what came from outside into values; none throws for it. */
export interface FlowParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly redactor: Redactor;
  readonly store: Store;
  readonly lease: Lease;
  readonly logins: Logins;
  discover(about: DiscoverAbout, ask: OAuthAsk): Promise<Discovery>;
  identify(about: IdentifyAbout, ask: OAuthAsk): Promise<Identified>;
  /** Forgets what was registered at an issuer (only that client, where one is named); whether there was something. */
  forgetRegistration(issuer: string, clientId?: string): Promise<boolean>;
  requestToken(about: TokenRequest, ask: OAuthAsk): Promise<TokenOutcome>;
  beginDevice(about: DeviceAsk, ask: OAuthAsk): Promise<DeviceBegun>;
  /** Rejects with the reason of the signal when that aborts. */
  pollDevice(about: DevicePoll, ask: OAuthAsk): Promise<DeviceOutcome>;
  machine(about: MachineAbout, ask: OAuthAsk): Promise<TokenOutcome>;
  revoke(about: Revocation, ask: OAuthAsk): Promise<'revoked' | 'not-offered' | Fault>;
  newDpopKey(algorithms?: readonly string[]): Promise<Secret>;
}
