import { expect, test } from 'vitest';
import { rememberJson } from '../../../src/base/json-bytes.ts';
import { asRead, messageJson, messageLine } from '../../../src/transport/forward/message-bytes.ts';

const RAW = '{"big":12345678901234567890,"text":"as it came"}';
const read = (): object => rememberJson(JSON.parse(RAW) as object, Buffer.from(RAW));

test.each([
  ['alone', {}],
  ['between others', { name: 'echo', _meta: { progressToken: 'hf-1' } }],
])('arguments are written as they came: %s', (_, others) => {
  const message = {
    jsonrpc: '2.0',
    id: 'hf-1',
    method: 'tools/call',
    params: { ...others, arguments: read() },
  } as const;
  const json = messageJson(message);
  const text = typeof json === 'string' ? json : Buffer.concat(json).toString();
  expect(messageLine(message).toString()).toBe(`${text}\n`);
  expect(text).toContain(`"arguments":${RAW}`);
  const plain = {
    jsonrpc: '2.0',
    id: 'hf-1',
    method: 'tools/call',
    params: { ...others, arguments: JSON.parse(RAW) as unknown },
  };
  expect(JSON.parse(text)).toEqual(plain);
});

test('arguments of which headers were made are written as they were read', () => {
  const given = rememberJson({ who: 'last' }, Buffer.from('{"who":"first","who":"last"}'));
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call' } as const;
  const params = { name: 'x', arguments: given };
  expect(messageLine({ ...message, params }).toString()).toContain('first');
  expect(messageJson({ ...message, params: asRead(params) ?? {} })).toBe(
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"who":"last"}}}',
  );
  const plain = { name: 'x', arguments: {} };
  expect(asRead(plain)).toBe(plain);
  expect(asRead(undefined)).toBeUndefined();
});

test.each([
  ['other arguments', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x', arguments: { a: 1 } } }],
  ['no params', { jsonrpc: '2.0', id: 1, method: 'ping' }],
  ['a notification', { jsonrpc: '2.0', method: 'notifications/initialized' }],
] as const)('a message without remembered JSON is written as usual: %s', (_, message) => {
  expect(messageJson(message)).toBe(JSON.stringify(message));
  expect(messageLine(message)).toBe(`${JSON.stringify(message)}\n`);
});
