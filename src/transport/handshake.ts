/**
 * Opens a conversation on a wire: finds the era out, then `server/discover` or `initialize`.
 *
 * @module
 */
import type { Client, Implementation } from '@modelcontextprotocol/client';
import type { Clock } from '../base/clock.ts';
import { safeLine } from '../base/safe-text.ts';
import type { Answer } from '../core/fault.ts';
import type { Era } from '../core/snapshot.ts';
import type { RpcInBody } from './answer-error.ts';
import { AnswerError, FORGETFUL } from './answer-error.ts';
import type { ProbeOutcome, Verdict } from './era.ts';
import { disprovesLegacy, isModernError, judgeProbe } from './era.ts';
import { isObject, META, MODERN_VERSIONS } from './protocol.ts';
import type { ClientServices } from './sdk.ts';
import { capabilitiesOf, createClient, loadSdk } from './sdk.ts';
import type { Wire } from './wire.ts';

/** What a handshake needs. */
export interface HandshakePlan {
  readonly wire: Wire;
  readonly era: 'auto' | Era;
  /** The era that answered last time; saves the probe in `auto`. */
  readonly knownEra?: Era | undefined;
  readonly probeMs: number;
  readonly clock: Clock;
  readonly clientInfo: Implementation;
  readonly services: ClientServices;
  readonly signal: AbortSignal;
}

/** An open conversation, or what came instead. */
export type Handshake =
  | { readonly ok: true; readonly client: Client; readonly era: Era }
  | {
      readonly ok: false;
      readonly answer: Answer;
      /** The JSON-RPC error that came with it. */
      readonly rpc?: RpcInBody['error'];
    };

/** Longer than any call may last: time is kept by our own clock, not by the SDK's timers. */
export const NO_SDK_TIMEOUT_MS = 2 ** 31 - 1;

/** Opens the conversation. Never throws. */
export async function shakeHands(plan: HandshakePlan): Promise<Handshake> {
  try {
    await plan.wire.start();
  } catch (error) {
    return { ok: false, answer: answerOf(error, plan) };
  }
  if (plan.era === 'legacy') return openLegacy(plan);
  if (plan.era === 'modern') return openModernOnly(plan);
  return plan.knownEra === 'legacy' ? openRemembered(plan) : openProbed(plan);
}

async function openModernOnly(plan: HandshakePlan): Promise<Handshake> {
  const { verdict, outcome } = await probe(plan);
  if (verdict.kind !== 'legacy') return openBy(verdict, plan);
  const answer: Answer =
    outcome.kind === 'answer'
      ? outcome.answer
      : { kind: 'version', text: `the server does not speak ${MODERN_VERSIONS.join(', ')}` };
  return { ok: false, answer };
}

async function openProbed(plan: HandshakePlan): Promise<Handshake> {
  const { verdict, outcome } = await probe(plan, plan.probeMs);
  if (verdict.kind !== 'legacy') return openBy(verdict, plan);
  const legacy = await openLegacy(plan);
  if (legacy.ok || outcome.kind !== 'silent' || !isModernError(legacy.rpc)) return legacy;
  // A modern server that was slow: its own error to `initialize` says so.
  const late = await probe(plan);
  return late.verdict.kind === 'legacy' ? legacy : openBy(late.verdict, plan);
}

/** The endpoint was legacy last time. It may have been upgraded since: then `initialize` is refused, and the probe decides. */
async function openRemembered(plan: HandshakePlan): Promise<Handshake> {
  const legacy = await openLegacy(plan);
  if (legacy.ok || !disprovesLegacy(legacy.answer, legacy.rpc)) return legacy;
  const { verdict } = await probe(plan, plan.probeMs);
  return verdict.kind === 'modern' ? openBy(verdict, plan) : legacy;
}

function openBy(verdict: Exclude<Verdict, { kind: 'legacy' }>, plan: HandshakePlan): Promise<Handshake> | Handshake {
  if (verdict.kind === 'modern') return openModern(verdict.discover, plan);
  if (verdict.kind === 'answer') return { ok: false, answer: verdict.answer };
  return { ok: false, answer: { kind: 'version', text: `the server asks for ${verdict.version} again and again` } };
}

interface Probed {
  readonly verdict: Verdict;
  readonly outcome: ProbeOutcome;
}

async function probe(plan: HandshakePlan, limitMs?: number): Promise<Probed> {
  const { SUPPORTED_PROTOCOL_VERSIONS } = await loadSdk();
  let version = MODERN_VERSIONS[0] ?? '';
  let outcome = await ask(version, plan, limitMs);
  let verdict = judgeProbe(outcome, version, SUPPORTED_PROTOCOL_VERSIONS);
  // Once: a server that keeps naming other versions has none for us.
  if (verdict.kind === 'again') {
    version = verdict.version;
    outcome = await ask(version, plan, limitMs);
    verdict = judgeProbe(outcome, version, SUPPORTED_PROTOCOL_VERSIONS);
  }
  return { verdict, outcome };
}

