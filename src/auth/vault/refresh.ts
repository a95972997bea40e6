/**
 * Renews logins: whether one is needed, one redemption for all callers of this process, and how long to rest after one
 * that failed.
 *
 * @module
 */
import { HoldfastError } from '../../base/errors.ts';
import { doubling } from '../../core/backoff.ts';
import type { Credential } from '../../core/credential.ts';
import type { Numbers } from '../../core/numbers.ts';
import { provesSame } from '../client/configured.ts';
import { isDue, renewInMs } from './due.ts';
import { redeemElsewhere } from './redeem-detached.ts';
import type { RunHelper } from './redeem-detached.ts';
import { Redeemer } from './redeem.ts';
import type { RedeemDeps } from './redeem.ts';
import type { Redeem, RenewAsk, RefreshOutcome } from './renewal.ts';
import type { Stored } from './watching.ts';

/** The ports of the refresher. */
export interface RefresherDeps extends RedeemDeps {
  /** Runs redemptions in processes of their own. Default: they run here. */
  readonly redeem?: RunHelper;
}

/** After a redemption that failed: no other one of the same generation before `until` (monotonic). */
interface Rest {
  readonly generation: number;
  readonly until: number;
  readonly failures: number;
  /** How the client proved itself; another proof need not wait. */
  readonly client: RenewAsk['client'];
  readonly outcome: Extract<RefreshOutcome, { kind: 'kept' | 'ended' }>;
}

type Decision = { readonly redeem: Credential } | { readonly outcome: RefreshOutcome };

const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 60_000;
/** A longer `Retry-After` is asked again after this. */
const RETRY_AFTER_CAP_MS = 300_000;
/** How much later than it said a server is asked again, at most. */
const LATE = 0.1;
/** How long an end of the process is put off. */
const LONGEST_IDLE_WAIT_MS = 10_000;
/** Tokens that live for seconds may be due again once another process has renewed them. */
const ROUNDS = 3;

/** Renewals for one process. */
export class Refresher {
  readonly #deps: RefresherDeps;
  readonly #redeemer: Redeemer;
  readonly #redeem: Redeem;
  /** Drawn once: where this process stands within the ± 10 %. */
  readonly #roll: number;
  readonly #running = new Map<string, Promise<RefreshOutcome>>();
  readonly #rests = new Map<string, Rest>();
  /** When a 401 last led to new tokens of each login (monotonic). */
  readonly #after401 = new Map<string, number>();

  constructor(deps: RefresherDeps) {
    this.#deps = deps;
    this.#redeemer = new Redeemer(deps);
    const { redeem: run, store, vault } = deps;
    // What is in the memory of this process can be redeemed nowhere else.
    const here = run === undefined || store.persistence === 'memory';
    this.#redeem = here ? this.#redeemer.redeem : redeemElsewhere(vault, run, this.#redeemer.redeem);
    this.#roll = deps.random.next();
  }

