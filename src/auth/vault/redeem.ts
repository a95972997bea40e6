/**
 * The refresh transaction (DESIGN §4): under the lease, with room set aside and a note of what has begun, one token is
 * redeemed, and what comes is safe on disk before anybody uses it.
 *
 * @module
 */
import { HoldfastError, messageOf } from '../../base/errors.ts';
import type { Credential } from '../../core/credential.ts';
import type { Reservation } from '../../core/store.ts';
import type { OAuthAsk, OAuthDeps } from '../deps.ts';
import { clientCredentialsGrant, refreshGrant } from '../token/grants.ts';
import type { TokenParams } from '../token/grants.ts';
import type { TokenOutcome } from '../token/outcome.ts';
import { requestToken } from '../token/request.ts';
import { attempts, patientClock } from './attempts.ts';
import type { Attempted } from './attempts.ts';
import { isUnsettled, noteIntent } from './intent.ts';
import { Keeper } from './keeper.ts';
import { renewalFault } from './renewal.ts';
import type { Redeem, RedeemAsk, RefreshOutcome } from './renewal.ts';
import type { Vault } from './vault.ts';
import { failureText, isVerdict, refusalOf } from './verdict.ts';

/** What a redemption is made from. */
export interface RedeemDeps extends OAuthDeps {
  readonly vault: Vault;
  /** Of this process, for the note of what has begun. Default 0. */
  readonly pid?: number;
  /** Replaces the request to the token endpoint. */
  readonly request?: typeof requestToken;
}

/** One redemption under the lease. */
interface Turn {
  readonly held: Credential;
  readonly ask: RedeemAsk;
  readonly room: Reservation;
  /** An earlier redemption of the same token ended without a known outcome. */
  readonly unsettled: boolean;
}

/** What the lease still has to be held for after the outcome is known: tokens that cannot be written yet. */
interface Ended {
  readonly outcome: RefreshOutcome;
  readonly rest?: Promise<void>;
}

/** New tokens of whoever is busy are found at the next question all the same; only the wait for the lease is not repeated. */
const BUSY_MS = 5_000;
const STORE_MS = 5_000;
const LEAST_ROOM = 16 * 1024;

/** Redeems in this process. */
export class Redeemer {
  readonly #deps: RedeemDeps;
  readonly #keeper: Keeper;

  constructor(deps: RedeemDeps) {
    this.#deps = deps;
    this.#keeper = new Keeper(deps);
  }

  /**
   * One generation of a login, redeemed at most once over all processes. The lease is not given back while new tokens are
   * in memory alone: nobody may redeem the spent one meanwhile. Errors: `ERR_STORE_UNREADABLE` where the login was never
   * read.
   */
  readonly redeem: Redeem = async (id, ask) => {
    if (!(await this.#keeper.saved(id))) return this.#kept(id, new HoldfastError('ERR_STORE_UNWRITABLE', UNSAVED));
    try {
      return await this.#leased(id, ask);
    } catch (error) {
      return this.#kept(id, error);
    }
  };

  /** Tries once more to write what is in memory alone, and gives the lease of it back. Whether nothing is unsaved. */
  letGo(id?: string): Promise<boolean> {
    return this.#keeper.letGo(id);
  }

  /** Resolves when no tokens are in memory alone. */
  whenSaved(): Promise<void> {
    return this.#keeper.whenSaved();
  }

  /** Resolves with the outcome, which may be before the lease is given back. */
  #leased(id: string, ask: RedeemAsk): Promise<RefreshOutcome> {
    return new Promise((resolve, reject) => {
      const work = async (): Promise<void> => {
        const { outcome, rest } = await this.#alone(id, ask);
        resolve(outcome);
        await rest;
      };
      const { lease, vital } = this.#deps;
      lease.hold(id, () => vital?.hold(work()) ?? work(), ask.numbers.leaseWaitMs).catch(reject);
    });
  }

  async #alone(id: string, ask: RedeemAsk): Promise<Ended> {
    const { vault, store, clock, logger, pid = 0 } = this.#deps;
    const held = await vault.read(id);
    if (held === undefined) return { outcome: { kind: 'ended', detail: 'the sign-in is no longer kept' } };
    if (held.status === 'refused') return { outcome: endedBy(held) };
    if (held.generation !== ask.generation) return { outcome: { kind: 'adopted', credential: held } };
    const unsettled = await isUnsettled(store, id, held.generation);
    if (unsettled)
      logger.info({ id }, 'an earlier renewal of this sign-in has no known outcome; its token is tried again');
    // Before the request: what could not be kept must not be redeemed.
    const room = await store.reserve('credential', id, roomFor(held));
    let ended: Ended | undefined;
    try {
      await noteIntent(store, id, { generation: held.generation, startedAt: clock.now(), pid });
      const turn = { held, ask, room, unsettled };
      ended = await this.#settle(turn, await this.#attempt(turn));
      return ended;
    } finally {
      // Tokens that wait to be written need it still.
      if (ended?.rest === undefined) await room.release().catch(() => undefined);
    }
  }

