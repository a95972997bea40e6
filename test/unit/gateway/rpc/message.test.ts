import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { responseText, success, failure, messageText } from '../../../../src/gateway/rpc/answer.ts';
import { readMessage } from '../../../../src/gateway/rpc/message.ts';
import { decodedHeader, headerMismatch, isModern, modernClient } from '../../../../src/gateway/rpc/modern.ts';

describe('[gateway.messages] a message of a client', () => {
  test.each([
    ['{"jsonrpc":"2.0","id":1,"method":"ping"}', { kind: 'request', id: 1, method: 'ping' }],
    ['{"jsonrpc":"2.0","id":"a","method":"x","params":{"y":1}}', { kind: 'request', id: 'a', params: { y: 1 } }],
    ['{"jsonrpc":"2.0","method":"notifications/initialized"}', { kind: 'notification' }],
    ['{"jsonrpc":"2.0","id":1,"result":{}}', { kind: 'response', result: {} }],
    ['{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}', { kind: 'response', error: { code: 1 } }],
    ['{', { kind: 'bad', code: -32_700, id: null }],
    ['', { kind: 'bad', code: -32_700 }],
    ['[]', { kind: 'bad', code: -32_600 }],
    ['null', { kind: 'bad', code: -32_600 }],
    ['{"id":7,"method":"x"}', { kind: 'bad', code: -32_600, id: 7 }],
    ['{"jsonrpc":"2.0","id":null,"method":"x"}', { kind: 'bad', code: -32_600 }],
    ['{"jsonrpc":"2.0","id":{},"method":"x"}', { kind: 'bad', code: -32_600 }],
    ['{"jsonrpc":"2.0","id":1e400,"method":"x"}', { kind: 'bad', code: -32_600, id: null }],
    ['{"jsonrpc":"2.0","id":-1e400,"result":{}}', { kind: 'bad', code: -32_600, id: null }],
    ['{"jsonrpc":"2.0","id":1,"method":5}', { kind: 'bad', code: -32_600, id: 1 }],
    ['{"jsonrpc":"2.0","id":1,"method":"x","params":[1]}', { kind: 'bad', code: -32_600, id: 1 }],
    ['{"jsonrpc":"2.0","id":1}', { kind: 'bad', code: -32_600, id: 1 }],
  ])('%s is read as it is meant', (text, expected) => {
    expect(readMessage(text)).toMatchObject(expected);
  });

  test('that is nested too deep is refused before it is parsed; brackets in texts do not count', () => {
    expect(readMessage('['.repeat(100_000))).toMatchObject({ kind: 'bad', code: -32_700 });
    for (const text of ['['.repeat(1_000), `\\"${'{'.repeat(1_000)}`]) {
      const message = { jsonrpc: '2.0', id: 1, method: 'x', params: { text } };
      expect(readMessage(JSON.stringify(message))).toMatchObject({ kind: 'request', params: { text } });
    }
  });

  test('never breaks the reader, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(readMessage(text)).toHaveProperty('kind');
      }),
    );
  });
});

describe('an answer', () => {
  test('carries the id as it came, and its result unread', () => {
    expect(responseText('ä"', { ok: true, result: '{"a": 1}' })).toBe(
      '{"jsonrpc":"2.0","result":{"a": 1},"id":"ä\\""}',
    );
    expect(JSON.parse(responseText(1, success({ tools: [] })))).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { tools: [] },
    });
    expect(JSON.parse(responseText(null, failure(-32_700, 'm', { httpStatus: 400 })))).toEqual({
      jsonrpc: '2.0',
      id: null,
      error: { code: -32_700, message: 'm' },
    });
    expect(JSON.parse(messageText('n', { a: 1 }))).toEqual({ jsonrpc: '2.0', method: 'n', params: { a: 1 } });
  });
});

const meta = (more: object = {}): { _meta: Record<string, unknown> } => ({
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'c', version: '1' },
    ...more,
  },
});

describe('[gateway.modern] a stateless request', () => {
  test('is known by its body alone', () => {
    expect(isModern(meta())).toBe(true);
    expect(isModern({ _meta: { progressToken: 1 } })).toBe(false);
    expect(isModern(undefined)).toBe(false);
  });

  test('says its version and what its client can', () => {
    expect(modernClient(meta())).toEqual({ version: '2026-07-28', capabilities: {} });
  });

  test.each([
    [{ 'io.modelcontextprotocol/protocolVersion': '2025-11-25' }, -32_022],
    [{ 'io.modelcontextprotocol/protocolVersion': 7 }, -32_602],
    [{ 'io.modelcontextprotocol/clientCapabilities': undefined }, -32_602],
    [{ 'io.modelcontextprotocol/clientInfo': 'c' }, -32_602],
  ])('with %j is refused with %d and HTTP 400', (more, code) => {
    expect(modernClient(meta(more))).toMatchObject({ ok: false, error: { code, httpStatus: 400 } });
  });

  const call = { method: 'tools/call', params: { name: 'grün', ...meta() } };
  const headers: Record<string, string> = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': `=?base64?${Buffer.from('grün').toString('base64')}?=`,
  };

  test('has headers that say the same as its body', () => {
    expect(headerMismatch(call, (name) => headers[name])).toBeUndefined();
  });

  test.each(Object.keys(headers))('is refused without %s, and where it says something else', (name) => {
    for (const value of [undefined, 'other'])
      expect(headerMismatch(call, (asked) => (asked === name ? value : headers[asked]))).toMatchObject({
        error: { code: -32_020, httpStatus: 400 },
      });
  });

  test('with a header that is encoded wrongly is refused', () => {
    expect(decodedHeader('=?base64?@@?=')).toBeUndefined();
    expect(decodedHeader('plain')).toBe('plain');
  });
});
