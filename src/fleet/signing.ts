/**
 * The sign-in of one connection: its login, its step-ups, and what a change of the login asks of the connection
 * (BEHAVIOUR §6, §7).
 *
 * @module
 */
import { wantedScopes } from '../core/classify.ts';
import { isTrying } from '../core/step.ts';
import { cleanScopes } from './clean.ts';
import { Logins, isMachineGrant, loginOf } from './logins.ts';
import { StepUps } from './step-up.ts';
import type { CredentialInfo } from '../core/credential.ts';
import type { Answer } from '../core/fault.ts';
import type { ReasonId } from '../core/reasons.ts';
import type { SignInChange } from '../core/sign-in.ts';
import type { ConnectionEvent, State } from '../core/state.ts';
import type { Live } from './live.ts';
import type { LoginParts } from './logins.ts';
import type { Rests } from './rests.ts';

/** The connection, as far as its sign-in moves it. */
export interface SigningParts extends LoginParts {
  readonly rests: Rests;
  readonly state: () => State;
  /** The open session, only while connected. */
  readonly live: () => Live | undefined;
  readonly send: (event: ConnectionEvent) => boolean;
  readonly later: (ms: number, fire: () => void) => void;
}

/** What a login that is renewed can heal. */
const OF_LOGINS: ReadonlySet<ReasonId> = new Set<ReasonId>(['sign-in-required', 'sign-in-expired', 'refresh-failed']);

/** The sign-in of one connection. */
export class Signing {
  readonly logins: Logins;
  readonly stepUps: StepUps;
  readonly #parts: SigningParts;

  constructor(parts: SigningParts) {
    this.#parts = parts;
    this.logins = new Logins(parts);
    this.stepUps = new StepUps({
      ...parts,
      logins: this.logins,
      ended: this.logins.ended,
      show: (stepUp) => void parts.send({ type: 'step-up', epoch: parts.state().epoch, stepUp }),
      adopt: async () => parts.live()?.adopt(),
    });
  }

  /** A login was made, renewed or forgotten, here or elsewhere: what is not connected looks again, what is takes it over. */
  changed(change: SignInChange): void {
    const what = this.logins.take(change);
    const live = this.#parts.live();
    if (what === 'completed') this.stepUps.withdraw();
    if (what === 'forgotten') this.#start();
    else if (what === 'completed' || what === 'refreshed') {
      if (live !== undefined) void live.adopt();
      // A login that no person made may be the work of the very try that is under way.
      else if (what === 'completed' && !isMachineGrant(change.credential?.grant)) this.#start();
      else this.#lookAgain();
    }
  }

  /** A person's sign-in for this connection's own entry brought a login: it is used now, whoever has told of it. */
  completed(credential: CredentialInfo): void {
    this.stepUps.forgive();
    this.changed({ ...loginOf(this.#parts.entry), what: 'completed', credential });
    if (this.#parts.live() === undefined && !isTrying(this.#parts.state())) this.#start();
  }

  /** The login of this connection's own entry is gone. */
  forgotten(): void {
    this.changed({ ...loginOf(this.#parts.entry), what: 'forgotten' });
  }

  /** Our own contact, or a list, lacks rights: nobody waits for them, and the server stays connected. */
  offer(answer: Answer): void {
    const scopes = wantedScopes(answer);
    if (scopes === undefined || answer.kind !== 'http') return;
    this.stepUps.offer({
      scopes: cleanScopes(this.#parts.deps.redactor, scopes),
      challenges: answer.challenges,
    });
  }

  /** Nobody holds the connection any more. */
  end(): void {
    this.logins.end();
  }

  #start(): void {
    this.#parts.send({ type: 'start', phase: 'manual' });
  }

  /** A login that was renewed heals what its end had broken; what is broken otherwise, or is trying, is not touched. */
  #lookAgain(): void {
    const { state, send, later, numbers, deps } = this.#parts;
    const now = state();
    const isWaiting = 'retryAt' in now && now.retryAt !== undefined;
    const reason = 'fault' in now ? now.fault?.reason : undefined;
    if (!isWaiting || reason === undefined || !OF_LOGINS.has(reason)) return;
    const gapMs = 'lastTryAt' in now ? now.lastTryAt + numbers.halfOpenMs - deps.clock.now() : 0;
    later(Math.max(0, gapMs), () => {
      if (state().epoch === now.epoch) send({ type: 'retry-now' });
    });
  }
}
