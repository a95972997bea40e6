/**
 * The gateway as those see it who watch: health, figures and traces, over real sockets.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as api from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { assembleConfig, assembleFleet, assembleView, codeFile, makeBase } from '../../src/assemble.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { createHoldfast } from '../../src/create.ts';
import { serveHttp } from '../../src/gateway-port.ts';
import type { HttpGateway } from '../../src/gateway/front/http.ts';
import { currentHost } from '../../src/host.ts';
import { mcpServer, startFaultServer, status } from '../../src/testing/index.ts';
import type { Behaviour, FaultServer } from '../../src/testing/index.ts';
import { PlainClient } from '../support/gateway-client.ts';
import { readPrometheus, valueOf } from '../support/prometheus.ts';

type Json = Record<string, unknown>;

let faults: FaultServer;
/** What the server was asked. */
let asked: Json[];
let servers: Record<string, { url: string }>;
let home: string;

beforeAll(async () => {
  faults = await startFaultServer();
});
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'holdfast-watch-'));
  const one = mcpServer();
  asked = [];
  const seen: Behaviour = (exchange) => {
    if (exchange.message !== undefined) asked.push(exchange.message as Json);
    return one.behaviour(exchange);
  };
  servers = {
    one: { url: faults.mount('/one', seen).url },
    gone: { url: faults.mount('/gone', status(404)).url },
  };
});
afterEach(() => rm(home, { recursive: true, force: true }));
afterAll(() => faults.close());

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function get(url: string, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asking = request({ hostname, port, path, headers, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    asking.on('error', reject);
    asking.end();
  });
}

interface Running {
  readonly fleet: Fleet;
  readonly gateway: HttpGateway;
  readonly authorization: string;
}

/** The gateway as `serve` wires it. */
async function running(work: (running: Running) => Promise<void>): Promise<void> {
  const host = { ...currentHost(), home, cwd: home, env: { PATH: process.env['PATH'], HOME: home } };
  const base = makeBase(host);
  const config = await assembleConfig(base, servers);
  const view = await assembleView(base, config, { files: [codeFile(base)] });
  const fleet = await assembleFleet(base, config, { kind: 'in-process', view });
  const gateway = await serveHttp(base, fleet, { kind: 'http', view, ports: [0] });
  const { gatewayToken } = await import('../../src/gateway-port.ts');
  const token = (await gatewayToken(base).token()).reveal();
  try {
    await fleet.settled({ timeoutMs: 10_000 });
    await work({ fleet, gateway, authorization: `Bearer ${token}` });
  } finally {
    await gateway.close();
    await fleet.close();
  }
}

describe('[watch.health] /healthz', () => {
  test('answers without a token in one word, and not to web pages', async () => {
    await running(async ({ gateway }) => {
      const { status: code, text, headers } = await get(gateway.url, '/healthz');
      expect({ code, text }).toEqual({ code: 200, text: '{"status":"ok"}\n' });
      expect(headers['cache-control']).toBe('no-store');
      expect(await get(gateway.url, '/healthz', {}, 'HEAD')).toMatchObject({ status: 200, text: '' });
      expect(await get(gateway.url, '/healthz', {}, 'POST')).toMatchObject({ status: 405 });
      expect(await get(gateway.url, '/healthz', { host: 'evil.example' })).toMatchObject({ status: 403 });
      expect(await get(gateway.url, '/healthz', { origin: 'https://evil.example' })).toMatchObject({ status: 403 });
    });
  });
});

