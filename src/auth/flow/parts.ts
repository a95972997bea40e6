/**
 * What a sign-in is made from: the other rooms of this house, as the flow sees them.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Redactor, Secret } from '../../base/secret.ts';
import type { Vital } from '../../base/vital.ts';
import type { Credential, CredentialInfo } from '../../core/credential.ts';
import type { Fault } from '../../core/fault.ts';
import type { Store } from '../../core/store.ts';
import type { OAuthAsk } from '../deps.ts';
import type { Identified } from '../client/configured.ts';
import type { IdentifyAbout } from '../client/identify.ts';
import type { DiscoverAbout } from '../discovery/discover.ts';
import type { Discovery } from '../discovery/discovered.ts';
import type { DeviceAsk, DeviceBegun, DeviceOutcome, DevicePoll } from '../token/device.ts';
import type { MachineAsk } from '../token/machine.ts';
import type { TokenOutcome } from '../token/outcome.ts';
import type { TokenRequest } from '../token/request.ts';
import type { Revocation } from '../token/revoke.ts';

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
  /** Runs `work` while no renewal of that login goes on, here or elsewhere. Errors: `ERR_STORE_BUSY`. */
  alone<T>(id: string, work: () => Promise<T>, waitMs?: number): Promise<T>;
}

/** The parts of a sign-in. Every one of them translates what came from outside into values; none throws for it. */
export interface FlowParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly redactor: Redactor;
  readonly store: Store;
  readonly logins: Logins;
  readonly vital?: Vital;
  discover(about: DiscoverAbout, ask: OAuthAsk): Promise<Discovery>;
  identify(about: IdentifyAbout, ask: OAuthAsk): Promise<Identified>;
  /** Redirect URIs for which a registration at the issuer is held: a listener there needs no new one. */
  registeredRedirects(issuer: string): Promise<readonly string[]>;
  /** Forgets what was registered at an issuer (only that client, where one is named); whether there was something. */
  forgetRegistration(issuer: string, clientId?: string): Promise<boolean>;
  requestToken(about: TokenRequest, ask: OAuthAsk): Promise<TokenOutcome>;
  beginDevice(about: DeviceAsk, ask: OAuthAsk): Promise<DeviceBegun>;
  /** Rejects with the reason of the signal when that aborts. */
  pollDevice(about: DevicePoll, ask: OAuthAsk): Promise<DeviceOutcome>;
  machine(about: MachineAsk, ask: OAuthAsk): Promise<TokenOutcome>;
  revoke(about: Revocation, ask: OAuthAsk): Promise<'revoked' | 'not-offered' | Fault>;
  newDpopKey(algorithms?: readonly string[]): Promise<Secret>;
}
