/**
 * Traces through `@opentelemetry/api`, where the host of this process has it: which exporter runs is the host's to say.
 *
 * @module
 */
import type * as Api from '@opentelemetry/api';
import type { Attributes, Baggage, Context, Span as ApiSpan, SpanContext } from '@opentelemetry/api';
import type { Logger } from '../base/logger.ts';
import type { Span, SpanAbout, Tracing } from '../core/tracing.ts';
import { methodLabel, metaOf } from '../core/watching.ts';

/** Where every copy of the package keeps what the host has registered: it is there as soon as anybody traces. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

const NOTHING: Span = { carried: {}, end: () => {} };

/**
 * The traces of this process. The package is loaded when the host has registered something with it, and not before: at
 * once where it has done so already, else beside the first request after that, which has no span yet.
 */
export async function loadTracing(version: string, logger: Logger): Promise<Tracing> {
  let loaded: Tracing | undefined;
  let loading: Promise<void> | undefined;
  const load = async (): Promise<void> => {
    try {
      loaded = createTracing(await import('@opentelemetry/api'), version);
    } catch (error) {
      logger.warn({ error }, 'somebody traces, but @opentelemetry/api is not installed beside Holdfast');
    }
  };
  const begin = (): void => {
    if (REGISTERED in globalThis) loading ??= load();
  };
  begin();
  await loading;
  return {
    begin(about) {
      if (loading === undefined) begin();
      return loaded?.begin(about) ?? NOTHING;
    },
  };
}

/** Traces by an API that is there. A provider that the host registers later counts from then on. */
export function createTracing(api: typeof Api, version: string): Tracing {
  const tracer = api.trace.getTracer('holdfast', version);
  return {
    begin(about) {
      const parent = parentOf(api, about);
      const kind = about.kind === 'client' ? api.SpanKind.CLIENT : api.SpanKind.SERVER;
      const span = tracer.startSpan(nameOf(about), { kind, attributes: attributesOf(about) }, parent);
      return begun(api, span, { ...carriedBaggage(api, about, parent) });
    },
  };
}

function begun(api: typeof Api, span: ApiSpan, baggage: Readonly<Record<string, string>>): Span {
  const context = span.spanContext();
  return {
    carried: api.isSpanContextValid(context) ? { ...carriedContext(context), ...baggage } : baggage,
    end(errorType) {
      if (errorType !== undefined) {
        span.setAttribute('error.type', errorType);
        if (/^-?\d+$/.test(errorType)) span.setAttribute('rpc.response.status_code', errorType);
        span.setStatus({ code: api.SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
}

/** `traceparent` and `tracestate` (W3C Trace Context §3.2, §3.3). */
function carriedContext({ traceId, spanId, traceFlags, traceState }: SpanContext): Readonly<Record<string, string>> {
  const state = traceState?.serialize() ?? '';
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    ...(state === '' ? {} : { tracestate: state }),
  };
}

/** What the caller carries stands there already; else that of the active context (W3C Baggage §3.2). */
function carriedBaggage(
  api: typeof Api,
  { params }: SpanAbout,
  parent: Context,
): { readonly baggage: string } | undefined {
  const active: Baggage | undefined = api.propagation.getBaggage(parent);
  if (active === undefined || metaOf(params)?.['baggage'] !== undefined) return undefined;
  const entries = active.getAllEntries().map(([key, { value }]) => `${key}=${encodeURIComponent(value)}`);
  return entries.length === 0 ? undefined : { baggage: entries.join(',') };
}

const TRACEPARENT = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-.*)?$/;

/** The caller's context, else the active one. */
function parentOf(api: typeof Api, { params }: SpanAbout): Context {
  const active = api.context.active();
  const meta = metaOf(params);
  const given = meta?.['traceparent'];
  const found = typeof given === 'string' ? TRACEPARENT.exec(given) : null;
  if (found === null) return active;
  const [, traceId = '', spanId = '', flags = ''] = found;
  const state = meta?.['tracestate'];
  const remote: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & api.TraceFlags.SAMPLED,
    isRemote: true,
    ...(typeof state === 'string' ? { traceState: api.createTraceState(state) } : {}),
  };
  return api.isSpanContextValid(remote) ? api.trace.setSpanContext(active, remote) : active;
}

const TARGETS: Readonly<Record<string, readonly [param: string, attribute: string]>> = {
  'tools/call': ['name', 'gen_ai.tool.name'],
  'prompts/get': ['name', 'gen_ai.prompt.name'],
  'resources/read': ['uri', 'mcp.resource.uri'],
};

function targetOf({ method, params }: SpanAbout): { readonly attribute: string; readonly value: string } | undefined {
  const [param, attribute] = (Object.hasOwn(TARGETS, method) ? TARGETS[method] : undefined) ?? [];
  const value = param === undefined ? undefined : params?.[param];
  return attribute === undefined || typeof value !== 'string' ? undefined : { attribute, value };
}

/** The method and its target. A URI is no target: there are too many (conventions for MCP, span name). */
function nameOf(about: SpanAbout): string {
  const target = targetOf(about);
  const method = methodLabel(about.method);
  return target === undefined || target.attribute === 'mcp.resource.uri' ? method : `${method} ${target.value}`;
}

const VERSION = 'io.modelcontextprotocol/protocolVersion';

/** Without the id of the session: who has it can speak in it. */
function attributesOf(about: SpanAbout): Attributes {
  const { method, server, requestId, params, protocolVersion = metaOf(params)?.[VERSION] } = about;
  const network = about.network?.();
  const target = targetOf(about);
  return {
    'mcp.method.name': method,
    ...(typeof protocolVersion === 'string' ? { 'mcp.protocol.version': protocolVersion } : {}),
    ...(requestId === undefined ? {} : { 'jsonrpc.request.id': String(requestId) }),
    ...(target === undefined ? {} : { [target.attribute]: target.value }),
    ...(method === 'tools/call' ? { 'gen_ai.operation.name': 'execute_tool' } : {}),
    ...(server === undefined ? {} : { 'holdfast.server': server }),
    ...(network === undefined ? {} : { 'network.transport': network.transport }),
    ...(network?.address === undefined ? {} : { 'server.address': network.address }),
    ...(network?.port === undefined ? {} : { 'server.port': network.port }),
  };
}
