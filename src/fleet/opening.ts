/**
 * One try to open a session: headers, contact, one more try with better headers where the answer asks for it, and the
 * meaning of the answer (BEHAVIOUR §3a). Everything under one deadline.
 *
 * @module
 */
import { REASONS } from '../core/reasons.ts';
import { isRemote } from '../core/entry.ts';
import { limited } from './limit.ts';
import { meaning, refusedCredentials } from './meaning.ts';
import { isSameToken, mostRenewals, refreshFailure, sentOf } from './sent.ts';
import type { EffectiveEntry } from '../core/entry.ts';
import type { Challenge, Fault } from '../core/fault.ts';
import type { Numbers } from '../core/numbers.ts';
import type { HeaderOutcome, HelperRun, OpenOutcome, SentToken, Session } from '../core/ports.ts';
import type { Phase } from '../core/snapshot.ts';
import type { FleetDeps } from './deps.ts';
import type { Memory } from './memory.ts';
import type { Sent } from './sent.ts';

/** How a try ended. `did` says in words what was done, for the person who asked. */
export type TryOutcome = {
  readonly did: readonly string[];
  readonly offersOAuth?: boolean;
  /** What the answer asked for. */
  readonly challenges?: readonly Challenge[];
  /** What was sent last; absent where nothing could be. */
  readonly sent?: Sent;
} & (
  | { readonly ok: true; readonly session: Session; readonly sent: Sent }
  | { readonly ok: false; readonly fault: Fault }
);

/** What one try is about. */
export interface Try {
  readonly entry: EffectiveEntry;
  readonly phase: Phase;
  readonly numbers: Numbers;
  readonly signal: AbortSignal;
  readonly onHelper: (run: HelperRun) => void;
  /** Gets the work of opening, which may outlive the try; what it opens too late is closed before it is over. */
  readonly onOpening: (work: Promise<unknown>) => void;
}

const TOO_LATE: OpenOutcome = { ok: false, answer: { kind: 'timeout' } };

