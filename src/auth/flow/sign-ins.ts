/**
 * The port of sign-ins: begins them, takes their answers, tells how they ended, and forgets logins.
 *
 * @module
 */
import { iso, type Timer } from '../../base/clock.ts';
import { HoldfastError } from '../../base/errors.ts';
import type { Credential, CredentialInfo } from '../../core/credential.ts';
import { isRemote, type EffectiveEntry } from '../../core/entry.ts';
import type { BeginAsk, LoginBegun, LoginOutcome, LoginWaiting, SignInChange, SignIns } from '../../core/sign-in.ts';
import { SharedRuns } from '../helper/shared-run.ts';
import { Answers } from './answers.ts';
import { beginFlow, type Begun } from './begin.ts';
import { pastedParams } from './callback.ts';
import { Doors } from './doors.ts';
import { Doubts } from './doubts.ts';
import { plainEnding } from './endings.ts';
import { flowSecrets, type Flow, type KeptFlow } from './flow.ts';
import { FlowStore } from './flow-store.ts';
import { forgetLogin } from './forget.ts';
import { LiveFlows } from './live.ts';
import { loginMadeBy } from './made.ts';
import type { PageId } from './page.ts';
import type { FlowParts } from './parts.ts';
import { flowIdOf } from './pkce.ts';
import { placeOf, remoteOf } from './place.ts';
import { union } from './scopes.ts';

/** What the port needs beside the parts of a flow. */
export interface SignInsParts extends FlowParts {
  /** Every login. */
  listLogins(): Promise<readonly Credential[]>;
  onLoginChange(changed: (change: SignInChange) => void): () => void;
  /** Waits for renewals under way. */
  closeLogins(): Promise<void>;
}

/** Should a change of the store go unheard, a flow of another process is looked at again after this. */
const LOOK_AGAIN_MS = 2_000;
/** An answer that came in time may be redeemed for so long after the flow's own time. */
const REDEEM_GRACE_MS = 30_000;

type Beginning = { readonly begun: LoginBegun } | { readonly error: unknown };

/** The sign-ins of one process, and of all that share its store. */
export class SignInDesk implements SignIns {
  readonly #parts: SignInsParts;
  readonly #flows: FlowStore;
  readonly #doors: Doors;
  readonly #live: LiveFlows;
  readonly #doubts = new Doubts();
  readonly #answers: Answers;
  readonly #beginnings = new SharedRuns<Beginning>();
  readonly #graces = new Set<Timer>();
  #unwatch: (() => void) | undefined;

  constructor(parts: SignInsParts) {
    this.#parts = parts;
    this.#flows = new FlowStore(parts.store, parts.clock);
    this.#doors = new Doors(parts.clock);
    this.#live = new LiveFlows(parts.clock);
    this.#answers = new Answers(parts, { flows: this.#flows, live: this.#live, doubts: this.#doubts });
  }

