/**
 * HTML as values.
 *
 * @module
 */
import { assert, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { html, joined } from '../../../src/web/html.ts';

describe('[page.escaped] a template', () => {
  test.each([
    ['a tag', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['the end of an attribute', '" onclick="x', '&quot; onclick=&quot;x'],
    ['the end of another attribute', "' onclick='x", '&#39; onclick=&#39;x'],
    ['what a reader does not see', 'a\u001B[31m\u202Eb', 'ab'],
    ['what looks escaped', '&lt;', '&amp;lt;'],
  ])('escapes %s', (_what, text, shown) => {
    expect(html`<p title="${text}">${text}</p>`.toString()).toBe(`<p title="${shown}">${shown}</p>`);
  });

  test('takes HTML, lists and nothing as they are', () => {
    const list = ['a', '<b>'].map((one) => html`<i>${one}</i>`);
    expect(html`${list}${undefined}${false}${3}`.toString()).toBe('<i>a</i><i>&lt;b&gt;</i>3');
    expect(joined(['<', html`<b></b>`]).toString()).toBe('&lt;<b></b>');
  });

  test('lets no character through that begins markup', () => {
    assert(
      property(string(), (text) => {
        expect(html`${text}`.toString()).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
      }),
    );
  });
});
