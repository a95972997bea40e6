/**
 * One try to open a session: headers, contact, one more helper run where the answer asks for it, and the meaning of the
 * answer (BEHAVIOUR §3a). Everything under one deadline.
 *
 * @module
 */
import { classifyConnect } from '../core/classify.ts';
import { isRemote } from '../core/entry.ts';
import { limited } from './limit.ts';
import type { EffectiveEntry } from '../core/entry.ts';
import type { Answer, Fault } from '../core/fault.ts';
import type { Numbers } from '../core/numbers.ts';
import type { CredentialKind, HelperRun, OpenOutcome, Session } from '../core/ports.ts';
import type { Phase } from '../core/snapshot.ts';
import type { FleetDeps } from './deps.ts';
import type { Memory } from './memory.ts';

/** How a try ended. `did` says in words what was done, for the person who asked. */
export type TryOutcome = { readonly did: readonly string[]; readonly offersOAuth?: boolean } & (
  | { readonly ok: true; readonly session: Session; readonly kind: CredentialKind }
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

/** Whether the answer is about the credentials that were sent, or were not. */
export function refusedCredentials(answer: Answer): boolean {
  return answer.kind === 'http' && (answer.status === 401 || answer.status === 403);
}

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
    return await attempt(deps, memory, { ...request, signal: limit.signal });
  } finally {
    limit.end();
  }
}

async function attempt(deps: FleetDeps, memory: Memory, request: Try): Promise<TryOutcome> {
  const did: string[] = [];
  const contact = async (
    fresh: boolean,
  ): Promise<{ readonly outcome: OpenOutcome; readonly kind: CredentialKind } | Fault> => {
    const headers = await deps.credentials.headers(request.entry, {
      fresh,
      numbers: request.numbers,
      signal: request.signal,
    });
    if (headers.run !== undefined) {
      request.onHelper(headers.run);
      did.push(`ran headersHelper (exit ${headers.run.exitCode ?? 'none'}, ${Math.round(headers.run.durationMs)} ms)`);
    }
    if (!headers.ok) {
      did.push('not contacted');
      return headers.fault;
    }
    // The helper may have run until after the end of the try.
    if (request.signal.aborted) return { outcome: TOO_LATE, kind: headers.kind };
    const knownEra = memory.era(request.entry, deps.clock.now());
    const lastLists = memory.lists(request.entry);
    const opening = deps.connector.open({
      entry: request.entry,
      headers: headers.headers,
      numbers: request.numbers,
      signal: request.signal,
      ...(knownEra === undefined ? {} : { knownEra }),
      ...(lastLists === undefined ? {} : { lastLists }),
      ...(request.entry.projectRoot === undefined ? {} : { projectRoot: request.entry.projectRoot }),
    });
    return { outcome: await withDeadline(opening, request), kind: headers.kind };
  };

  let contacted = await contact(request.phase === 'manual');
  if ('reason' in contacted) return { ok: false, fault: contacted, did };
  if (
    !contacted.outcome.ok &&
    contacted.kind === 'helper' &&
    refusedCredentials(contacted.outcome.answer) &&
    request.phase !== 'probe' &&
    !request.signal.aborted
  ) {
    contacted = await contact(true);
    if ('reason' in contacted) return { ok: false, fault: contacted, did };
  }
  did.push(isRemote(request.entry.endpoint) ? 'contacted the server' : 'started the process');
  const { outcome, kind } = contacted;
  if (outcome.ok) {
    memory.learnEra(request.entry, outcome.session.era, deps.clock.now());
    return { ok: true, session: outcome.session, kind, did };
  }
  return { ...(await meaning(deps, request, outcome.answer, kind)), ok: false, did };
}

/** What an answer means, asking the server's metadata where a 401 or 403 makes that matter. */
export async function meaning(
  deps: FleetDeps,
  about: Pick<Try, 'entry' | 'numbers' | 'signal'>,
  answer: Answer,
  kind: CredentialKind,
): Promise<{ readonly fault: Fault; readonly offersOAuth?: boolean }> {
  const { entry, numbers, signal } = about;
  if (!refusedCredentials(answer) || answer.kind !== 'http' || !isRemote(entry.endpoint))
    return { fault: classifyConnect(answer, { sent: kind, offersOAuth: false, tokenHeld: false }) };
  const advertised = await deps.credentials.advertises(entry.endpoint, answer.challenges, { numbers, signal });
  const fault = classifyConnect(answer, { sent: kind, offersOAuth: advertised.offered, tokenHeld: false });
  return { fault, offersOAuth: advertised.offered };
}