  async begin(entry: EffectiveEntry, ask: BeginAsk): Promise<LoginBegun> {
    ask.signal.throwIfAborted();
    remoteOf(entry);
    const key = beginKey(entry, ask);
    const waiting = this.#live.like(key);
    if (waiting !== undefined) return waiting.waiting;
    const beginning = await this.#beginnings.join(key, ask.signal, async (signal) => {
      try {
        return { begun: await this.#begin(entry, { ...ask, signal }, key) };
      } catch (error) {
        return { error };
      }
    });
    if (beginning === undefined) throw ask.signal.reason as Error;
    if ('error' in beginning) throw beginning.error;
    return beginning.begun;
  }

  async finish(id: string, callback: string, ask: { readonly signal: AbortSignal }): Promise<LoginOutcome> {
    const kept = await this.#kept(id);
    if (kept.phase === 'over') throw unknownLogin(id);
    const { flow } = kept;
    if (flow.way.kind === 'device') return this.outcome(id, ask.signal);
    const params = pastedParams(callback, flow.way.redirectUri);
    if (params === undefined || flowIdOf(params.state) !== id)
      throw new HoldfastError('ERR_USAGE', 'the text is not the answer to this sign-in', {
        hint: `Paste the whole address that the browser shows after the sign-in; it begins with ${flow.way.redirectUri}.`,
      });
    const taking = this.#answers.take(id, params);
    return (await unlessAborted(taking, ask.signal)) ?? this.outcome(id, ask.signal);
  }

  async outcome(id: string, signal: AbortSignal): Promise<LoginOutcome> {
    const live = this.#live.get(id);
    if (live !== undefined) return unlessAborted(live.done, signal);
    const ended = this.#live.ended(id);
    if (ended !== undefined) return ended;
    let kept = await this.#kept(id);
    for (;;) {
      if (kept.phase === 'over') return kept.outcome;
      if (this.#parts.clock.now() >= kept.expiresAt + (kept.phase === 'taken' ? REDEEM_GRACE_MS : 0))
        return plainEnding(kept.flow, 'expired');
      // Whoever began it may have ended, and then nobody else asks for the tokens.
      if (kept.flow.way.kind === 'device') void this.#answers.poll(kept.flow);
      await this.#changeOf(id, signal);
      const now = await this.#flows.read(id);
      // Whoever ended it left nothing of it but perhaps a new login.
      if (now === undefined)
        return (await loginMadeBy(this.#parts.logins, kept.flow)) ?? plainEnding(kept.flow, 'cancelled');
      kept = now;
    }
  }

  async cancel(id: string): Promise<void> {
    const flow = this.#live.get(id)?.flow ?? flowOf(await this.#flows.read(id));
    if (flow === undefined) return;
    await this.#answers.drop(flow, 'cancelled');
    this.#answers.stopPolling(id);
  }

  async held(entry: EffectiveEntry): Promise<CredentialInfo | undefined> {
    if (!isRemote(entry.endpoint)) return undefined;
    const { logins } = this.#parts;
    const credential = await logins.lookup(placeOf(entry, entry.endpoint));
    return credential === undefined ? undefined : logins.info(credential);
  }

  forget: SignIns['forget'] = (entry, ask) => forgetLogin(this.#parts, entry, ask);

  async list(): Promise<readonly CredentialInfo[]> {
    const logins = await this.#parts.listLogins();
    return logins.map((credential) => this.#parts.logins.info(credential));
  }

  onChange(changed: (change: SignInChange) => void): () => void {
    return this.#parts.onLoginChange(changed);
  }

  async close(): Promise<void> {
    this.#unwatch?.();
    for (const timer of this.#graces) timer.cancel();
    await this.#doors.close();
    await this.#answers.close();
    this.#live.close();
    await this.#parts.closeLogins();
  }

  async #begin(entry: EffectiveEntry, ask: BeginAsk, key: string): Promise<LoginBegun> {
    const world = { parts: this.#parts, flows: this.#flows, doors: this.#doors, doubts: this.#doubts };
    const begun = await beginFlow(world, entry, { endpoint: remoteOf(entry), ask });
    if (begun.kind === 'ended') {
      this.#live.end(begun.outcome);
      return begun.outcome;
    }
    if (begun.kind === 'impossible') return begun;
    return this.#open(begun, { key, signal: ask.signal });
  }

  async #open(
    begun: Extract<Begun, { readonly kind: 'flow' }>,
    about: { readonly key: string; readonly signal: AbortSignal },
  ): Promise<LoginWaiting> {
    const { flow, door, device } = begun;
    this.#parts.redactor.add(...flowSecrets(flow));
    this.#watch();
    const waiting = waitingOf(begun);
    this.#live.add({ flow, waiting, key: about.key, ...(door === undefined ? {} : { door }) }, (expired) => {
      void this.#expire(expired).catch(this.#unkept);
    });
    if (flow.way.kind === 'code')
      door?.await(flow.way.state.reveal(), async (params) => pageOf(await this.#answers.take(flow.id, params)));
    else void this.#answers.poll(flow, device);
    // Whoever asked for it has gone away, and nobody else has heard of it.
    if (about.signal.aborted) await this.cancel(flow.id);
    return waiting;
  }

  /** A flow by its id. Errors: `ERR_LOGIN_UNKNOWN`. */
  async #kept(id: string): Promise<KeptFlow> {
    const kept = await this.#flows.read(id);
    const late = kept?.phase === 'waiting' && kept.expiresAt <= this.#parts.clock.now();
    if (kept === undefined || late) throw unknownLogin(id);
    if (kept.phase !== 'over') this.#parts.redactor.add(...flowSecrets(kept.flow));
    return kept;
  }

  async #expire(flow: Flow): Promise<void> {
    if (await this.#adopt(flow.id)) return;
    this.#answers.stopPolling(flow.id);
    if ((await this.#answers.drop(flow, 'expired')) !== undefined) return;
    // Its answer is being redeemed, perhaps by a process that has died since.
    const grace = this.#parts.clock.after(
      REDEEM_GRACE_MS,
      () => {
        this.#graces.delete(grace);
        this.#live.end(plainEnding(flow, 'expired'));
      },
      { unref: true },
    );
    this.#graces.add(grace);
  }

  /** Hears of flows of this process that others have ended. */
  #watch(): void {
    this.#unwatch ??= this.#parts.store.watch(({ kind, id }) => {
      if (kind === 'flow' && this.#live.get(id) !== undefined) void this.#adopt(id).catch(this.#unkept);
    });
  }

  /** What nobody waits for must not end the process: the record of a flow that is over goes with its time. */
  readonly #unkept = (error: unknown): void => {
    this.#parts.logger.warn({ error }, 'the record of a sign-in that is over could not be changed');
  };

  /** Takes over how another process has ended a flow of this one, if it has. */
  async #adopt(id: string): Promise<boolean> {
    const kept = await this.#flows.read(id);
    if (kept?.phase !== 'over') return false;
    this.#live.end(kept.outcome);
    this.#answers.stopPolling(id);
    await this.#flows.forget(id);
    return true;
  }

  /** Resolves when the flow of another process may have changed. */
  #changeOf(id: string, signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#parts;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        unwatch();
        timer.cancel();
        signal.removeEventListener('abort', stop);
        if (signal.aborted) reject(signal.reason as Error);
        else resolve();
      };
      const stop = (): void => end();
      const unwatch = store.watch((change) => {
        if (change.kind === 'flow' && change.id === id) end();
      });
      const timer = clock.after(LOOK_AGAIN_MS, end);
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) end();
    });
  }
}