  /** Whether the token should be renewed before it is used. */
  isDue({ tokens }: Credential, numbers: Numbers): boolean {
    return isDue(tokens, this.#deps.clock.now(), { numbers, roll: this.#roll });
  }

  /** When to ask again whether it should; `undefined` = only a 401 tells. */
  renewInMs({ tokens }: Credential, numbers: Numbers): number | undefined {
    return renewInMs(tokens, this.#deps.clock.now(), { numbers, roll: this.#roll });
  }

  /**
   * Renews a login if that is needed. Nobody can cancel it, and it never rejects for what servers, networks and disks do.
   * Errors: `ERR_STORE_UNREADABLE` where the login could never be read.
   */
  async renew(id: string, ask: RenewAsk): Promise<RefreshOutcome> {
    const running = this.#running.get(id);
    if (running !== undefined) return running;
    let outcome: RefreshOutcome | undefined;
    for (let round = 0; round < ROUNDS; round += 1) {
      const decision = await this.#decide(id, ask);
      // Of two decisions about a login that moves on, the outcome of the redemption is the newer one.
      if ('outcome' in decision) return outcome ?? decision.outcome;
      outcome = await (this.#running.get(id) ?? this.#start(decision.redeem, ask));
      if (outcome.kind !== 'adopted' || !this.isDue(outcome.credential, ask.numbers)) return outcome;
    }
    return outcome ?? { kind: 'ended', detail: 'the sign-in is no longer kept' };
  }

  /**
   * Runs `work` alone: under the lease of the login, after a redemption of this process. For signing out, which must not
   * meet one. Errors: `ERR_STORE_BUSY`.
   */
  async alone<T>(id: string, work: () => Promise<T>, waitMs?: number): Promise<T> {
    await this.#running.get(id);
    await this.#redeemer.letGo(id);
    return this.#deps.lease.hold(id, work, waitMs);
  }

  /**
   * Resolves when no redemption is under way here and nothing is in memory alone, at most after 10 s: what ends the
   * process waits for it.
   */
  async idle(): Promise<void> {
    const enough = new AbortController();
    const timer = this.#deps.clock.after(LONGEST_IDLE_WAIT_MS, () => enough.abort());
    const over = new Promise<void>((resolve) => {
      enough.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([over, this.#quiet()]);
    timer.cancel();
  }

  /** Resolves when no tokens are in memory alone: a process that lives for one redemption waits for this. */
  whenSaved(): Promise<void> {
    return this.#redeemer.whenSaved();
  }

  async #quiet(): Promise<void> {
    await Promise.allSettled(this.#running.values());
    await this.#redeemer.letGo();
  }

  async #decide(id: string, ask: RenewAsk): Promise<Decision> {
    const stored = await this.#read(id);
    if (stored === undefined) return { outcome: { kind: 'ended', detail: 'no sign-in is kept' } };
    const { credential } = stored;
    if (ask.why === 'refused' && ask.sentGeneration !== undefined && ask.sentGeneration !== credential.generation)
      return { outcome: { kind: 'adopted', credential } };
    if (ask.why !== 'refused' && !this.isDue(credential, ask.numbers))
      return { outcome: { kind: 'adopted', credential } };
    const hopeless = endOf(credential);
    if (hopeless !== undefined) return { outcome: hopeless };
    const rest = this.#resting(credential, ask) ?? (ask.why === 'refused' ? this.#gap(stored, ask.numbers) : undefined);
    return rest === undefined ? { redeem: credential } : { outcome: rest };
  }

  async #read(id: string): Promise<Stored | undefined> {
    try {
      return await this.#deps.vault.stored(id);
    } catch (error) {
      const credential = this.#deps.vault.lastSeen(id);
      if (credential === undefined || !(error instanceof HoldfastError)) throw error;
      // The redemption meets the same fault, and tells it.
      return { credential, last: 'login' };
    }
  }

  #resting({ id, generation }: Credential, { client }: RenewAsk): RefreshOutcome | undefined {
    const rest = this.#rests.get(id);
    if (rest === undefined || rest.generation !== generation || !provesSame(rest.client, client)) return undefined;
    const left = rest.until - this.#deps.clock.monotonic();
    if (left <= 0) return undefined;
    return rest.outcome.kind === 'kept' ? { ...rest.outcome, retryInMs: Math.ceil(left) } : rest.outcome;
  }

  /** A new token that is refused as well is not cured by another one. */
  #gap({ credential, last }: Stored, { refreshGapMs }: Numbers): RefreshOutcome | undefined {
    const { clock } = this.#deps;
    const here = this.#after401.get(credential.id);
    // Another process, or an earlier life of this one, has done it.
    const elsewhere = last === 'refresh-after-401' ? clock.now() - credential.tokens.obtainedAt : -1;
    const ages = [here === undefined ? -1 : clock.monotonic() - here, elsewhere].filter((age) => age >= 0);
    const left = refreshGapMs - Math.min(...ages, Infinity);
    return left > 0 ? { kind: 'kept', credential, retryInMs: Math.ceil(left) } : undefined;
  }

  #start(credential: Credential, ask: RenewAsk): Promise<RefreshOutcome> {
    const { id, generation } = credential;
    const { numbers, why, client } = ask;
    const run = this.#redeem(id, { numbers, generation, why, ...(client === undefined ? {} : { client }) })
      .then((outcome) => {
        if (why === 'refused' && outcome.kind === 'fresh') this.#after401.set(id, this.#deps.clock.monotonic());
        return this.#restAfter(credential, ask, outcome);
      })
      .finally(() => this.#running.delete(id));
    this.#running.set(id, run);
    return run;
  }

  #restAfter({ id, generation }: Credential, { client }: RenewAsk, outcome: RefreshOutcome): RefreshOutcome {
    if (outcome.kind !== 'kept' && outcome.kind !== 'ended') {
      this.#rests.delete(id);
      return outcome;
    }
    const before = this.#rests.get(id);
    const earlier = before?.generation === generation ? before.failures : 0;
    // A lease that was not had, or a disk that is full, is no failure of the server.
    const failures = outcome.kind === 'kept' && outcome.cause !== undefined ? earlier : earlier + 1;
    const wait = this.#restMs(outcome, failures);
    this.#rests.set(id, { generation, until: this.#deps.clock.monotonic() + wait, failures, client, outcome });
    return outcome.kind === 'kept' ? { ...outcome, retryInMs: Math.ceil(wait) } : outcome;
  }

  #restMs(outcome: Rest['outcome'], failures: number): number {
    const roll = this.#deps.random.next();
    if (outcome.kind === 'ended') return LONGEST_REST_MS;
    if (outcome.cause !== undefined) return outcome.retryInMs ?? FIRST_REST_MS;
    const own = doubling(FIRST_REST_MS, failures, LONGEST_REST_MS) * (0.5 + roll / 2);
    const asked = Math.min(outcome.retryInMs ?? 0, RETRY_AFTER_CAP_MS) * (1 + LATE * roll);
    return Math.max(own, asked);
  }
}

/** Why no redemption can help. */
function endOf(credential: Credential): RefreshOutcome | undefined {
  if (credential.status === 'refused')
    return { kind: 'ended', credential, detail: credential.refusal ?? 'the authorization server has refused it' };
  if (credential.tokens.refreshToken !== undefined || credential.grant === 'client_credentials') return undefined;
  return { kind: 'ended', credential, detail: 'the authorization server gave no refresh token' };
}
