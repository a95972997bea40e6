/**
 * URLs as they may be shown.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { displayUrl } from '../../../src/net/redact-url.ts';

describe('[security.canaries] a URL that is shown', () => {
  test.each([
    ['https://h.example/mcp', 'https://h.example/mcp'],
    ['https://h.example:8443/a/b', 'https://h.example:8443/a/b'],
    ['https://user:CANARY@h.example/mcp', 'https://h.example/mcp'],
    ['https://CANARY@h.example/mcp', 'https://h.example/mcp'],
    ['https://h.example/mcp?key=CANARY&b=CANARY', 'https://h.example/mcp?key=…&b=…'],
    ['https://h.example/mcp?CANARY', 'https://h.example/mcp?…'],
    ['https://h.example/mcp?a=1=CANARY', 'https://h.example/mcp?a=…'],
    ['https://h.example/mcp?&', 'https://h.example/mcp'],
    ['https://h.example/mcp#CANARY', 'https://h.example/mcp'],
    ['https://h.example/mcp?#access_token=CANARY', 'https://h.example/mcp'],
    ['http://[::1]:3000/x', 'http://[::1]:3000/x'],
    ['data:text/plain,x', 'data:text/plain,x'],
    ['CANARY', '[not a url]'],
    ['https://', '[not a url]'],
    ['', '[not a url]'],
  ])('%s is shown as %s', (url, shown) => {
    expect(displayUrl(url)).toBe(shown);
    expect(displayUrl(url)).not.toContain('CANARY');
  });

  test('the mask can be empty, so that the result is a URL that works', () => {
    expect(displayUrl('https://u:p@h.example/mcp?key=CANARY', '')).toBe('https://h.example/mcp?key=');
  });
});
