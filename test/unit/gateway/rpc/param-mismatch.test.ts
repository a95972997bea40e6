import { describe, expect, test } from 'vitest';
import { paramMismatch } from '../../../../src/gateway/rpc/param-mismatch.ts';

const MIRRORED = [
  { path: ['region'], name: 'Region' },
  { path: ['page', 'size'], name: 'Size' },
];
type Headers = Readonly<Record<string, string>>;
const check = (args: unknown, headers: Headers): string | undefined => {
  const failure = paramMismatch(MIRRORED, args, (name) => headers[name]);
  if (failure !== undefined) expect(failure.error).toMatchObject({ code: -32_020, httpStatus: 400 });
  return failure?.error.message;
};

describe('[gateway.modern] headers that mirror arguments', () => {
  test.each<[what: string, args: unknown, headers: Headers]>([
    ['say the same', { region: 'eu' }, { 'mcp-param-region': 'eu' }],
    ['are encoded', { region: 'Zürich' }, { 'mcp-param-region': '=?base64?WsO8cmljaA==?=' }],
    ['look encoded only', { region: '=?base64?eA==' }, { 'mcp-param-region': '=?base64?eA==' }],
    ['are numbers, written in another way', { page: { size: 42 } }, { 'mcp-param-size': '42.0' }],
    ['are truths', { region: true }, { 'mcp-param-region': 'true' }],
    ['are not wanted where there is nothing to mirror', { region: null, page: 7 }, {}],
    ['are not wanted where nothing is given', undefined, {}],
    ['are not wanted for what is no text', { region: ['eu'] }, {}],
    ['are of another tool', {}, { 'mcp-param-other': 'x' }],
  ])('may pass where they %s', (_, args, headers) => {
    expect(check(args, headers)).toBeUndefined();
  });

  test.each<[what: string, args: unknown, headers: Headers, why: RegExp]>([
    ['missing', { region: 'eu' }, {}, /mcp-param-region is missing/],
    ['different', { region: 'eu' }, { 'mcp-param-region': 'us' }, /mcp-param-region says something else/],
    ['different in case', { region: 'eu' }, { 'mcp-param-region': 'EU' }, /something else/],
    ['encoded wrongly', { region: 'Hello' }, { 'mcp-param-region': '=?base64?SGVsbG8?=' }, /something else/],
    ['no base64', { region: 'Hello' }, { 'mcp-param-region': '=?base64?SGVs!!!bG8=?=' }, /something else/],
    ['another number', { page: { size: 42 } }, { 'mcp-param-size': '42.5' }, /mcp-param-size says/],
    ['there while the body has nothing', { region: null }, { 'mcp-param-region': 'eu' }, /something else/],
  ])('are refused where they are %s', (_, args, headers, why) => {
    expect(check(args, headers)).toMatch(why);
  });
});