  async #attempt({ held, ask }: Turn): Promise<Attempted> {
    const { clock, random, redactor, fetch, addressMode, request = requestToken } = this.#deps;
    const { authority, key, dpopKey } = held;
    const deps = { clock: patientClock(clock), redactor, fetch, ...(addressMode === undefined ? {} : { addressMode }) };
    const params = paramsOf(held);
    const about = {
      authority,
      client: ask.client ?? held.client,
      params,
      serverUrl: key.serverUrl,
      ...(dpopKey === undefined ? {} : { dpopKey }),
    };
    return attempts({ clock, random }, ask.numbers.tokenTimeoutMs, (timeoutMs) => {
      const limits: OAuthAsk = {
        numbers: { ...ask.numbers, tokenTimeoutMs: Math.min(timeoutMs, ask.numbers.tokenTimeoutMs) },
        // Nobody's impatience ends a redemption.
        signal: new AbortController().signal,
      };
      return request(deps, about, limits);
    });
  }

  async #settle(turn: Turn, { outcome, uncertain }: Attempted): Promise<Ended> {
    if (outcome.kind === 'tokens') return this.#keep(turn, outcome);
    if (outcome.kind === 'refused' && isVerdict(outcome, turn.held))
      return { outcome: await this.#refuse(turn, outcome, uncertain || turn.unsettled) };
    // The note stays while the token may be spent: whoever finds it knows why it is refused then.
    if (!uncertain && !turn.unsettled) await this.#forgetIntent(turn.held.id);
    return { outcome: failed(turn.held, outcome) };
  }

  async #keep({ held, ask, room }: Turn, { tokens }: Extract<TokenOutcome, { kind: 'tokens' }>): Promise<Ended> {
    const refreshToken = tokens.refreshToken ?? held.tokens.refreshToken;
    const scopes = tokens.scopes ?? held.tokens.scopes;
    const next: Credential = {
      ...held,
      client: ask.client ?? held.client,
      tokens: {
        ...tokens,
        ...(refreshToken === undefined ? {} : { refreshToken }),
        ...(scopes === undefined ? {} : { scopes }),
      },
    };
    const last = ask.why === 'refused' ? 'refresh-after-401' : 'refresh';
    const kept = await this.#keeper.keep(next, { room, last });
    if (kept.kind === 'unsaved') {
      const outcome = { kind: 'fresh', credential: kept.credential, fault: kept.fault } as const;
      return { outcome, rest: kept.saved };
    }
    await this.#forgetIntent(held.id);
    if (kept.kind === 'saved') return { outcome: { kind: 'fresh', credential: kept.credential } };
    return { outcome: await this.#moved(held.id) };
  }

  async #refuse(
    { held, room }: Turn,
    outcome: Extract<TokenOutcome, { kind: 'refused' }>,
    unknown: boolean,
  ): Promise<RefreshOutcome> {
    const now = await this.#deps.vault.read(held.id);
    if (now === undefined || now.generation !== held.generation) return this.#moved(held.id);
    const refusal = refusalOf(outcome, unknown);
    try {
      const marked = await this.#deps.vault.markRefused(held, refusal, room);
      await this.#forgetIntent(held.id);
      return marked === undefined ? await this.#moved(held.id) : endedBy(marked, outcome);
    } catch (error) {
      this.#deps.logger.warn({ error: messageOf(error) }, 'the end of a sign-in could not be written');
      // Whoever is refused next must still be able to say why.
      if (!unknown) await this.#forgetIntent(held.id);
      return endedBy({ ...held, status: 'refused', refusal }, outcome);
    }
  }

  /** Somebody signed in or out without the lease: theirs is what counts. */
  async #moved(id: string): Promise<RefreshOutcome> {
    const credential = await this.#deps.vault.read(id);
    if (credential === undefined) return { kind: 'ended', detail: 'the sign-in is no longer kept' };
    return credential.status === 'refused' ? endedBy(credential) : { kind: 'adopted', credential };
  }

  async #forgetIntent(id: string): Promise<void> {
    // A note about a generation that is over means nothing; it is removed for tidiness.
    await this.#deps.store.remove('intent', id).catch(() => undefined);
  }

  #kept(id: string, error: unknown): RefreshOutcome {
    const credential = this.#deps.vault.lastSeen(id);
    if (credential === undefined) throw error;
    if (!(error instanceof HoldfastError))
      this.#deps.logger.error({ error: messageOf(error) }, 'a sign-in could not be renewed');
    if (error instanceof HoldfastError && error.code === 'ERR_STORE_BUSY')
      return { kind: 'kept', credential, cause: 'busy', fault: renewalFault(BUSY), retryInMs: BUSY_MS };
    return { kind: 'kept', credential, cause: 'store', fault: storeFault(error), retryInMs: STORE_MS };
  }
}

