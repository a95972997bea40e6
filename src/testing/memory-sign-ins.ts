/**
 * Sign-ins of a memory world: the person is the test, who approves or denies what waits.
 *
 * @module
 */
import type { Clock, Timer } from '../base/clock.ts';
import { iso } from '../base/clock.ts';
import { HoldfastError } from '../base/errors.ts';
import { isRemote } from '../core/entry.ts';
import type { CredentialInfo } from '../core/credential.ts';
import type { EffectiveEntry } from '../core/entry.ts';
import type {
  BeginAsk,
  ForgetAsk,
  LoginBegun,
  LoginOutcome,
  LoginWaiting,
  SignInChange,
  SignIns,
} from '../core/sign-in.ts';
import type { MemoryAuthority } from './memory-authority.ts';
import type { MemoryLogins } from './memory-logins.ts';

interface Flow {
  readonly waiting: LoginWaiting;
  readonly entry: EffectiveEntry;
  readonly authority: MemoryAuthority;
  readonly timer: Timer;
  readonly waiters: ((outcome: LoginOutcome) => void)[];
  outcome?: LoginOutcome;
}

const scopesOf = (challenges: BeginAsk['challenges']): readonly string[] =>
  challenges.flatMap(({ params }) => params['scope']?.split(' ').filter((scope) => scope !== '') ?? []);

/** `SignIns` over the servers of a world. */
export class MemorySignIns implements SignIns {
  /** What sign-ins were begun with, oldest first. */
  readonly begun: { readonly server: string; readonly stepUp: boolean; readonly scopes: readonly string[] }[] = [];
  /** What was forgotten, oldest first. */
  readonly forgotten: { readonly server: string; readonly revoked: boolean; readonly client: boolean }[] = [];
  readonly #find: (url: string) => MemoryAuthority | undefined;
  readonly #clock: Clock;
  readonly #logins: MemoryLogins;
  readonly #flows = new Map<string, Flow>();

  constructor(find: (url: string) => MemoryAuthority | undefined, clock: Clock, logins: MemoryLogins) {
    this.#find = find;
    this.#clock = clock;
    this.#logins = logins;
  }

