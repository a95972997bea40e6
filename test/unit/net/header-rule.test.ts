/**
 * Which headers may be added to a request.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { headerProblem } from '../../../src/net/header-rule.ts';

describe('[helper.output] a header of an entry or a helper', () => {
  test.each([
    ['Authorization', 'Bearer abc'],
    ['x-api-key', ''],
    ["!#$%&'*+-.^_`|~9z", 'a\tb'],
    ['X-Name', 'Grüße'],
    ['X-Mcp-Thing', 'v'],
  ])('%s: %s may be sent', (name, value) => {
    expect(headerProblem(name, value)).toBeUndefined();
  });

  test.each([
    ['', 'v'],
    ['a b', 'v'],
    ['a:b', 'v'],
    ['a\r\nb', 'v'],
    ['ä', 'v'],
    ['Host', 'v'],
    ['HOST', 'v'],
    ['Content-Length', '1'],
    ['Transfer-Encoding', 'chunked'],
    ['Connection', 'close'],
    ['Upgrade', 'x'],
    ['Mcp-Session-Id', 'v'],
    ['MCP-Protocol-Version', 'v'],
    ['mcp-anything', 'v'],
    ['X', 'CANARY\r\nEvil: 1'],
    ['X', 'CANARY\n'],
    ['X', 'CANARY\u0000'],
    ['X', 'CANARY\u007F'],
    ['X', 'CANARY☃'],
  ])('%j: %j may not, and the reason does not show the value', (name, value) => {
    expect(headerProblem(name, value)).toMatch(/^(?:is|has) /);
    expect(headerProblem(name, value)).not.toContain('CANARY');
  });
});
