/**
 * One request through the SDK's client under our limits of time, and what became of it as a value.
 *
 * @module
 */
import type { Client, Progress as SdkProgress } from '@modelcontextprotocol/client';
import type { Clock } from '../base/clock.ts';
import type { CallOptions, CallOutcome } from '../core/ports.ts';
import { AnswerError } from './answer-error.ts';
import { NO_SDK_TIMEOUT_MS } from './handshake.ts';
import type { LimitNumbers, Stop } from './limits.ts';
import { Limits } from './limits.ts';
import {
  asksForMore,
  closedOutcome,
  faultOf,
  protocolOutcome,
  renewSession,
  resultOutcome,
  rpcOutcome,
  stoppedOutcome,
} from './outcomes.ts';
import type { Exchange, Wire } from './wire.ts';

/** What every call of one session shares. */
export interface CallWorld {
  readonly client: Client;
  readonly wire: Wire;
  readonly clock: Clock;
  readonly limits: LimitNumbers;
  readonly modern: boolean;
}

/** One request. */
export interface Call {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>> | undefined;
  readonly options: CallOptions;
  /** Headers of this request alone. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Any result will do: it is passed on as it came. */
const ANY = { '~standard': { version: 1, vendor: 'holdfast', validate: (value: unknown) => ({ value }) } } as const;

/**
 * Sends the request. Where the server no longer knows the session, a fresh one is made once and the request sent once
 * more: it was refused unread.
 */
export async function callServer(call: Call, world: CallWorld): Promise<CallOutcome> {
  const limits = new Limits(call.options, world.limits, world.clock, { isAsking: () => world.wire.isAsking });
  try {
    const first = await sendOnce(call, world, limits);
    if (first.lost === undefined || limits.stopped !== undefined) return first.outcome;
    const renewed = await renewSession(first.lost, world.wire, limits);
    return renewed ?? (await sendOnce(call, world, limits)).outcome;
  } finally {
    limits.end();
  }
}

interface Sent {
  readonly outcome: CallOutcome;
  /** The session that the server no longer knows. */
  readonly lost?: object | undefined;
}

async function sendOnce(call: Call, world: CallWorld, limits: Limits): Promise<Sent> {
  if (limits.stopped !== undefined) return { outcome: stoppedOutcome(limits.stopped, 'no') };
  if (world.wire.ended) return { outcome: closedOutcome(world.wire.link.ending(), 'no') };
  const { client, wire } = world;
  const exchange = wire.track();
  exchange.onbegin = () => limits.began();
  limits.start();
  const { onProgress } = call.options;
  const onprogress = (progress: SdkProgress): void => {
    limits.touch();
    onProgress?.(progress as Parameters<NonNullable<typeof onProgress>>[0]);
  };
  let error: unknown;
  try {
    const request = { method: call.method, ...(call.params === undefined ? {} : { params: { ...call.params } }) };
    await client.request(request, ANY, {
      signal: limits.signal,
      timeout: NO_SDK_TIMEOUT_MS,
      headers: { ...call.headers, ...exchange.headers },
      // Asked for on every tool call: progress keeps a long one alive.
      ...(onProgress !== undefined || call.method === 'tools/call' ? { onprogress } : {}),
    });
  } catch (cause) {
    error = cause;
  } finally {
    wire.forget(exchange);
  }
  const outcome = outcomeOf(exchange, error, { stopped: limits.stopped, world });
  return { outcome, lost: outcome.ok ? undefined : exchange.failure?.lostSession };
}

function outcomeOf(
  exchange: Exchange,
  error: unknown,
  { stopped, world }: { readonly stopped: Stop | undefined; readonly world: CallWorld },
): CallOutcome {
  const { reply } = exchange;
  if (reply?.error !== undefined) return rpcOutcome(reply.error);
  if (reply !== undefined && !asksForMore(reply.result)) return resultOutcome(reply.result, world.modern);
  if (stopped !== undefined) return stoppedOutcome(stopped, exchange.sent ? 'maybe' : 'no');
  const failure = exchange.failure ?? (error instanceof AnswerError ? error : undefined);
  if (failure !== undefined) return { ok: false, fault: faultOf(failure) };
  if (world.wire.ended) return closedOutcome(world.wire.link.ending(), exchange.sent ? 'maybe' : 'no');
  if (reply !== undefined) return protocolOutcome('The server asks for input that cannot be given here.', 'maybe');
  return protocolOutcome('The method does not exist in the protocol version of this server.', 'no');
}