const BUSY = 'busy: another process is renewing this sign-in';
const UNSAVED = 'the tokens that were renewed last are not written yet';

function storeFault(error: unknown): ReturnType<typeof renewalFault> {
  const code = error instanceof HoldfastError ? `${error.code}: ` : '';
  return renewalFault(`${code}${messageOf(error)}`);
}

/** Room for tokens that are longer than the ones before. */
function roomFor({ tokens }: Credential): number {
  const known = tokens.accessToken.reveal().length + (tokens.refreshToken?.reveal().length ?? 0);
  return LEAST_ROOM + 4 * known;
}

function paramsOf({ tokens, key, grant, requestedScopes }: Credential): TokenParams {
  const { refreshToken } = tokens;
  if (refreshToken === undefined && grant === 'client_credentials')
    return clientCredentialsGrant({ resource: key.resource, scopes: requestedScopes });
  if (refreshToken === undefined)
    throw new HoldfastError('ERR_INTERNAL', 'a login without a refresh token is redeemed');
  return refreshGrant({ refreshToken, resource: key.resource });
}

function endedBy(
  credential: Credential,
  outcome?: Extract<TokenOutcome, { kind: 'refused' }>,
): Extract<RefreshOutcome, { kind: 'ended' }> {
  return {
    kind: 'ended',
    credential,
    detail: failureText(credential.refusal ?? 'invalid_grant', outcome?.description),
  };
}

function failed(held: Credential, outcome: Exclude<TokenOutcome, { kind: 'tokens' }>): RefreshOutcome {
  if (outcome.kind === 'transient') {
    const { fault, retryAfterMs } = outcome;
    const wait = retryAfterMs === undefined ? {} : { retryInMs: retryAfterMs };
    return { kind: 'kept', credential: held, fault, ...wait };
  }
  const { error, description, status } = outcome;
  const detail = failureText(error, description);
  if (error === 'invalid_client') return { kind: 'ended', credential: held, detail };
  return { kind: 'kept', credential: held, fault: { ...renewalFault(detail), httpStatus: status } };
}
