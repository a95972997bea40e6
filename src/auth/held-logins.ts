/**
 * The headers of a held login: its access token, renewed when that is due or when the server has refused it.
 *
 * @module
 */
import { HoldfastError, messageOf } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { Secret } from '../base/secret.ts';
import { faultMessage } from '../core/classify.ts';
import type { Credential, CredentialInfo } from '../core/credential.ts';
import type { EffectiveEntry, EffectiveRemote } from '../core/entry.ts';
import type { Fault } from '../core/fault.ts';
import type { HeadersAsk, RequestProof, SentToken } from '../core/ports.ts';
import { REASONS } from '../core/reasons.ts';
import { headerProblem } from '../net/header-rule.ts';
import { reconfigured } from './client/configured.ts';
import { placeOf } from './flow/place.ts';
import { resourceProof } from './token/dpop.ts';
import { isDead } from './vault/due.ts';
import type { RefreshOutcome } from './vault/renewal.ts';
import type { Refresher } from './vault/refresh.ts';
import type { Vault } from './vault/vault.ts';

/** What the headers of logins are made from. */
export interface HeldLoginsDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly vault: Pick<Vault, 'lookup' | 'info'>;
  readonly refresher: Pick<Refresher, 'renew' | 'isDue' | 'renewInMs'>;
  readonly machines: MachineLogins;
}

/** Makes logins that take no person; see `machine-logins.ts`. */
export interface MachineLogins {
  /** Whether the entry is one whose login takes no person, and which may begin by itself. */
  serves(endpoint: EffectiveRemote): boolean;
  /** A new login, or why there is none for now; `undefined` where it is of no use to try (again). */
  renew(entry: EffectiveEntry, ask: HeadersAsk): Promise<Credential | Fault | undefined>;
}

/** The headers of a login. `undefined` = none is held, nothing is added. */
export type LoginHeaders =
  | {
      readonly ok: true;
      readonly headers: Readonly<Record<string, Secret>>;
      readonly proof?: RequestProof;
      readonly token: SentToken;
      readonly renewInMs?: number;
      readonly login: CredentialInfo;
      readonly refreshFault?: Fault;
    }
  /** Nothing can be sent for now. */
  | { readonly ok: false; readonly fault: Fault; readonly login?: CredentialInfo }
  /** The store cannot be read, so nobody knows. */
  | { readonly ok: 'unknown'; readonly fault: Fault }
  | undefined;

/** Why the kept token is not simply sent. */
type Why = 'due' | 'refused';

/** The logins of all entries, as headers. */
export class HeldLogins {
  readonly #deps: HeldLoginsDeps;

  constructor(deps: HeldLoginsDeps) {
    this.#deps = deps;
  }

  /**
   * The headers of the login that the entry uses (`placeOf`). A held token is always sent, also one that has ended and
   * cannot be renewed: the server has the last word, whose clock may differ and which may have stopped to ask for any.
   * Its 401 then says `sign-in-expired` (BEHAVIOUR §3a, row c), and probes go on with the token held (§6). Only while a
   * renewal fails for a cause that passes, and the token is dead, nothing is sent: `refresh-failed`, never needs-auth.
   * Dead = its time is over, or it is the one that the server has just refused. The generation that was refused comes
   * back where there is no better token. A renewal goes on when `ask.signal` aborts.
   */
  async headers(entry: EffectiveEntry, endpoint: EffectiveRemote, ask: HeadersAsk): Promise<LoginHeaders> {
    try {
      const held = await this.#deps.vault.lookup(placeOf(entry, endpoint));
      return held === undefined
        ? await this.#first(entry, endpoint, ask)
        : await this.#use(held, { entry, endpoint, ask });
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      this.#deps.logger.warn({ error: messageOf(error), server: entry.name }, 'the sign-ins cannot be read');
      return { ok: 'unknown', fault: { reason: 'refresh-failed', detail: error.message } };
    }
  }

  async #first(entry: EffectiveEntry, endpoint: EffectiveRemote, ask: HeadersAsk): Promise<LoginHeaders> {
    if (!this.#deps.machines.serves(endpoint)) return undefined;
    const made = await this.#deps.machines.renew(entry, ask);
    if (made === undefined) return undefined;
    return 'reason' in made ? { ok: false, fault: asRefreshFault(made) } : this.#sent(made, ask);
  }

