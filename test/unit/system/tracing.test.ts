/**
 * Spans and the context they carry, seen by the SDK of OpenTelemetry.
 *
 * @module
 */
import * as api from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { silentLogger } from '../../../src/base/logger.ts';
import type { Tracing } from '../../../src/core/tracing.ts';
import { createTracing, loadTracing } from '../../../src/system/tracing.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const GIVEN = { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'vendor=1', baggage: 'who=me' };
const call = (meta?: Record<string, unknown>) =>
  ({
    kind: 'client',
    method: 'tools/call',
    server: 'one',
    params: { name: 'echo', arguments: { secret: 1 }, ...(meta === undefined ? {} : { _meta: meta }) },
  }) as const;

function rig(sampled = true): { readonly tracing: Tracing; readonly exporter: InMemorySpanExporter } {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    sampler: sampled ? new AlwaysOnSampler() : new AlwaysOffSampler(),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  api.trace.setGlobalTracerProvider(provider);
  return { tracing: createTracing(api, '1.2.3'), exporter };
}

afterEach(() => api.trace.disable());

describe('[watch.traces] a span', () => {
  test('of a call has the name and the attributes of the conventions, and no arguments', () => {
    const { tracing, exporter } = rig();
    tracing.begin({ ...call(), network: () => ({ transport: 'tcp', address: '127.0.0.1', port: 8080 }) }).end();
    const [span] = exporter.getFinishedSpans();
    expect(span?.name).toBe('tools/call echo');
    expect(span?.kind).toBe(api.SpanKind.CLIENT);
    expect(span?.instrumentationScope).toMatchObject({ name: 'holdfast', version: '1.2.3' });
    expect(span?.attributes).toEqual({
      'mcp.method.name': 'tools/call',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'echo',
      'holdfast.server': 'one',
      'network.transport': 'tcp',
      'server.address': '127.0.0.1',
      'server.port': 8080,
    });
  });

  test.each([
    ['prompts/get', { name: 'p' }, 'prompts/get p', { 'gen_ai.prompt.name': 'p' }],
    ['resources/read', { uri: 'file:///x' }, 'resources/read', { 'mcp.resource.uri': 'file:///x' }],
    ['x/made-up', { name: 'p' }, '_OTHER', {}],
  ])('of %s is named after what has few values', (method, params, name, attributes) => {
    const { tracing, exporter } = rig();
    tracing.begin({ kind: 'server', method, params }).end();
    const [span] = exporter.getFinishedSpans();
    expect(span).toMatchObject({ name, kind: api.SpanKind.SERVER });
    expect(span?.attributes).toEqual({ 'mcp.method.name': method, ...attributes });
  });

  test('of a request has its id and the revision that is spoken, agreed on or named with the request', () => {
    const { tracing, exporter } = rig();
    const about = { kind: 'server', method: 'ping' } as const;
    tracing.begin({ ...about, params: undefined, requestId: 7, protocolVersion: '2025-11-25' }).end();
    const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    tracing.begin({ ...about, params: { _meta: meta }, requestId: 'a' }).end();
    expect(exporter.getFinishedSpans().map(({ attributes }) => attributes)).toEqual([
      { 'mcp.method.name': 'ping', 'jsonrpc.request.id': '7', 'mcp.protocol.version': '2025-11-25' },
      { 'mcp.method.name': 'ping', 'jsonrpc.request.id': 'a', 'mcp.protocol.version': '2026-07-28' },
    ]);
  });

  test.each([
    ['tool_error', {}],
    ['ERR_UNREACHABLE', {}],
    ['-32602', { 'rpc.response.status_code': '-32602' }],
  ])('that ended with %s says so', (errorType, more) => {
    const { tracing, exporter } = rig();
    tracing.begin(call()).end(errorType);
    const [span] = exporter.getFinishedSpans();
    expect(span?.status.code).toBe(api.SpanStatusCode.ERROR);
    expect(span?.attributes).toMatchObject({ 'error.type': errorType, ...more });
  });
});

describe('[watch.traces] the context', () => {
  test('of the caller is the parent, and the span stands in its place', () => {
    const { tracing, exporter } = rig();
    const begun = tracing.begin(call(GIVEN));
    begun.end();
    const [span] = exporter.getFinishedSpans();
    expect(span?.parentSpanContext).toMatchObject({ traceId: TRACE, spanId: PARENT, isRemote: true });
    expect(begun.carried).toEqual({
      traceparent: `00-${TRACE}-${span?.spanContext().spanId}-01`,
      tracestate: 'vendor=1',
    });
  });

  test('is made from the active span where the caller gave none', () => {
    const { tracing, exporter } = rig();
    const parent = { traceId: TRACE, spanId: PARENT, traceFlags: 1 };
    const baggage = api.propagation.createBaggage({ who: { value: 'me & you' } });
    const active = api.propagation.setBaggage(api.trace.setSpanContext(api.ROOT_CONTEXT, parent), baggage);
    const spy = vi.spyOn(api.context, 'active').mockReturnValue(active);
    try {
      const begun = tracing.begin(call());
      begun.end();
      expect(exporter.getFinishedSpans()[0]?.parentSpanContext?.spanId).toBe(PARENT);
      expect(begun.carried['traceparent']).toMatch(new RegExp(`^00-${TRACE}-[\\da-f]{16}-01$`));
      expect(begun.carried['baggage']).toBe('who=me%20%26%20you');
    } finally {
      spy.mockRestore();
    }
  });

  test('of a trace that is not recorded is passed on as not recorded', () => {
    const { tracing, exporter } = rig(false);
    const begun = tracing.begin(call({ traceparent: `00-${TRACE}-${PARENT}-00` }));
    begun.end();
    expect(begun.carried['traceparent']).toMatch(new RegExp(`^00-${TRACE}-[\\da-f]{16}-00$`));
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  test.each([
    'nonsense',
    7,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `ff-${TRACE}-${PARENT}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
  ])('%j is none', (traceparent) => {
    const { tracing, exporter } = rig();
    tracing.begin(call({ traceparent })).end();
    expect(exporter.getFinishedSpans()[0]?.parentSpanContext).toBeUndefined();
  });

  test('stays as it is where nobody traces', async () => {
    const tracing = createTracing(api, '1');
    expect(tracing.begin(call()).carried).toEqual({});
    expect(tracing.begin(call(GIVEN)).carried).toMatchObject({ traceparent: GIVEN.traceparent });
  });
});

describe('[watch.traces] the package', () => {
  test('is used where the host has registered with it before', async () => {
    const { exporter } = rig();
    const tracing = await loadTracing('1', silentLogger);
    tracing.begin(call()).end();
    expect(exporter.getFinishedSpans()).toHaveLength(1);
  });

  test('is not asked for until then, and is from then on', async () => {
    // What other tests have registered leaves its place behind.
    const place = Symbol.for('opentelemetry.js.api.1');
    const before = Object.getOwnPropertyDescriptor(globalThis, place);
    Reflect.deleteProperty(globalThis, place);
    const tracing = await loadTracing('1', silentLogger);
    tracing.begin(call()).end();
    if (before !== undefined) Object.defineProperty(globalThis, place, before);
    const { exporter } = rig();
    expect(tracing.begin(call()).carried).toEqual({});
    await vi.waitFor(() => expect(tracing.begin(call()).carried).toHaveProperty('traceparent'));
    tracing.begin(call()).end();
    expect(exporter.getFinishedSpans()).toHaveLength(1);
  });
});
