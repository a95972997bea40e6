import { describe, expect, test } from 'vitest';
import { Redactor } from '../../../../src/base/secret.ts';
import { SocketError } from '../../../../src/net/h1/h1-error.ts';
import { httpAnswer, networkAnswer, notMcp, rpcErrorOf } from '../../../../src/transport/http/answer.ts';
import { response, systemError } from '../../../support/fake-http.ts';

const context = { nowMs: 1_000_000, redactor: new Redactor(), from: 'https://mcp.test/path' };

describe('the answer of a refusal', () => {
  test('keeps status, challenges, Retry-After and a short text', () => {
    const headers = { 'www-authenticate': 'Basic realm="a", Bearer scope="x y"', 'retry-after': '3' };
    expect(httpAnswer(response(401, headers), 'Go\u001B[31m away\nplease', context)).toEqual({
      kind: 'http',
      status: 401,
      challenges: [
        { scheme: 'basic', params: { realm: 'a' } },
        { scheme: 'bearer', params: { scope: 'x y' } },
      ],
      retryAfterMs: 3_000,
      text: 'Go away please',
    });
  });

  test('shows the message of a JSON-RPC error rather than its JSON', () => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32_000, message: 'No session' } });
    expect(httpAnswer(response(400), body, context)).toMatchObject({ text: 'No session' });
  });

  test('keeps at most 300 characters and no registered secret', () => {
    const redactor = new Redactor();
    redactor.add('canary-1234');
    const answer = httpAnswer(response(500), `canary-1234 ${'x'.repeat(1_000)}`, { ...context, redactor });
    expect(answer).toMatchObject({ text: expect.stringMatching(/^\[secret\] x+…$/) as unknown });
    expect((answer as { text: string }).text).toHaveLength(300);
  });

  test.each([
    ['/other', 'https://mcp.test/other'],
    ['https://user:pw@else.test/mcp?a=1#f', 'https://else.test/mcp?a=1'],
    ['http://mcp.test/path', 'http://mcp.test/path'],
  ])('names where a redirect to %s leads', (location, href) => {
    expect(httpAnswer(response(302, { location }), '', context)).toMatchObject({ location: href });
  });

  test('a Location that is no address, or not of a redirect, is none', () => {
    expect(httpAnswer(response(302, { location: 'http://' }), '', context)).not.toHaveProperty('location');
    expect(httpAnswer(response(401, { location: '/x' }), '', context)).not.toHaveProperty('location');
  });
});

describe('a success that is no MCP', () => {
  test('keeps its media type and the start of its text', () => {
    const page = response(200, { 'content-type': 'text/html' });
    expect(notMcp(page, '<h1>Hi</h1>', new Redactor())).toEqual({
      kind: 'not-mcp',
      status: 200,
      contentType: 'text/html',
      text: '<h1>Hi</h1>',
    });
    expect(notMcp(response(204), '', new Redactor())).toEqual({ kind: 'not-mcp', status: 204 });
  });
});

describe('a failure below HTTP', () => {
  test.each([
    ['ECONNREFUSED', 'no'],
    ['ENOTFOUND', 'no'],
    ['EAI_AGAIN', 'no'],
    ['UND_ERR_CONNECT_TIMEOUT', 'no'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'no'],
    ['CERT_HAS_EXPIRED', 'no'],
    ['ECONNRESET', 'maybe'],
    ['UND_ERR_SOCKET', 'maybe'],
    ['EPIPE', 'maybe'],
  ])('%s: the request was sent: %s', (errno, sent) => {
    const error = new TypeError('fetch failed', { cause: systemError(errno) });
    expect(networkAnswer(error, false)).toEqual({ answer: { kind: 'network', errno }, sent });
  });

  test.each(['EHOSTUNREACH', 'ENETDOWN', 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', 'ECONNRESET', 'ETIMEDOUT'])(
    '[call.never-twice] %s: whether the request was sent depends on whether its connection was open',
    (errno) => {
      const answer = { kind: 'network', errno };
      expect(networkAnswer(new SocketError(systemError(errno), 'no'), false)).toEqual({ answer, sent: 'no' });
      expect(networkAnswer(new SocketError(systemError(errno), 'maybe'), false)).toEqual({ answer, sent: 'maybe' });
    },
  );

  test('says when a proxy stood between, and does not guess what it does not know', () => {
    expect(networkAnswer(systemError('ECONNREFUSED'), true).answer).toEqual({
      kind: 'network',
      errno: 'ECONNREFUSED',
      viaProxy: true,
    });
    expect(networkAnswer(new Error('ECONNREFUSED in a text'), false)).toEqual({
      answer: { kind: 'network', errno: 'UNKNOWN' },
      sent: 'maybe',
    });
  });
});

describe('a JSON-RPC error in a body', () => {
  test.each([
    ['{"jsonrpc":"2.0","id":3,"error":{"code":-32601,"message":"no","data":[1]}}', { id: 3, code: -32_601 }],
    ['  {"error":{"code":1}}', { id: undefined, code: 1 }],
    ['{"error":"no"}', undefined],
    ['{"error":{"message":"no code"}}', undefined],
    ['[{"error":{"code":1}}]', undefined],
    ['{"error":', undefined],
    ['<html>', undefined],
    ['null', undefined],
  ])('%s', (text, expected) => {
    const found = rpcErrorOf(text);
    expect(found === undefined ? undefined : { id: found.id, code: found.error.code }).toEqual(expected);
  });
});
