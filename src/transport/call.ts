/**
 * One request through the SDK's client under our limits of time, and what became of it as a value.
 *
 * @module
 */
import type { Client, Progress as SdkProgress } from '@modelcontextprotocol/client';
import type { Clock } from '../base/clock.ts';
import type { Answer, CallFault } from '../core/fault.ts';
import type { CallOptions, CallOutcome } from '../core/ports.ts';
import { AnswerError } from './answer-error.ts';
import { NO_SDK_TIMEOUT_MS } from './handshake.ts';
import type { LimitNumbers, Stop } from './limits.ts';
import { Limits, STOP_TEXT } from './limits.ts';
import { isObject } from './protocol.ts';
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
  const limits = new Limits(call.options, world.limits, world.clock, () => world.wire.isAsking);
  try {
    const first = await sendOnce(call, world, limits);
    if (first.lost === undefined || limits.stopped !== undefined) return first.outcome;
    const renewed = await renew(first.lost, world, limits);
    return renewed ?? (await sendOnce(call, world, limits)).outcome;
  } finally {
    limits.end();
  }
}

/** `undefined` when there is a fresh session, else what the call ends with. It was refused, so it was never acted on. */
async function renew(lost: object, { wire }: CallWorld, limits: Limits): Promise<CallOutcome | undefined> {
  try {
    await limits.race(wire.link.renew?.(lost) ?? Promise.resolve());
    return undefined;
  } catch (error) {
    if (limits.stopped !== undefined) return stoppedOutcome(limits.stopped, 'rejected');
    if (!(error instanceof AnswerError)) throw error;
    return { ok: false, fault: { ...faultOf(error), sent: 'rejected' } };
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
  if (reply?.error !== undefined) {
    const { code, message } = reply.error;
    return { ok: false, fault: { kind: 'rpc', sent: 'maybe', rpc: reply.error, text: message || `error ${code}` } };
  }
  if (reply !== undefined && !asksForMore(reply.result)) return resultOutcome(reply.result, world.modern);
  if (stopped !== undefined) return stoppedOutcome(stopped, exchange.sent ? 'maybe' : 'no');
  const failure = exchange.failure ?? (error instanceof AnswerError ? error : undefined);
  if (failure !== undefined) return { ok: false, fault: faultOf(failure) };
  if (world.wire.ended) return closedOutcome(world.wire.link.ending(), exchange.sent ? 'maybe' : 'no');
  if (reply !== undefined) return protocolOutcome('The server asks for input that cannot be given here.', 'maybe');
  return protocolOutcome('The method does not exist in the protocol version of this server.', 'no');
}

/** MCP 2026-07-28: the server wants input before it answers. */
function asksForMore(result: unknown): boolean {
  return isObject(result) && result['resultType'] === 'input_required';
}

/** MCP 2026-07-28, basic: a missing `resultType` means complete, an unknown one makes the result invalid. */
function resultOutcome(result: unknown, modern: boolean): CallOutcome {
  const type = modern && isObject(result) ? (result['resultType'] ?? 'complete') : 'complete';
  return type === 'complete'
    ? { ok: true, result }
    : protocolOutcome('The server sent a result of an unknown type.', 'maybe');
}

function stoppedOutcome(stop: Stop, sent: CallFault['sent']): CallOutcome {
  const text = STOP_TEXT[stop];
  if (stop === 'cancelled') return { ok: false, fault: { kind: 'cancelled', sent, text } };
  return { ok: false, fault: { kind: 'timeout', sent, answer: { kind: 'timeout', text }, text } };
}

function closedOutcome(answer: Answer, sent: CallFault['sent']): CallOutcome {
  return { ok: false, fault: { kind: 'closed', sent, answer, text: 'The connection ended.' } };
}

function protocolOutcome(text: string, sent: CallFault['sent']): CallOutcome {
  return { ok: false, fault: { kind: 'protocol', sent, answer: { kind: 'protocol', text }, text } };
}

const KIND: Readonly<Record<Answer['kind'], CallFault['kind']>> = {
  http: 'http',
  network: 'network',
  timeout: 'timeout',
  'not-mcp': 'protocol',
  protocol: 'protocol',
  version: 'protocol',
  spawn: 'closed',
  exit: 'closed',
};

/** The fault of a call whose answer came as an error of the link. */
export function faultOf({ answer, sent, rpc }: AnswerError): CallFault {
  // Our own closing, not a fault of the network.
  const closed = answer.kind === 'network' && answer.errno === 'ECONNABORTED';
  return {
    kind: closed ? 'closed' : KIND[answer.kind],
    sent,
    answer,
    ...(rpc === undefined ? {} : { rpc: rpc.error }),
    text: sentenceOf(answer),
  };
}

function sentenceOf(answer: Answer): string {
  switch (answer.kind) {
    case 'http':
      return `The server answered HTTP ${answer.status}.`;
    case 'network':
      return `The connection failed (${answer.errno}).`;
    case 'timeout':
      return 'The server did not answer in time.';
    case 'not-mcp':
      return 'What answered does not speak MCP.';
    case 'protocol':
    case 'version':
      return `The server broke the protocol: ${answer.text}.`;
    case 'spawn':
    case 'exit':
      return 'The process of the server is gone.';
  }
}