function waitingOf(begun: Extract<Begun, { readonly kind: 'flow' }>): LoginWaiting {
  const { flow, url, lacking, door, device } = begun;
  return {
    kind: 'waiting',
    flow: flow.id,
    server: flow.server,
    url,
    scopes: flow.scopes ?? [],
    ...(lacking.length === 0 ? {} : { lacking }),
    issuer: flow.authority.issuer,
    expiresAt: iso(flow.expiresAt),
    ...(flow.way.kind === 'code' ? { redirectUri: flow.way.redirectUri } : {}),
    listening: door !== undefined,
    ...(device === undefined ? {} : { userCode: device.userCode }),
  };
}

/** Equal keys ask for the same: the one flow that waits answers both. */
function beginKey(entry: EffectiveEntry, ask: BeginAsk): string {
  const { scopes = [], method = 'auto', byHand = false, callbackPort, remoteShell = false, redirectUri, stepUp } = ask;
  const challenged = stepUp ? union(ask.challenges.map(({ params }) => params['scope'] ?? '')) : [];
  const about = {
    scopes,
    method,
    byHand,
    callbackPort: callbackPort ?? 0,
    remoteShell,
    redirectUri,
    stepUp,
    challenged,
  };
  return JSON.stringify([entry.key, entry.name, about]);
}

function pageOf(outcome: LoginOutcome | undefined): PageId {
  if (outcome === undefined) return 'refused';
  return outcome.kind === 'completed' ? 'completed' : 'ended';
}

function flowOf(kept: KeptFlow | undefined): Flow | undefined {
  return kept === undefined || kept.phase === 'over' ? undefined : kept.flow;
}

function unknownLogin(id: string): HoldfastError {
  return new HoldfastError('ERR_LOGIN_UNKNOWN', 'no sign-in of this id is under way: it is over, or its time is', {
    hint: 'Start the sign-in again.',
    data: { flow: id },
  });
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
