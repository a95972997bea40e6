/**
 * One request to a server: waits for it, recovers once where that is safe, and says honestly what it could not do
 * (BEHAVIOUR §3b, §6).
 *
 * @module
 */
import { HoldfastError } from '../base/errors.ts';
import { classifyCall, faultMessage, wantedScopes } from '../core/classify.ts';
import { REASONS } from '../core/reasons.ts';
import { reasonOfState } from '../core/state.ts';
import { clean, cleanScopes } from './clean.ts';
import { lazilyLimited } from './limit.ts';
import { isTokenHeld, mostRenewals, refreshFailure } from './sent.ts';
import { hasOutcome, isSettling } from './settling.ts';
import { requiredError } from './step-up-errors.ts';
import { watched } from './watched.ts';
import type { ConnectContext } from '../core/classify.ts';
import type { CallFault, Fault } from '../core/fault.ts';
import type { FleetCall } from '../core/fleet.ts';
import type { Session } from '../core/ports.ts';
import type { State } from '../core/state.ts';
import type { Binding } from './binding.ts';
import type { Connection } from './connection.ts';
import type { FleetDeps } from './deps.ts';
import type { LazyLimit } from './limit.ts';
import type { Live } from './live.ts';
import type { Lack } from './step-up.ts';

/** Errors of tools may be long, and are read by programs. */
const LONGEST_MESSAGE = 10_000;

/** How often a call is sent that is surely not acted on each time, and the first pause between two times. */
const TRIES = 6;
const PAUSE_MS = 100;

/** What is asked of the server. */
export interface Asked {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>> | undefined;
  readonly call: Pick<FleetCall, 'signal' | 'timeoutMs' | 'interaction'>;
  /** Hears that the tool itself says that it failed. */
  readonly onToolError?: () => void;
}

/** What a way of sending gives. */
export type Outcome<T> = { readonly ok: true; readonly result: T } | { readonly ok: false; readonly fault: CallFault };

/** How a request is sent to an open session, and how its result is looked at. */
export interface Way<T> {
  send(session: Session, limit: LazyLimit): Promise<Outcome<T>>;
  /** Whether the tool itself says that it failed. */
  isToolError(result: T): boolean;
}

/** The error that a state answers calls with. */
export function errorOfState(name: string, state: State): HoldfastError {
  const reason = reasonOfState(state);
  const sentence =
    'fault' in state && state.fault !== undefined
      ? faultMessage(state.fault)
      : reason === undefined
        ? ''
        : REASONS[reason].sentence;
  const data = { server: name, status: state.status, ...(reason === undefined ? {} : { reason }) };
  const extras = { data, ...(reason === undefined ? {} : { hint: REASONS[reason].remedy }) };
  const say = `${name} is ${state.status}: ${sentence}`;
  if (state.status === 'disabled' || (state.status === 'pending' && state.doing === 'blocked'))
    return new HoldfastError('ERR_BLOCKED', say, extras);
  if (state.status === 'needs-auth') return new HoldfastError('ERR_NEEDS_AUTH', say, extras);
  if (state.status === 'pending')
    return new HoldfastError('ERR_PENDING', `${name} is still being connected. ${sentence}`.trim(), extras);
  const isConfig = reason === 'config-invalid' || reason === 'variable-missing';
  return new HoldfastError(isConfig ? 'ERR_CONFIG_INVALID' : 'ERR_UNREACHABLE', say, extras);
}

function isCredentialFault(fault: CallFault, status: number): boolean {
  return fault.kind === 'http' && fault.answer?.kind === 'http' && fault.answer.status === status;
}

/** A server that can be asked now. */
export interface Ready {
  readonly name: string;
  readonly connection: Connection;
  readonly live: Live;
}

/**
 * Makes sure there is an open session, within the caller's time. `find` looks the server up: a change of the
 * configuration may put another connection in the place of the one that is waited for.
 */
export async function ready(find: () => Binding, limit: { readonly signal: AbortSignal }): Promise<Ready> {
  for (;;) {
    const { name, connection, state } = find();
    if (connection === undefined) throw errorOfState(name, state);
    connection.send({ type: 'wanted' });
    const open = connection.live;
    if (open !== undefined && hasOutcome(connection.state, connection.state.epoch))
      return { name, connection, live: open };
    const { epoch } = connection.state;
    const { signal } = limit;
    try {
      await connection.until((now) => !isSettling(now) && hasOutcome(now, epoch), signal);
    } catch {
      if (signal.aborted) throw errorOfState(name, connection.state);
      continue;
    }
    const { live, isClosed } = connection;
    if (live !== undefined) return { name, connection, live };
    if (!isClosed && !isSettling(connection.state)) throw errorOfState(name, connection.state);
  }
}

/** The same where it is open already, which nearly every call finds. */
function readyNow(find: () => Binding): Ready | undefined {
  const { name, connection } = find();
  connection?.send({ type: 'wanted' });
  const live = connection?.live;
  if (connection === undefined || live === undefined) return undefined;
  return hasOutcome(connection.state, connection.state.epoch) ? { name, connection, live } : undefined;
}

