/**
 * What one connection knows of its login, and the sign-ins for it that wait for a person (BEHAVIOUR §8).
 *
 * @module
 */
import { isRemote } from '../core/entry.ts';
import { clean } from './clean.ts';
import { isTokenHeld } from './sent.ts';
import { ended, noteOfSignIn } from './sign-in-words.ts';
import type { CredentialInfo } from '../core/credential.ts';
import type { EffectiveEntry } from '../core/entry.ts';
import type { FleetEventBody } from '../core/events.ts';
import type { Challenge } from '../core/fault.ts';
import type { Numbers } from '../core/numbers.ts';
import type { LoginBegun, LoginOptions, LoginOutcome, LoginWaiting, SignInChange } from '../core/sign-in.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { FleetDeps } from './deps.ts';
import type { Sent } from './sent.ts';
import type { TimelineNote } from './timeline.ts';

/** What logins are made from, and whom they tell. */
export interface LoginParts {
  readonly deps: FleetDeps;
  readonly entry: EffectiveEntry;
  readonly numbers: Numbers;
  readonly tell: (body: FleetEventBody) => void;
  readonly note: (note: TimelineNote) => void;
}

/** Why a sign-in is begun. */
export interface BeginAbout {
  /** A 403 asked for more rights. */
  readonly stepUp: boolean;
  /** Default: what the last answer asked for. */
  readonly challenges?: readonly Challenge[];
}

type Waiting = LoginWaiting & { readonly stepUp: boolean; readonly like: string };

/** Sign-ins of which it is remembered that they were this server's. */
const MOST_FLOWS = 50;

/**
 * Where a login that a person made beside the entry's own headers belongs to that entry alone; every other login is
 * shared by all entries of its url and profile.
 */
function laneOf({ signIn, key }: EffectiveEntry): string {
  return signIn === 'headers' || signIn === 'helper' ? key : '';
}

/** Grants for which no person is asked: such a login is made anew by itself. */
export function isMachineGrant(grant: string | undefined): boolean {
  return grant === 'client_credentials' || grant === 'jwt_bearer';
}

/** Which login an entry uses. */
export function loginOf(entry: EffectiveEntry): Pick<SignInChange, 'serverUrl' | 'profile' | 'lane'> {
  const serverUrl = isRemote(entry.endpoint) ? entry.endpoint.url : '';
  return { serverUrl, profile: entry.profile ?? 'default', lane: laneOf(entry) };
}

/** Whether a change of a login is about the one that the entry uses. */
export function isAbout(change: SignInChange, entry: EffectiveEntry): boolean {
  const { serverUrl, profile, lane } = loginOf(entry);
  return (
    isRemote(entry.endpoint) && change.serverUrl === serverUrl && change.profile === profile && change.lane === lane
  );
}

/** The login of one connection. */
export class Logins {
  readonly #parts: LoginParts;
  readonly #waiting = new Map<string, Waiting>();
  readonly #known: string[] = [];
  readonly #ended = new AbortController();
  #login: CredentialInfo | undefined;
  #isHeld = false;
  #challenges: readonly Challenge[] = [];
  /** The credential that a new sign-in brought last: it is taken over once. */
  #taken: string | undefined;
  /** The generation that was told last. */
  #told = '';

  constructor(parts: LoginParts) {
    this.#parts = parts;
  }

  /** Aborts with `end`. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** The login that is held, as last seen. */
  get login(): CredentialInfo | undefined {
    return this.#login;
  }

  /** The sign-in that waits for a person; the last one begun. */
  get signingIn(): Snapshot['signingIn'] {
    const last = [...this.#waiting.values()].at(-1);
    if (last === undefined) return undefined;
    const { flow, url, expiresAt, stepUp } = last;
    return { flow, url, expiresAt, stepUp };
  }

  /** Whether the sign-in was begun for this connection. */
  knows(flow: string): boolean {
    return this.#known.includes(flow);
  }

  /** Takes note of what a try sent, and of what the server asked for. */
  learn(sent: Sent | undefined, challenges?: readonly Challenge[]): void {
    if (sent !== undefined) {
      this.#login = sent.login;
      this.#isHeld = isTokenHeld(sent);
    }
    if (challenges !== undefined) this.#challenges = challenges;
  }

  /**
   * Begins a sign-in, or gives the one that waits already and was asked for in the same words. Events and the timeline
   * tell of it and of its end.
   */
  async begin(options: LoginOptions, { stepUp, challenges = this.#challenges }: BeginAbout): Promise<LoginBegun> {
    const { deps, entry, numbers } = this.#parts;
    const like = JSON.stringify([stepUp, options, challenges]);
    const known = [...this.#waiting.values()].find((waiting) => waiting.like === like);
    if (known !== undefined) return waitingOf(known);
    const ask = { ...options, stepUp, challenges, numbers, signal: this.#ended.signal };
    const begun = await deps.signIns.begin(entry, ask);
    if (begun.kind === 'waiting') this.#wait({ ...begun, stepUp, like });
    else if (begun.kind !== 'impossible') this.#over(begun);
    return begun;
  }

  /** What a change of the login asks of its connection: nothing where it is known already. */
  take({ what, credential }: SignInChange): SignInChange['what'] | undefined {
    const wasHeld = this.#isHeld;
    this.#login = credential;
    this.#isHeld = credential !== undefined;
    if (what === 'forgotten') {
      this.#taken = undefined;
      return wasHeld ? what : undefined;
    }
    const id = `${credential?.id} ${credential?.generation}`;
    if (what === 'completed') {
      if (this.#taken === id) return undefined;
      this.#taken = id;
    }
    if (what === 'refreshed' && this.#told !== id) {
      const { expiresAt } = credential ?? {};
      this.#parts.tell({ event: 'auth.refreshed', ...(expiresAt === undefined ? {} : { expiresAt }) });
      this.#parts.note({ kind: 'auth', text: 'the sign-in was renewed' });
    }
    if (what === 'refused' && this.#told !== id) {
      const { refusal } = credential ?? {};
      const named = refusal === undefined ? {} : { error: refusal };
      this.#parts.tell({ event: 'auth.failed', reason: 'sign-in-expired', ...named });
      this.#parts.note({ kind: 'auth', text: `the sign-in can no longer be renewed (${refusal ?? 'refused'})` });
    }
    this.#told = id;
    return what;
  }

  /** Ends what is waited for here; the sign-ins themselves go on. */
  end(): void {
    this.#ended.abort(new Error('the connection is closed'));
  }

  #wait(waiting: Waiting): void {
    const { tell, note, deps } = this.#parts;
    const { flow, url, expiresAt } = waiting;
    this.#waiting.set(flow, waiting);
    this.#known.push(flow);
    if (this.#known.length > MOST_FLOWS) this.#known.shift();
    tell({ event: 'auth.url', url, flow, expiresAt });
    note({
      kind: 'auth',
      text: waiting.stepUp ? 'waits for a person to grant rights' : 'waits for a person to sign in',
    });
    deps.signIns.outcome(flow, this.#ended.signal).then(
      (outcome) => this.#over(outcome),
      () => this.#waiting.delete(flow),
    );
  }

  #over(outcome: LoginOutcome): void {
    const { tell, note, deps } = this.#parts;
    this.#waiting.delete(outcome.flow);
    if (this.#ended.signal.aborted) return;
    tell(ended(outcome, (text) => clean(deps.redactor, text)));
    note(noteOfSignIn(outcome));
  }
}

function waitingOf({ stepUp: _stepUp, like: _like, ...waiting }: Waiting): LoginWaiting {
  return waiting;
}
