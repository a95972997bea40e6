/**
 * What became of a request, as values: the outcomes that all ways of sending one share.
 *
 * @module
 */
import type { Answer, CallFault } from '../core/fault.ts';
import type { CallOutcome } from '../core/ports.ts';
import { AnswerError } from './answer-error.ts';
import type { Limits, Stop } from './limits.ts';
import { STOP_TEXT } from './limits.ts';
import type { Reply } from './protocol.ts';
import { isObject } from './protocol.ts';
import type { Wire } from './wire.ts';

/** An outcome that is a fault, whatever a good one would have been. */
export type Failed = Extract<CallOutcome, { readonly ok: false }>;

/** `undefined` when there is a fresh session, else what the call ends with. It was refused, so it was never acted on. */
export async function renewSession(lost: object, wire: Wire, limits: Limits): Promise<Failed | undefined> {
  try {
    await limits.race(wire.link.renew?.(lost) ?? Promise.resolve());
    return undefined;
  } catch (error) {
    if (limits.stopped !== undefined) return stoppedOutcome(limits.stopped, 'rejected');
    if (!(error instanceof AnswerError)) throw error;
    return { ok: false, fault: { ...faultOf(error), sent: 'rejected' } };
  }
}

/** The server's own error. */
export function rpcOutcome(error: NonNullable<Reply['error']>): Failed {
  const { code, message } = error;
  return { ok: false, fault: { kind: 'rpc', sent: 'maybe', rpc: error, text: message || `error ${code}` } };
}

/** MCP 2026-07-28: the server wants input before it answers. */
export function asksForMore(result: unknown): boolean {
  return isObject(result) && result['resultType'] === 'input_required';
}

/** MCP 2026-07-28, basic: a missing `resultType` means complete, an unknown one makes the result invalid. */
export function resultOutcome(result: unknown, modern: boolean): CallOutcome {
  const type = modern && isObject(result) ? (result['resultType'] ?? 'complete') : 'complete';
  return type === 'complete'
    ? { ok: true, result }
    : protocolOutcome('The server sent a result of an unknown type.', 'maybe');
}

/** We ended it ourselves. */
export function stoppedOutcome(stop: Stop, sent: CallFault['sent']): Failed {
  const text = STOP_TEXT[stop];
  if (stop === 'cancelled') return { ok: false, fault: { kind: 'cancelled', sent, text } };
  return { ok: false, fault: { kind: 'timeout', sent, answer: { kind: 'timeout', text }, text } };
}

/** The connection ended meanwhile. */
export function closedOutcome(answer: Answer, sent: CallFault['sent']): Failed {
  return { ok: false, fault: { kind: 'closed', sent, answer, text: 'The connection ended.' } };
}

/** The protocol was broken, or has no way to do it. */
export function protocolOutcome(text: string, sent: CallFault['sent']): Failed {
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
export function faultOf({ answer, sent, rpc, lostSession }: AnswerError): CallFault {
  // Our own closing, not a fault of the network.
  const closed = answer.kind === 'network' && answer.errno === 'ECONNABORTED';
  return {
    kind: closed ? 'closed' : KIND[answer.kind],
    sent,
    answer,
    ...(rpc === undefined ? {} : { rpc: rpc.error }),
    ...(lostSession === undefined ? {} : { sessionLost: true }),
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
      if (answer.kind === 'protocol' && answer.tooLarge !== undefined) return `${answer.text}.`;
      return `The server broke the protocol: ${answer.text}.`;
    case 'spawn':
    case 'exit':
      return 'The process of the server is gone.';
  }
}