/** Ends with the connector's outcome, or with a time-out at the deadline; a session that comes too late is closed. */
async function withDeadline(opening: Promise<OpenOutcome>, request: Try): Promise<OpenOutcome> {
  const { signal } = request;
  let late = false;
  const watched = opening.then(async (outcome) => {
    if (late && outcome.ok) await outcome.session.close();
    return outcome;
  });
  request.onOpening(watched);
  const stopped = new Promise<OpenOutcome>((resolve) => {
    const stop = (): void => {
      late = true;
      resolve(TOO_LATE);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([watched, stopped]);
}

/** Makes one try. */
export async function tryOpen(deps: FleetDeps, memory: Memory, request: Try): Promise<TryOutcome> {
  const limit = limited(deps.clock, request.numbers.connectTimeoutMs, request.signal);
  try {
    return await new Attempt(deps, memory, { ...request, signal: limit.signal }).run();
  } finally {
    limit.end();
  }
}

/** Headers to go with, or what is to be told instead of a contact. */
type Prepared =
  | (Pick<Extract<HeaderOutcome, { readonly ok: true }>, 'headers' | 'proof'> & { readonly sent: Sent })
  | { readonly fault: Fault; readonly sent?: Sent };
/** A contact that was made. */
interface Contacted {
  readonly outcome: OpenOutcome;
  readonly sent: Sent;
}

class Attempt {
  readonly #deps: FleetDeps;
  readonly #memory: Memory;
  readonly #request: Try;
  readonly #did: string[] = [];

  constructor(deps: FleetDeps, memory: Memory, request: Try) {
    this.#deps = deps;
    this.#memory = memory;
    this.#request = request;
  }

  async run(): Promise<TryOutcome> {
    const { entry, phase } = this.#request;
    const prepared = await this.#prepare({ fresh: phase === 'manual' });
    if ('fault' in prepared) {
      this.#did.push('not contacted');
      return this.#failed(prepared);
    }
    let made = await this.#contact(prepared);
    for (let more = mostRenewals(made.sent.kind); more > 0; more -= 1) {
      const next = await this.#again(made);
      if (next === undefined) break;
      if ('fault' in next) return this.#failed(next);
      if (next.outcome === made.outcome) more = 0;
      made = next;
    }
    const { outcome, sent } = made;
    this.#did.push(isRemote(entry.endpoint) ? 'contacted the server' : 'started the process');
    if (outcome.ok) {
      this.#memory.learnEra(entry, outcome.session.era, this.#deps.clock.now());
      return { ok: true, session: outcome.session, sent, did: this.#did };
    }
    return { ...(await meaning(this.#deps, this.#request, outcome.answer, sent)), ok: false, sent, did: this.#did };
  }

  #failed({ fault, sent }: { readonly fault: Fault; readonly sent?: Sent }): TryOutcome {
    return { ok: false, fault, did: this.#did, ...(sent === undefined ? {} : { sent }) };
  }

  async #prepare(ask: { readonly fresh: boolean; readonly refused?: SentToken }): Promise<Prepared> {
    const { entry, numbers, signal, onHelper } = this.#request;
    const outcome = await this.#deps.credentials.headers(entry, { ...ask, numbers, signal });
    if (outcome.run !== undefined) {
      const { exitCode, durationMs } = outcome.run;
      onHelper(outcome.run);
      this.#did.push(`ran headersHelper (exit ${exitCode ?? 'none'}, ${Math.round(durationMs)} ms)`);
    }
    if (outcome.ok) {
      const { headers, proof } = outcome;
      return { headers, sent: sentOf(outcome), ...(proof === undefined ? {} : { proof }) };
    }
    const held = outcome.login === undefined ? {} : { login: outcome.login };
    const sent: Sent = { kind: 'none', ...held };
    // A login that has ended keeps no server from being contacted: it may ask for none any more (BEHAVIOUR §5.1).
    if (REASONS[outcome.fault.reason].status === 'needs-auth')
      return { headers: {}, sent: { ...sent, ended: outcome.fault } };
    return { fault: outcome.fault, sent };
  }

  async #contact({ headers, proof, sent }: Extract<Prepared, { readonly headers: unknown }>): Promise<Contacted> {
    const { entry, numbers, signal } = this.#request;
    // The helper, or a refresh, may have run until after the end of the try.
    if (signal.aborted) return { outcome: TOO_LATE, sent };
    const knownEra = this.#memory.era(entry, this.#deps.clock.now());
    const lastLists = this.#memory.lists(entry);
    const opening = this.#deps.connector.open({
      entry,
      headers,
      numbers,
      signal,
      ...(proof === undefined ? {} : { proof }),
      ...(knownEra === undefined ? {} : { knownEra }),
      ...(lastLists === undefined ? {} : { lastLists }),
      ...(entry.projectRoot === undefined ? {} : { projectRoot: entry.projectRoot }),
    });
    return { outcome: await withDeadline(opening, this.#request), sent };
  }

  /** The contact more that a refusal is worth (BEHAVIOUR §3a, rows b and c), if it is. */
  async #again({
    outcome,
    sent,
  }: Contacted): Promise<Contacted | { readonly fault: Fault; readonly sent?: Sent } | undefined> {
    const { phase, signal } = this.#request;
    if (outcome.ok || outcome.answer.kind !== 'http' || signal.aborted) return undefined;
    if (sent.kind === 'helper' && refusedCredentials(outcome.answer) && phase !== 'probe') {
      const prepared = await this.#prepare({ fresh: true });
      return 'fault' in prepared ? prepared : this.#contact(prepared);
    }
    if (sent.token === undefined || outcome.answer.status !== 401) return undefined;
    const prepared = await this.#prepare({ fresh: false, refused: sent.token });
    if ('fault' in prepared) return prepared;
    if (prepared.sent.ended !== undefined) return { outcome, sent: { ...sent, ended: prepared.sent.ended } };
    if (!isSameToken(prepared.sent, sent)) return this.#contact(prepared);
    const fault = refreshFailure(prepared.sent);
    // Nothing better is kept, but more may be known of the login by now.
    return fault === undefined ? { outcome, sent: prepared.sent } : { fault, sent: prepared.sent };
  }
}