function noteFailure(connection: Connection, asked: Asked, text: string): void {
  connection.note({ kind: 'call-failed', text: `${asked.method}: ${text}` });
}

/** Sends one request; see `Fleet.request` for its errors. */
export function request(
  deps: FleetDeps,
  find: () => Binding,
  asked: Asked & { readonly call: FleetCall },
): Promise<unknown> {
  const { method, call } = asked;
  return watched<Asked, unknown>(deps, find, asked, (seen) =>
    perform(deps, find, seen, {
      send: (session, { signal }) => session.request(method, seen.params, { ...call, signal }),
      isToolError: (result) =>
        typeof result === 'object' && result !== null && 'isError' in result && result.isError === true,
    }),
  );
}

/** Sends one request in some way, with all that makes a call of it. */
export async function perform<T>(deps: FleetDeps, find: () => Binding, asked: Asked, way: Way<T>): Promise<T> {
  const { call } = asked;
  const limitMs = call.timeoutMs ?? find().connection?.numbers.callTotalMs ?? deps.numbers.callTotalMs;
  const limit = lazilyLimited(deps.clock, limitMs, call.signal);
  try {
    return await send(deps, find, { asked, way, limit, tries: 1, consents: 0 });
  } catch (error) {
    if (call.signal?.aborted === true && isPending(error)) throw cancelledError(error);
    throw error;
  } finally {
    limit.end();
  }
}

const isPending = (error: unknown): boolean => error instanceof HoldfastError && error.code === 'ERR_PENDING';

/** The caller gave up while the server was still being connected. */
function cancelledError(cause: unknown): HoldfastError {
  return new HoldfastError('ERR_CALL_CANCELLED', 'the call was cancelled before it was sent', { cause });
}

/** A request on its way. */
interface Sending<T> {
  readonly asked: Asked;
  readonly way: Way<T>;
  readonly limit: LazyLimit;
  /** How often it was sent, this time included. */
  readonly tries: number;
  /** Consents of a person that it has waited for. */
  readonly consents: number;
}

async function send<T>(deps: FleetDeps, find: () => Binding, about: Sending<T>): Promise<T> {
  const { asked, way, limit } = about;
  const at = readyNow(find) ?? (await ready(find, limit));
  const { connection, live } = at;
  const seen = live.generation;
  const first = await way.send(live.session, limit);
  const outcome = isRefused(first) ? await renewed(first, seen, { live, way, limit }) : first;
  if (!outcome.ok) return recover(deps, find, { at, about, cause: outcome.fault });
  connection.answered(live.epoch);
  if (way.isToolError(outcome.result)) {
    asked.onToolError?.();
    noteFailure(connection, asked, 'the tool returned an error');
  }
  return outcome.result;
}

/** What is done about a request that failed: it is sent again where that is safe, else the error says why it is not. */
async function recover<T>(
  deps: FleetDeps,
  find: () => Binding,
  { at, about, cause }: { readonly at: Ready; readonly about: Sending<T>; readonly cause: CallFault },
): Promise<T> {
  const { name, connection, live } = at;
  const { asked, limit, tries } = about;
  const { signal } = limit;
  const fault = honest(cause, asked, signal);
  if (fault.kind === 'rpc') connection.answered(live.epoch);
  noteFailure(connection, asked, fault.rpc === undefined ? fault.text : `JSON-RPC error ${fault.rpc.code}`);
  const lack = lackOf(deps, live, { fault, asked });
  if (lack !== undefined) {
    await granted({ name, connection, live }, lack, about);
    return send(deps, find, { ...about, consents: about.consents + 1 });
  }
  const checked = blamesServer(fault) ? live.check() : undefined;
  if (isUndone(fault) && tries < TRIES && !signal.aborted) {
    await checked;
    await pause(deps, tries, signal);
    if (!signal.aborted) return send(deps, find, { ...about, tries: tries + 1 });
  }
  if (isCredentialFault(fault, 401)) await checked;
  const context = { sent: live.kind, offersOAuth: connection.offersOAuth, tokenHeld: isTokenHeld(live.sent) };
  const unrenewed = isCredentialFault(fault, 401) ? refreshFailure(live.sent) : undefined;
  if (unrenewed !== undefined) throw unrenewedError(name, deps, unrenewed);
  throw classifiedError(name, deps, { fault, context });
}

/** Headers of a helper may be refused for new ones more than once while a call waits. */
const RENEWALS = 3;