/** One `server/discover`. Silence is an outcome only where a limit is given; the signal's end is an answer. */
async function ask(version: string, plan: HandshakePlan, limitMs: number | undefined): Promise<ProbeOutcome> {
  const { wire, clock, signal } = plan;
  const limit = new AbortController();
  const stop = (): void => limit.abort(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  let silent = false;
  const timer =
    limitMs === undefined
      ? undefined
      : clock.after(limitMs, () => {
          silent = true;
          limit.abort(new AnswerError({ kind: 'timeout' }));
        });
  try {
    const reply = await wire.ask(discoverRequest(version, plan), limit.signal);
    return reply.error === undefined ? { kind: 'result', result: reply.result } : { kind: 'rpc', error: reply.error };
  } catch (error) {
    if (silent) return { kind: 'silent' };
    const rpc = error instanceof AnswerError ? error.rpc?.error : undefined;
    return { kind: 'answer', answer: answerOf(error, plan), ...(rpc === undefined ? {} : { rpc }) };
  } finally {
    timer?.cancel();
    signal.removeEventListener('abort', stop);
  }
}

let probes = 0;

function discoverRequest(version: string, plan: HandshakePlan) {
  probes += 1;
  return {
    jsonrpc: '2.0' as const,
    id: `discover-${probes}`,
    method: 'server/discover',
    params: {
      _meta: {
        [META.protocolVersion]: version,
        [META.clientInfo]: plan.clientInfo,
        [META.clientCapabilities]: capabilitiesOf(modernServices(plan)),
      },
    },
  };
}

// No roots here: in this era a server asks for them inside a result, and they are deprecated.
const modernServices = ({ services }: HandshakePlan): ClientServices => ({ asking: services.asking });

async function openModern(discover: unknown, plan: HandshakePlan): Promise<Handshake> {
  const client = await createClient(plan.clientInfo, modernServices(plan));
  try {
    await client.connect(plan.wire, { prior: { kind: 'modern', discover: discover as never } });
    return { ok: true, client, era: 'modern' };
  } catch (error) {
    if (error instanceof AnswerError || plan.wire.ended || plan.signal.aborted) {
      return { ok: false, answer: answerOf(error, plan) };
    }
    return { ok: false, answer: { kind: 'protocol', text: 'the answer to server/discover is not what it must be' } };
  }
}

async function openLegacy(plan: HandshakePlan): Promise<Handshake> {
  const { wire, signal } = plan;
  const client = await createClient(plan.clientInfo, plan.services);
  const exchange = wire.track();
  try {
    await client.connect(wire, {
      prior: { kind: 'legacy' },
      signal,
      timeout: NO_SDK_TIMEOUT_MS,
      headers: exchange.headers,
    });
    return { ok: true, client, era: 'legacy' };
  } catch (error) {
    const cause = exchange.failure ?? error;
    const rpc = exchange.reply?.error ?? (cause instanceof AnswerError ? cause.rpc?.error : undefined);
    const known = cause instanceof AnswerError || wire.ended || signal.aborted;
    const answer = known ? answerOf(cause, plan) : await refusedHello(exchange.reply?.result, rpc);
    return { ok: false, answer, ...(rpc === undefined ? {} : { rpc }) };
  } finally {
    wire.forget(exchange);
  }
}

/** What a reply to `initialize` means that is none. */
async function refusedHello(result: unknown, rpc: RpcInBody['error'] | undefined): Promise<Answer> {
  if (isModernError(rpc)) return { kind: 'version', text: 'the server refuses initialize' };
  if (rpc !== undefined) return { kind: 'protocol', text: `the server refuses initialize (${rpc.code})` };
  const { SUPPORTED_PROTOCOL_VERSIONS } = await loadSdk();
  const version = isObject(result) ? result['protocolVersion'] : undefined;
  if (typeof version === 'string' && !SUPPORTED_PROTOCOL_VERSIONS.includes(version)) {
    return { kind: 'version', text: `the server speaks ${safeLine(version, 40)}` };
  }
  return { kind: 'protocol', text: 'the answer to initialize is not what it must be' };
}

/** The answer of a try that ended with this error. */
function answerOf(error: unknown, { wire, signal }: HandshakePlan): Answer {
  if (signal.aborted) return { kind: 'timeout' };
  if (error instanceof AnswerError) return error.lostSession === undefined ? error.answer : FORGETFUL;
  if (wire.ended) return wire.link.ending();
  return { kind: 'protocol', text: 'the conversation could not be opened' };
}