describe('[watch.metrics] /metrics', () => {
  test('wants the token, and tells what happened', async () => {
    await running(async ({ gateway, authorization }) => {
      expect(await get(gateway.url, '/metrics')).toMatchObject({ status: 401 });
      const client = new PlainClient(gateway.url, { authorization });
      expect(await client.call('one__echo', { text: 'my-secret' })).toMatchObject({ ok: true });
      const legacy = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
      const requestInit = { headers: { authorization } };
      await legacy.connect(new StreamableHTTPClientTransport(new URL(gateway.url), { requestInit }));
      const { status: code, text, headers } = await get(gateway.url, '/metrics?x=1', { authorization });
      await legacy.close();
      expect(code).toBe(200);
      expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
      const read = readPrometheus(text);
      const gone = { server: 'gone' };
      expect(valueOf(read, 'holdfast_connection_state', { server: 'one', state: 'connected' })).toBe(1);
      expect(valueOf(read, 'holdfast_connection_reason', { ...gone, reason: 'http-404' })).toBe(1);
      expect(valueOf(read, 'holdfast_connection_attempts_total', { ...gone, outcome: 'error' })).toBe(1);
      expect(valueOf(read, 'holdfast_tool_calls_total', { gen_ai_tool_name: 'echo', outcome: 'ok' })).toBe(1);
      const called = { mcp_method_name: 'tools/call' };
      expect(valueOf(read, 'mcp_client_operation_duration_seconds_count', { ...called, server: 'one' })).toBe(1);
      expect(valueOf(read, 'mcp_server_operation_duration_seconds_count', called)).toBe(1);
      expect(valueOf(read, 'holdfast_gateway_sessions')).toBe(1);
      expect(valueOf(read, 'mcp_server_operation_duration_seconds_count', { mcp_method_name: 'initialize' })).toBe(1);
      const requests = { http_request_method: 'GET', http_response_status_code: '401' };
      expect(valueOf(read, 'holdfast_gateway_requests_total', requests)).toBe(1);
      for (const secret of ['my-secret', '127.0.0.1', authorization.slice('Bearer '.length), home])
        expect(text).not.toContain(secret);
    });
  });
});

/** The `_meta` of the last call that a server saw. */
const lastMeta = (): Json => {
  const call = asked.findLast(({ method }) => method === 'tools/call');
  return ((call?.['params'] as Json | undefined)?.['_meta'] ?? {}) as Json;
};

describe('[watch.traces] a trace', () => {
  const TRACE = '0af7651916cd43dd8448eb211c80319c';
  const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;
  let exporter: InMemorySpanExporter;

  beforeEach(() => {
    exporter = new InMemorySpanExporter();
    api.trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  });
  afterEach(() => api.trace.disable());

  test.each(['in _meta', 'in headers'])(
    'that a client gives %s goes through the gateway to the server',
    async (where) => {
      await running(async ({ gateway, authorization }) => {
        const carried = { traceparent, tracestate: 'vendor=1', baggage: 'who=me' };
        const inHeaders = where === 'in headers';
        const client = new PlainClient(gateway.url, { authorization, ...(inHeaders ? carried : {}) });
        const params = { name: 'one__echo', arguments: { text: 'x' } };
        expect(await client.ask('tools/call', inHeaders ? params : { ...params, _meta: carried })).toMatchObject({
          ok: true,
        });
        const [inner, outer] = exporter.getFinishedSpans();
        expect(outer).toMatchObject({ name: 'tools/call one__echo', kind: api.SpanKind.SERVER });
        expect(outer?.attributes).toMatchObject({
          'jsonrpc.request.id': '1',
          'mcp.protocol.version': '2026-07-28',
        });
        expect(inner).toMatchObject({ name: 'tools/call echo', kind: api.SpanKind.CLIENT });
        expect(inner?.attributes).toMatchObject({ 'holdfast.server': 'one', 'network.transport': 'tcp' });
        expect(outer?.parentSpanContext).toMatchObject({ traceId: TRACE, spanId: 'b7ad6b7169203331' });
        expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
        expect(lastMeta()).toMatchObject({
          traceparent: `00-${TRACE}-${inner?.spanContext().spanId}-01`,
          tracestate: 'vendor=1',
          baggage: 'who=me',
        });
      });
    },
  );

  test('of the program that uses the library goes to the server', async () => {
    const fleet = await createHoldfast({ servers, env: { PATH: process.env['PATH'], HOME: home } });
    try {
      await fleet.settled({ timeoutMs: 10_000 });
      await fleet.request('one', 'tools/call', { name: 'echo', arguments: { text: 'x' } });
      const [span] = exporter.getFinishedSpans();
      expect(span).toMatchObject({ name: 'tools/call echo', kind: api.SpanKind.CLIENT });
      expect(lastMeta()['traceparent']).toBe(`00-${span?.spanContext().traceId}-${span?.spanContext().spanId}-01`);
      await expect(fleet.request('one', 'tools/call', { name: 'nothing' })).rejects.toMatchObject({ code: 'ERR_RPC' });
      expect(exporter.getFinishedSpans()[1]).toMatchObject({
        status: { code: api.SpanStatusCode.ERROR },
        attributes: { 'error.type': '-32602' },
      });
    } finally {
      await fleet.close();
    }
  });
});
