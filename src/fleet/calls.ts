/**
 * One request to a server: waits for it, recovers once where that is safe, and says honestly what it could not do
 * (BEHAVIOUR §3b, §6).
 *
 * @module
 */
import { HoldfastError } from '../base/errors.ts';
import { classifyCall, faultMessage } from '../core/classify.ts';
import { REASONS } from '../core/reasons.ts';
import { reasonOfState } from '../core/state.ts';
import { hasOutcome, isSettling } from './settling.ts';
import type { CallFault } from '../core/fault.ts';
import type { FleetCall } from '../core/fleet.ts';
import type { CallOutcome, Session } from '../core/ports.ts';
import type { State } from '../core/state.ts';
import type { Binding } from './binding.ts';
import type { Connection } from './connection.ts';
import type { FleetDeps } from './deps.ts';

/** What is asked of the server. */
export interface Asked {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>> | undefined;
  readonly call: FleetCall;
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

/** Makes sure there is an open session, within the caller's time. */
export async function ready(
  binding: Binding,
  signal: AbortSignal,
): Promise<{ readonly connection: Connection; readonly session: Session }> {
  const { connection } = binding;
  if (connection === undefined) throw errorOfState(binding.name, binding.state);
  connection.send({ type: 'wanted' });
  const epoch = connection.state.epoch;
  let { state } = connection;
  const isOpen = (current: State): boolean => !isSettling(current) && hasOutcome(current, epoch);
  if (!isOpen(state)) {
    try {
      state = await connection.until(isOpen, signal);
    } catch {
      throw errorOfState(binding.name, connection.state);
    }
  }
  const { session } = connection;
  if (session === undefined) throw errorOfState(binding.name, state);
  return { connection, session };
}

/** 401 to a helper server: one more helper run, and the call is sent once more (it was rejected, so it was not acted on). */
async function withFreshHeaders(
  deps: FleetDeps,
  about: {
    readonly connection: Connection;
    readonly session: Session;
    readonly asked: Asked;
    readonly signal: AbortSignal;
  },
): Promise<CallOutcome | undefined> {
  const { connection, session, asked, signal } = about;
  const outcome = await deps.credentials.headers(connection.entry, {
    fresh: true,
    numbers: connection.numbers,
    signal,
  });
  if (outcome.run !== undefined) connection.noteHelper(outcome.run);
  if (!outcome.ok) return undefined;
  session.setHeaders(outcome.headers);
  return session.request(asked.method, asked.params, { ...asked.call, signal });
}

function noteFailure(connection: Connection, asked: Asked, text: string): void {
  connection.note({ kind: 'call-failed', text: `${asked.method}: ${text}` });
}

function noteResult(connection: Connection, asked: Asked, result: unknown): void {
  const isError = typeof result === 'object' && result !== null && 'isError' in result && result.isError === true;
  if (isError) noteFailure(connection, asked, 'the tool returned an error');
}

/** Sends one request; see `Fleet.request` for its errors. */
export async function request(deps: FleetDeps, binding: Binding, asked: Asked): Promise<unknown> {
  const stop = new AbortController();
  const limitMs = asked.call.timeoutMs ?? binding.connection?.numbers.callTotalMs ?? deps.numbers.callTotalMs;
  const timer = deps.clock.after(limitMs, () => stop.abort(new Error('timed out')));
  const signal = asked.call.signal === undefined ? stop.signal : AbortSignal.any([asked.call.signal, stop.signal]);
  try {
    return await send(deps, binding, { asked, signal, again: true });
  } finally {
    timer.cancel();
  }
}

async function send(
  deps: FleetDeps,
  binding: Binding,
  about: { readonly asked: Asked; readonly signal: AbortSignal; readonly again: boolean },
): Promise<unknown> {
  const { asked, signal, again } = about;
  const { connection, session } = await ready(binding, signal);
  const { epoch } = connection.state;
  let outcome = await session.request(asked.method, asked.params, { ...asked.call, signal });
  if (!outcome.ok && isCredentialFault(outcome.fault, 401) && connection.credentialKind === 'helper') {
    outcome = (await withFreshHeaders(deps, { connection, session, asked, signal })) ?? outcome;
  }
  if (outcome.ok) {
    connection.answered(epoch);
    noteResult(connection, asked, outcome.result);
    return outcome.result;
  }
  const fault = honest(outcome.fault, asked, signal);
  if (fault.kind === 'rpc') connection.answered(epoch);
  noteFailure(connection, asked, fault.rpc === undefined ? fault.text : `JSON-RPC error ${fault.rpc.code}`);
  const checked = blamesServer(fault) ? connection.check() : undefined;
  if (again && isUnsent(fault) && !signal.aborted) {
    await checked;
    return send(deps, binding, { ...about, again: false });
  }
  if (isCredentialFault(fault, 401)) await checked;
  throw classifiedError(binding.name, deps, fault);
}

/** Faults after which one contact of our own decides whether the server is still well; a rate limit is not one. */
function blamesServer(fault: CallFault): boolean {
  if (isCredentialFault(fault, 429)) return false;
  return fault.kind === 'http' || fault.kind === 'network' || fault.kind === 'timeout' || fault.kind === 'protocol';
}

/** Surely not acted on by the server, and not for its credentials: safe to send once more. */
function isUnsent(fault: CallFault): boolean {
  return fault.sent === 'no' || (fault.kind === 'closed' && fault.sent === 'rejected');
}

/** A call that we ended because its time was up was not cancelled by anybody. */
function honest(fault: CallFault, asked: Asked, signal: AbortSignal): CallFault {
  const isOurs = fault.kind === 'cancelled' && signal.aborted && asked.call.signal?.aborted !== true;
  return isOurs ? { ...fault, kind: 'timeout', text: 'the call took longer than its time-out' } : fault;
}

function classifiedError(name: string, deps: FleetDeps, fault: CallFault): HoldfastError {
  const { code, message, hint, data } = classifyCall(fault);
  const extras = { data: { server: name, ...data }, ...(hint === undefined ? {} : { hint }) };
  return new HoldfastError(code, deps.redactor.redact(`${name}: ${message}`), extras);
}