  /** Sign-ins that wait for a person, oldest first. */
  get waiting(): readonly LoginWaiting[] {
    return [...this.#flows.values()].filter((flow) => flow.outcome === undefined).map((flow) => flow.waiting);
  }

  /** The person says yes (by default to the oldest sign-in that waits). */
  approve(id = this.waiting[0]?.flow ?? ''): void {
    const flow = this.#flow(id);
    const { scopes: asked } = flow.waiting;
    const scopes = flow.authority.consent(asked);
    if (scopes === undefined) this.deny(id);
    else this.#end(flow, this.#complete(flow.entry, { authority: flow.authority, asked, scopes, id }));
  }

  /** The person says no. */
  deny(id = this.waiting[0]?.flow ?? ''): void {
    this.#fail(this.#flow(id), 'access_denied');
  }

  async begin(entry: EffectiveEntry, ask: BeginAsk): Promise<LoginBegun> {
    const url = isRemote(entry.endpoint) ? entry.endpoint.url : '';
    const authority = this.#find(url);
    if (authority === undefined)
      return { kind: 'impossible', fault: { reason: 'auth-server-misconfigured', detail: 'no sign-in is offered' } };
    if (authority.impossible !== undefined) return { kind: 'impossible', fault: authority.impossible };
    const before = ask.stepUp ? (this.#logins.of(entry)?.requested ?? []) : [];
    const wanted = [...before, ...(ask.scopes ?? []), ...scopesOf(ask.challenges)];
    const scopes = [...new Set(wanted.length > 0 ? wanted : authority.scopes)];
    this.begun.push({ server: entry.name, stepUp: ask.stepUp, scopes });
    const id = `flow-${this.begun.length}`;
    const isMachine = isRemote(entry.endpoint) && entry.endpoint.oauth?.grant === 'client_credentials';
    if (isMachine) return this.#complete(entry, { authority, asked: scopes, scopes, id });
    const flow: Flow = {
      waiting: {
        kind: 'waiting',
        flow: id,
        server: entry.name,
        url: `https://auth.test/authorize?state=${id}`,
        scopes,
        issuer: 'https://auth.test',
        expiresAt: iso(this.#clock.now() + ask.numbers.loginMs),
        redirectUri: 'http://localhost/callback',
        listening: ask.byHand !== true,
      },
      entry,
      authority,
      timer: this.#clock.after(ask.numbers.loginMs, () => this.#fail(flow, 'expired'), { unref: true }),
      waiters: [],
    };
    this.#flows.set(id, flow);
    if (!authority.asks) this.approve(id);
    return flow.outcome ?? flow.waiting;
  }

  async finish(id: string, callback: string): Promise<LoginOutcome> {
    const flow = this.#flow(id);
    const query = URL.canParse(callback) ? new URL(callback).searchParams : new URLSearchParams();
    if (query.get('state') !== id)
      throw new HoldfastError('ERR_USAGE', 'the address does not belong to this sign-in', { data: { flow: id } });
    if (query.has('error')) this.deny(id);
    else this.approve(id);
    return flow.outcome as LoginOutcome;
  }

  async outcome(id: string, signal: AbortSignal): Promise<LoginOutcome> {
    const flow = this.#flow(id);
    if (flow.outcome !== undefined) return flow.outcome;
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const leave = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', leave, { once: true });
      flow.waiters.push((outcome) => {
        signal.removeEventListener('abort', leave);
        resolve(outcome);
      });
    });
  }

  async cancel(id: string): Promise<void> {
    this.#fail(this.#flow(id), 'cancelled');
  }

  async held(entry: EffectiveEntry): Promise<CredentialInfo | undefined> {
    return this.#logins.of(entry)?.info;
  }

  async forget(entry: EffectiveEntry, ask: ForgetAsk): Promise<readonly string[]> {
    this.forgotten.push({ server: entry.name, revoked: ask.revoke, client: ask.client === true });
    const did = ask.client === true ? ['forgot the client registration'] : [];
    const was = ask.keepLogin !== true && this.#logins.forget(entry);
    return was ? [ask.revoke ? 'revoked and forgot the sign-in' : 'forgot the sign-in', ...did] : did;
  }

  async list(): Promise<readonly CredentialInfo[]> {
    return this.#logins.all().map(({ info }) => info);
  }

  onChange(changed: (change: SignInChange) => void): () => void {
    return this.#logins.changes.on(changed);
  }

  async close(): Promise<void> {
    for (const { timer } of this.#flows.values()) timer.cancel();
  }

  #flow(id: string): Flow {
    const flow = this.#flows.get(id);
    if (flow === undefined)
      throw new HoldfastError('ERR_LOGIN_UNKNOWN', 'no sign-in of this id is under way', { data: { flow: id } });
    return flow;
  }

  #complete(
    entry: EffectiveEntry,
    made: {
      readonly authority: MemoryAuthority;
      readonly asked: readonly string[];
      readonly scopes: readonly string[];
      readonly id: string;
    },
  ): LoginOutcome {
    const { authority, asked, scopes, id } = made;
    const { info } = this.#logins.keep(entry, authority, { scopes, requested: asked, what: 'completed' });
    const missing = asked.filter((scope) => !scopes.includes(scope));
    return { kind: 'completed', flow: id, server: entry.name, credential: info, missing };
  }

  #fail(flow: Flow, error: string): void {
    const { waiting, entry } = flow;
    const reason = 'sign-in-required';
    this.#end(flow, { kind: 'failed', flow: waiting.flow, server: entry.name, error, reason, detail: error });
  }

  #end(flow: Flow, outcome: LoginOutcome): void {
    if (flow.outcome !== undefined) return;
    flow.outcome = outcome;
    flow.timer.cancel();
    for (const waiter of flow.waiters.splice(0)) waiter(outcome);
  }
}
