/**
 * The requests of clients as meters and traces see them.
 *
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Meter } from '../../core/meter.ts';
import { OTHER } from '../../core/metrics.ts';
import type { Tracing } from '../../core/tracing.ts';
import {
  TOOL_ERROR,
  TRACE_KEYS,
  mayBeToolError,
  metaOf,
  methodLabel,
  rpcErrorType,
  withContext,
} from '../../core/watching.ts';
import type { Answer } from '../rpc/answer.ts';
import type { Id, Json } from '../rpc/message.ts';

/** Who watches. */
export interface Watchers {
  readonly clock: Clock;
  readonly meter?: Meter;
  readonly tracing?: Tracing;
}

interface Asked {
  readonly method: string;
  readonly params: Json | undefined;
  readonly requestId?: Id | undefined;
  readonly protocolVersion?: string | undefined;
}

function errorTypeOf(method: string, answer: Answer): string {
  if (!answer.ok) return rpcErrorType(answer.error.code);
  if (method !== 'tools/call') return '';
  return mayBeToolError(answer.result) ? TOOL_ERROR : '';
}

/** Answers, and tells whoever watches. The span's context goes along with what is asked of a server for it. */
export async function watchedAnswer(
  { clock, meter, tracing }: Watchers,
  asked: Asked,
  answer: (params: Json | undefined) => Promise<Answer>,
): Promise<Answer> {
  const { method, params } = asked;
  if (meter === undefined && tracing === undefined) return answer(params);
  const startedAt = clock.monotonic();
  const span = tracing?.begin({ kind: 'server', ...asked });
  let errorType: string = OTHER;
  try {
    const found = await answer(span === undefined ? params : withContext(params, span.carried));
    errorType = errorTypeOf(method, found);
    return found;
  } finally {
    span?.end(errorType === '' ? undefined : errorType);
    const labels = { 'mcp.method.name': methodLabel(method), 'error.type': errorType };
    meter?.observe('serverOperations', labels, (clock.monotonic() - startedAt) / 1_000);
  }
}

/** W3C Trace Context §3.3.1.5 and W3C Baggage §3.3.2: more than this need not be passed on. */
const LONGEST: Readonly<Record<(typeof TRACE_KEYS)[number], number>> = {
  traceparent: 256,
  tracestate: 4_096,
  baggage: 8_192,
};

/** The params with the context of the HTTP headers in `_meta`, where the message itself carries none. */
export function withHeaderContext(params: Json | undefined, headers: IncomingHttpHeaders): Json | undefined {
  if (headers['traceparent'] === undefined || metaOf(params)?.['traceparent'] !== undefined) return params;
  const carried: Record<string, string> = {};
  for (const key of TRACE_KEYS) {
    const value = headers[key];
    if (typeof value === 'string' && value.length <= LONGEST[key]) carried[key] = value;
  }
  return withContext(params, carried);
}