/** A request whose headers were refused, once more with fresh ones: it was rejected, so it was not acted on. */
async function renewed<T>(
  first: Outcome<T>,
  since: number,
  { live, way, limit }: { readonly live: Live; readonly way: Way<T>; readonly limit: LazyLimit },
): Promise<Outcome<T>> {
  let outcome = first;
  let seen = since;
  const most = live.kind === 'helper' ? RENEWALS : mostRenewals(live.kind);
  for (let renewals = 0; renewals < most && isRefused(outcome); renewals += 1) {
    if (!(await live.renewHeaders(seen, limit.signal))) return outcome;
    seen = live.generation;
    outcome = await way.send(live.session, limit);
  }
  return outcome;
}

const isRefused = (outcome: Outcome<unknown>): boolean => !outcome.ok && isCredentialFault(outcome.fault, 401);

/** The rights that a call of a signed-in server lacks (BEHAVIOUR §7); for every other server a 403 is just that. */
function lackOf(
  { redactor }: FleetDeps,
  { kind }: Live,
  { fault, asked }: { readonly fault: CallFault; readonly asked: Asked },
): Lack | undefined {
  const { answer } = fault;
  const scopes = wantedScopes(answer);
  if (kind !== 'oauth' || scopes === undefined || answer?.kind !== 'http') return undefined;
  const tool: unknown = asked.method === 'tools/call' ? asked.params?.['name'] : undefined;
  return {
    scopes: cleanScopes(redactor, scopes),
    challenges: answer.challenges,
    ...(typeof tool === 'string' ? { tool: clean(redactor, tool, 200) } : {}),
  };
}

/** Resolves when the rights were granted; the server stays connected whatever comes of it. */
async function granted(
  { name, connection, live }: Ready,
  lack: Lack,
  { asked, limit, consents }: Pick<Sending<unknown>, 'asked' | 'limit' | 'consents'>,
): Promise<void> {
  connection.answered(live.epoch);
  const { signal } = limit;
  const { interaction = 'none' } = asked.call;
  const outcome = await connection.signing.stepUps.ask(name, lack, { interaction, signal, tries: consents });
  if (outcome === 'again') return;
  if (outcome !== 'left') throw outcome;
  if (asked.call.signal?.aborted === true) throw cancelledError(signal.reason);
  throw requiredError(name, lack, connection.signing.logins.signingIn);
}

/** The token was refused, and what would renew it does not answer for now: signing in again would not help. */
function unrenewedError(name: string, { redactor }: FleetDeps, fault: Fault): HoldfastError {
  const { reason, retryAfterMs } = fault;
  return new HoldfastError('ERR_UNREACHABLE', clean(redactor, `${name}: ${faultMessage(fault)}`, LONGEST_MESSAGE), {
    hint: REASONS[reason].remedy,
    data: { server: name, sent: 'rejected', reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  });
}

/** It would be too large again. */
const isTooLarge = ({ answer }: CallFault): boolean => answer?.kind === 'protocol' && answer.tooLarge !== undefined;

/** Faults after which one contact of our own decides whether the server is still well; a rate limit is not one. */
function blamesServer(fault: CallFault): boolean {
  if (isCredentialFault(fault, 429) || isTooLarge(fault)) return false;
  return fault.kind === 'http' || fault.kind === 'network' || fault.kind === 'timeout' || fault.kind === 'protocol';
}

/** Surely not acted on by the server, and not for what it says of this call: safe to send again. */
function isUndone(fault: CallFault): boolean {
  const { sent, kind, answer, sessionLost = false } = fault;
  if (isTooLarge(fault)) return false;
  if (sent !== 'rejected') return sent === 'no';
  // It was refused for its session, and the fresh one could not be made, or was forgotten as well.
  return kind !== 'http' || sessionLost || (answer?.kind === 'http' && answer.status >= 500);
}

/** At once the first time; then longer each time, because the server is well for our own contacts and not for calls. */
async function pause({ clock }: FleetDeps, tries: number, signal: AbortSignal): Promise<void> {
  if (tries > 1) await clock.sleep(PAUSE_MS * 2 ** (tries - 2), signal).catch(() => undefined);
}

/** A call that we ended because its time was up was not cancelled by anybody. */
function honest(fault: CallFault, asked: Asked, signal: AbortSignal): CallFault {
  const isOurs = fault.kind === 'cancelled' && signal.aborted && asked.call.signal?.aborted !== true;
  return isOurs ? { ...fault, kind: 'timeout', text: 'the call took longer than its time-out' } : fault;
}

function classifiedError(
  name: string,
  deps: FleetDeps,
  failed: { readonly fault: CallFault; readonly context: ConnectContext },
): HoldfastError {
  const { redactor } = deps;
  const { code, message, hint, data } = classifyCall(failed.fault, failed.context);
  const scopes: unknown = data['missingScopes'];
  // What a JSON-RPC error says stays as it is, in `rpc`; sentences are made of cleaned text.
  const cleaned = Array.isArray(scopes) ? { missingScopes: scopes.map((one) => clean(redactor, String(one))) } : {};
  return new HoldfastError(code, clean(redactor, `${name}: ${message}`, LONGEST_MESSAGE), {
    data: { server: name, ...data, ...cleaned },
    hint,
  });
}
