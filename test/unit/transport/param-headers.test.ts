import { describe, expect, test } from 'vitest';
import { paramHeadersOf } from '../../../src/core/param-headers.ts';
import { paramValues } from '../../../src/transport/param-headers.ts';

const schema = (properties: Record<string, unknown>, rest: Record<string, unknown> = {}) => ({
  type: 'object',
  properties,
  ...rest,
});
const header = (name: unknown, type: unknown = 'string') => ({ type, 'x-mcp-header': name });

describe('what a tool may ask for', () => {
  test('strings, integers and booleans, at any depth of properties', () => {
    const input = schema({ a: header('A'), b: header('B', 'integer'), c: schema({ d: header('D', 'boolean') }) });
    expect(paramHeadersOf(input)).toEqual({
      ok: true,
      headers: [
        { path: ['a'], name: 'A' },
        { path: ['b'], name: 'B' },
        { path: ['c', 'd'], name: 'D' },
      ],
    });
  });

  test.each([
    ['an empty name', schema({ a: header('') })],
    ['a name with a blank', schema({ a: header('x y') })],
    ['a name that is no text', schema({ a: header(7) })],
    ['a line break', schema({ a: header('x\r\ny') })],
    ['a number', schema({ a: header('A', 'number') })],
    ['an object', schema({ a: header('A', 'object') })],
    ['no type', schema({ a: { 'x-mcp-header': 'A' } })],
    ['two names that differ in case only', schema({ a: header('Key'), b: header('KEY') })],
    ['the whole input', { type: 'object', 'x-mcp-header': 'A' }],
    ['an item of a list', schema({ a: { type: 'array', items: header('A') } })],
    ['a branch', schema({}, { anyOf: [schema({ a: header('A') })] })],
    ['a definition', schema({}, { $defs: { x: header('A') } })],
  ])('not: %s', (_, input) => {
    expect(paramHeadersOf(input).ok).toBe(false);
  });

  test.each([
    ['no schema', undefined],
    ['data that only looks so', schema({ a: { type: 'object', default: { 'x-mcp-header': 'no token at all' } } })],
    ['a schema without any', schema({ a: { type: 'string' } })],
  ])('nothing is asked for by %s', (_, input) => {
    expect(paramHeadersOf(input)).toEqual({ ok: true, headers: [] });
  });
});

describe('what is mirrored', () => {
  const headers = [
    { path: ['a'], name: 'A-Key' },
    { path: ['b', 'c'], name: 'Deep' },
  ];
  test.each([
    [
      { a: 'x', b: { c: 7 } },
      { 'mcp-param-a-key': 'x', 'mcp-param-deep': '7' },
    ],
    [
      { a: true, b: { c: false } },
      { 'mcp-param-a-key': 'true', 'mcp-param-deep': 'false' },
    ],
    [{ a: null }, {}],
    [{ b: 'not an object' }, {}],
    [{ a: 1.5, b: { c: 2 ** 60 } }, {}],
    [{ a: { nested: 1 } }, {}],
    [{ a: 'ü' }, { 'mcp-param-a-key': '=?base64?w7w=?=' }],
    [undefined, {}],
  ])('%j', (args, expected) => {
    expect(paramValues(headers, args)).toEqual(expected);
  });
});
