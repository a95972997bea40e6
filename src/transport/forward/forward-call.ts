/**
 * One request passed on beside the SDK's client, under the same limits and with the same recovery as every other call.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import { LightAbortController } from '../../base/light-abort.ts';
import type { Forwarded, ForwardOutcome, ForwardRequest } from '../../core/forward.ts';
import { relayable } from '../../core/relay.ts';
import { AnswerError } from '../answer-error.ts';
import type { LimitNumbers } from '../limits.ts';
import { Limits } from '../limits.ts';
import type { ForwardingLink, RawReply } from '../link.ts';
import type { Failed } from '../outcomes.ts';
import { closedOutcome, faultOf, protocolOutcome, renewSession, rpcOutcome, stoppedOutcome } from '../outcomes.ts';
import { isObject, META } from '../protocol.ts';
import type { Json, Reply } from '../protocol.ts';
import type { Wire } from '../wire.ts';
import type { Asking } from './relays.ts';
import { resultTypeOf } from './result-type.ts';

/** What every forwarded request of one session shares. */
export interface ForwardWorld {
  readonly wire: Wire;
  readonly link: ForwardingLink;
  readonly clock: Clock;
  readonly limits: LimitNumbers;
  /** Mints an id that no server can guess and nobody has used. */
  readonly mintId: () => string;
  /** Hears log messages, whoever else does. */
  readonly onlog: (params: Json) => void;
  /** What a stateless server wants to hear with each request. */
  readonly modern?: { readonly version: string; readonly clientInfo: Json };
}

/** Sends the request; see `callServer` for what happens where the server no longer knows the session. */
export async function forwardCall(
  request: ForwardRequest,
  headers: Readonly<Record<string, string>>,
  world: ForwardWorld,
): Promise<ForwardOutcome> {
  const person = request.onRequest === undefined ? undefined : new Person(request, world);
  const isAsking = (): boolean => person?.isAsked === true || world.wire.isAsking;
  const limits = new Limits(request, world.limits, world.clock, {
    isAsking,
    cut: new LightAbortController(),
    startsNow: true,
  });
  try {
    const passing = { request, headers, limits, asking: person?.asking };
    const first = await forwardOnce(passing, world);
    if (first.lost === undefined || limits.stopped !== undefined) return first.outcome;
    const renewed = await renewSession(first.lost, world.wire, limits);
    return renewed ?? (await forwardOnce(passing, world)).outcome;
  } finally {
    limits.end();
  }
}

interface Sent {
  readonly outcome: ForwardOutcome;
  /** The session that the server no longer knows. */
  readonly lost?: object | undefined;
}

interface Passing {
  readonly request: ForwardRequest;
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: Limits;
  readonly asking: Asking | undefined;
}

/** Whom a server with sessions may ask; one without asks inside its results. */
class Person {
  readonly asking: Asking | undefined;
  #questions = 0;

  constructor({ onRequest, clientCapabilities }: ForwardRequest, { modern }: ForwardWorld) {
    if (onRequest === undefined || clientCapabilities === undefined || modern !== undefined) return;
    this.asking = {
      capabilities: relayable(clientCapabilities),
      ask: async (method, params, signal) => {
        this.#questions += 1;
        try {
          return await onRequest(method, params, signal);
        } finally {
          this.#questions -= 1;
        }
      },
    };
  }

  /** The silence of the server is not counted meanwhile. */
  get isAsked(): boolean {
    return this.#questions > 0;
  }
}

function forwardOnce(passing: Passing, world: ForwardWorld): Sent | Promise<Sent> {
  const { request, headers, limits, asking } = passing;
  const { wire, link } = world;
  if (limits.stopped !== undefined) return { outcome: stoppedOutcome(limits.stopped, 'no') };
  if (wire.ended) return { outcome: closedOutcome(link.ending(), 'no') };
  const id = world.mintId();
  limits.start();
  const reply = link.forward({
    message: { jsonrpc: '2.0', id, method: request.method, ...paramsOf(id, request, world) },
    headers,
    cut: limits.cut,
    onbegin: () => limits.began(),
    onnotification: (method, params) => heard(method, params, { id, request, limits, world }),
    asking,
    client: request.client,
  });
  return reply.then(
    (came) => ({ outcome: outcomeOf(came, world.modern !== undefined) }),
    (error: unknown) => unanswered(error, limits, world),
  );
}

function unanswered(error: unknown, limits: Limits, { wire, link }: ForwardWorld): Sent {
  if (limits.stopped !== undefined) return { outcome: stoppedOutcome(limits.stopped, sentOf(error)) };
  if (error instanceof AnswerError) return { outcome: { ok: false, fault: faultOf(error) }, lost: error.lostSession };
  if (wire.ended) return { outcome: closedOutcome(link.ending(), 'maybe') };
  throw error;
}

const sentOf = (error: unknown): 'no' | 'rejected' | 'maybe' => (error instanceof AnswerError ? error.sent : 'maybe');

/** Asked for progress on every tool call: it keeps a long one alive. */
function paramsOf(id: string, request: ForwardRequest, { modern }: ForwardWorld): { readonly params?: Json } {
  const { params, method, onNotification, clientCapabilities = {} } = request;
  const wantsProgress = onNotification !== undefined || method === 'tools/call';
  if (!wantsProgress && modern === undefined) return params === undefined ? {} : { params };
  const given = params?.['_meta'];
  const meta: Record<string, unknown> = isObject(given) ? { ...given } : {};
  if (wantsProgress) meta['progressToken'] = id;
  if (modern !== undefined) {
    meta[META.protocolVersion] = modern.version;
    meta[META.clientInfo] = modern.clientInfo;
    meta[META.clientCapabilities] = clientCapabilities;
  }
  return { params: { ...params, _meta: meta } };
}

interface Hearing {
  readonly id: string;
  readonly request: ForwardRequest;
  readonly limits: Limits;
  readonly world: ForwardWorld;
}

/** Progress of this very call is a sign of life, and is passed on without our token. */
function heard(method: string, params: Json, { id, request, limits, world }: Hearing): void {
  if (method !== 'notifications/progress') {
    world.onlog(params);
    request.onNotification?.(method, params);
    return;
  }
  const { progressToken, ...progress } = params;
  if (progressToken !== id || limits.stopped !== undefined) return;
  limits.touch();
  request.onNotification?.(method, progress);
}

function outcomeOf(reply: RawReply, modern: boolean): ForwardOutcome {
  if ('result' in reply) return resultOutcome(reply.result, modern);
  const { result, error }: Reply = reply.reply;
  if (isObject(error)) return rpcOutcome(error);
  if (isObject(result)) return resultOutcome(Buffer.from(JSON.stringify(result)), modern);
  return protocolOutcome('The server sent an answer that is neither a result nor an error.', 'maybe');
}

function resultOutcome(result: Buffer, modern: boolean): Failed | { readonly ok: true; readonly result: Forwarded } {
  const type = modern ? resultTypeOf(result) : 'complete';
  if (type === 'unknown') return protocolOutcome('The server sent a result of an unknown type.', 'maybe');
  return { ok: true, result: { result, asksForInput: type === 'input_required' } };
}
