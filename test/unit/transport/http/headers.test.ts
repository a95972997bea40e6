import { describe, expect, test } from 'vitest';
import { PostHeaders, headerValue, postHeaders, sessionHeaders } from '../../../../src/transport/http/headers.ts';

const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
const modern = (method: string, params: Record<string, unknown>) => ({
  jsonrpc: '2.0' as const,
  id: 1,
  method,
  params: { ...params, _meta: META },
});
const session = { version: '2025-11-25', sessionId: 'abc' };

describe('[transport.http-headers] headers of a POST', () => {
  test('a legacy message names the session and its version, before initialize neither', () => {
    const message = { jsonrpc: '2.0' as const, id: 1, method: 'tools/call', params: { name: 'x' } };
    expect(postHeaders(message, session)).toEqual({
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-protocol-version': '2025-11-25',
      'mcp-session-id': 'abc',
    });
    expect(Object.keys(postHeaders(message, { version: undefined, sessionId: undefined }))).toEqual([
      'accept',
      'content-type',
    ]);
    expect(sessionHeaders({ version: undefined, sessionId: 'abc' })).toEqual({ 'mcp-session-id': 'abc' });
  });

  test.each([
    ['tools/call', { name: 'add' }, 'add'],
    ['prompts/get', { name: 'greet' }, 'greet'],
    ['resources/read', { uri: 'file:///a b' }, 'file:///a b'],
    ['tasks/get', { taskId: 't1' }, 't1'],
    ['tools/list', { name: 'ignored' }, undefined],
    ['tools/call', { name: 7 }, undefined],
    ['constructor', { name: 'x' }, undefined],
  ])('[transport.meta] a modern %s with %j', (method, params, name) => {
    const headers = postHeaders(modern(method, params), session);
    expect(headers).toMatchObject({ 'mcp-protocol-version': '2026-07-28', 'mcp-method': method });
    expect(headers['mcp-name']).toBe(name);
    expect(headers).not.toHaveProperty('mcp-session-id');
  });
});

describe('a text as a header value', () => {
  test.each([
    ['plain', 'plain'],
    ['with blank\tand tab', 'with blank\tand tab'],
    ['', '=?base64??='],
    [' leading', '=?base64?IGxlYWRpbmc=?='],
    ['trailing ', '=?base64?dHJhaWxpbmcg?='],
    ['Zürich', '=?base64?WsO8cmljaA==?='],
    ['two\nlines', '=?base64?dHdvCmxpbmVz?='],
    ['=?base64?eA==?=', '=?base64?PT9iYXNlNjQ/ZUE9PT89?='],
    ['=?BASE64?eA==?=', '=?BASE64?eA==?='],
  ])('%j is sent as %s', (text, value) => {
    expect(headerValue(text)).toBe(value);
  });
});

describe('headers of many POSTs of one link', () => {
  const call = { jsonrpc: '2.0' as const, id: 1, method: 'tools/call', params: { name: 'x' } };

  test('are one object for legacy messages until the session or its version changes', () => {
    const all = new PostHeaders();
    const first = all.of(call, session, undefined);
    expect(first).toEqual(postHeaders(call, session));
    expect(all.of({ ...call, id: 2 }, { ...session }, {})).toBe(first);
    const renewed = { ...session, sessionId: 'def' };
    expect(all.of(call, renewed, undefined)).toEqual(postHeaders(call, renewed));
    const older = { version: '2025-06-18', sessionId: 'def' };
    expect(all.of(call, older, undefined)).toEqual(postHeaders(call, older));
    expect(all.of(call, { version: undefined, sessionId: undefined }, undefined)).not.toHaveProperty('mcp-session-id');
  });

  test('are made anew for modern messages and for headers of one request, which leave the others alone', () => {
    const all = new PostHeaders();
    const plain = all.of(call, session, undefined);
    expect(all.of(call, session, { 'mcp-param-region': 'eu' })).toEqual({ ...plain, 'mcp-param-region': 'eu' });
    expect(all.of(modern('tools/call', { name: 'y' }), session, undefined)['mcp-name']).toBe('y');
    expect(all.of(modern('tools/call', { name: 'z' }), session, undefined)['mcp-name']).toBe('z');
    expect(all.of(call, session, undefined)).toBe(plain);
    expect(plain).not.toHaveProperty('mcp-param-region');
  });
});