  async #use(
    held: Credential,
    about: { readonly entry: EffectiveEntry; readonly endpoint: EffectiveRemote; readonly ask: HeadersAsk },
  ): Promise<LoginHeaders> {
    const { ask, entry, endpoint } = about;
    const { refused, numbers } = ask;
    const why: Why | undefined =
      refused?.credential === held.id ? 'refused' : this.#deps.refresher.isDue(held, numbers) ? 'due' : undefined;
    if (why === undefined) return this.#sent(held, ask);
    const client = reconfigured(held, endpoint.oauth);
    const renewal = this.#deps.refresher.renew(held.id, {
      numbers,
      why,
      ...(client === undefined ? {} : { client }),
      ...(why === 'refused' && refused !== undefined ? { sentGeneration: refused.generation } : {}),
    });
    const outcome = await orAborted(renewal, ask.signal);
    if (outcome === undefined) return this.#without(held, { fault: STILL_RENEWING }, { why, ask });
    if (outcome.kind === 'kept') return this.#without(outcome.credential, outcome, { why, ask });
    if (outcome.kind !== 'ended') return this.#sent(outcome.credential, ask, { refreshFault: outcome.fault });
    const made = this.#deps.machines.serves(endpoint) ? await this.#deps.machines.renew(entry, ask) : undefined;
    if (made === undefined) return outcome.credential && this.#sent(outcome.credential, ask, refusalOf(outcome));
    if (!('reason' in made)) return this.#sent(made, ask);
    return this.#without(held, { fault: made }, { why, ask });
  }

  /** No new token for now. */
  #without(
    credential: Credential,
    { fault, retryInMs }: Pick<Extract<RefreshOutcome, { kind: 'kept' }>, 'fault' | 'retryInMs'>,
    { why, ask }: { readonly why: Why; readonly ask: HeadersAsk },
  ): LoginHeaders {
    const dead = why === 'refused' || isDead(credential.tokens, this.#deps.clock.now());
    if (fault !== undefined && dead)
      return { ok: false, fault: asRefreshFault(fault), login: this.#deps.vault.info(credential) };
    return this.#sent(credential, ask, { refreshFault: fault, retryInMs });
  }

  #sent(
    credential: Credential,
    { numbers }: HeadersAsk,
    about: { readonly refreshFault?: Fault | undefined; readonly retryInMs?: number | undefined } = {},
  ): LoginHeaders {
    const { clock, vault, refresher } = this.#deps;
    const { tokens, dpopKey, id, generation } = credential;
    const login = vault.info(credential);
    const value = `${tokens.tokenType === 'dpop' ? 'DPoP' : 'Bearer'} ${tokens.accessToken.reveal()}`;
    if (headerProblem('Authorization', value) !== undefined)
      return {
        ok: false,
        fault: { reason: 'auth-server-misconfigured', detail: 'no header can carry the access token' },
        login,
      };
    const renewable = credential.status === 'live' && (login.renewable || credential.grant === 'jwt_bearer');
    const renewInMs = about.retryInMs ?? (renewable ? refresher.renewInMs(credential, numbers) : undefined);
    const { refreshFault } = about;
    return {
      ok: true,
      headers: { Authorization: new Secret(value) },
      token: { credential: id, generation },
      login,
      ...(tokens.tokenType === 'dpop' && dpopKey !== undefined
        ? { proof: resourceProof(dpopKey, tokens.accessToken, clock) }
        : {}),
      ...(renewInMs === undefined ? {} : { renewInMs }),
      ...(refreshFault === undefined ? {} : { refreshFault: asRefreshFault(refreshFault) }),
    };
  }
}

const STILL_RENEWING: Fault = { reason: 'refresh-failed', detail: 'the sign-in is still being renewed' };

/** Why a login that is no tombstone cannot be renewed: the client is refused that a person has configured. */
function refusalOf({ credential, detail }: Extract<RefreshOutcome, { kind: 'ended' }>): { refreshFault?: Fault } {
  const isRefused = credential?.status === 'live' && credential.tokens.refreshToken !== undefined;
  return isRefused ? { refreshFault: { reason: 'sign-in-expired', detail } } : {};
}

/** A fault of the authorization server is none of the MCP server: it is told as what it does to the login. */
function asRefreshFault(fault: Fault): Fault {
  if (REASONS[fault.reason].status === 'needs-auth' || fault.reason === 'refresh-failed') return fault;
  const { httpStatus, retryAfterMs } = fault;
  return {
    reason: 'refresh-failed',
    detail: `at the authorization server: ${faultMessage(fault)}`,
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
