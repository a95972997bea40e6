import { expect, test } from 'vitest';
import { asksForNoPage, isPage } from '../../../src/core/page.ts';

test.each<readonly [unknown, boolean]>([
  ['https://example.com/go?state=%20x#here', true],
  ['http://127.0.0.1:8080/', true],
  ['HTTPS://EXAMPLE.COM', true],
  ['javascript:alert(1)', false],
  ['java\nscript:alert(1)', false],
  [' https://example.com', false],
  ['file:///etc/passwd', false],
  ['data:text/html,x', false],
  ['vscode://open', false],
  ['https://user@example.com', false],
  ['https://:pass@example.com', false],
  [String.raw`https://a\@example.com`, false],
  ['https:example.com', false],
  ['/relative', false],
  ['', false],
  [undefined, false],
  [['https://example.com'], false],
])('[gateway.opens] whether %j is a page: %s', (url, page) => {
  expect(isPage(url)).toBe(page);
  expect(asksForNoPage('elicitation/create', { mode: 'url', url })).toBe(!page);
  expect(asksForNoPage('elicitation/create', { url })).toBe(false);
});
