import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ShowRules } from '../../../../src/core/gateway-rules.ts';
import type { Lists } from '../../../../src/core/ports.ts';
import { Catalogue } from '../../../../src/gateway/catalogue/catalogue.ts';
import { isShown } from '../../../../src/gateway/catalogue/filter.ts';
import { uriRule } from '../../../../src/gateway/catalogue/uri-rules.ts';

const DENIED: ShowRules = { deny: ['file:///secret/*', 'doc://Alice/private'] };
const ALLOWED: ShowRules = { allow: ['file:///public/*', 'test://one', 'a+b:c?d=%20', 'memo://Ann/*'] };

describe('[gateway.uri-rules] a URI', () => {
  test.each<[string, ShowRules, boolean]>([
    ['file:///secret/key', DENIED, false],
    ['file:///secret', DENIED, true],
    ['file:///public/key', DENIED, true],
    ['file:///%73ecret/key', DENIED, false],
    ['file:///secret%2Fkey', DENIED, false],
    ['file:///public/../secret/key', DENIED, false],
    ['file:///public/%2e%2E/secret/key', DENIED, false],
    ['file:///./secret/key', DENIED, false],
    ['file:///public\\..\\secret\\key', DENIED, false],
    ['FILE:///secret/key', DENIED, false],
    ['file:///secret%2f%ff%2f..%2fkey', DENIED, false],
    ['file:///public%ff%2f..%2fsecret%2fkey', DENIED, false],
    ['file:/secret/key', DENIED, false],
    ['file://localhost/secret/key', DENIED, false],
    ['file:////secret//key', DENIED, false],
    ['file:///a//b/key', { deny: ['file:///a/b/*'] }, false],
    ['file://secret/key', DENIED, true],
    ['file:///se\ncret/key', DENIED, false],
    [' file:///secret/key', DENIED, false],
    ['\u0001\u0000 file:///secret/key', DENIED, false],
    ['doc://Alice/private\u001F ', DENIED, false],
    ['file:///Secret/key', DENIED, true],
    ['doc://alice/private', DENIED, false],
    ['doc://Alice/Private', DENIED, true],
    ['doc://Alice/%', DENIED, true],
    ['doc://Alice/%ff', DENIED, true],
    ['file:///secret/{name}', DENIED, false],
    ['file:///{+path}', DENIED, true],
    ['file:///public/a%20b', ALLOWED, true],
    ['file:///public/ü', ALLOWED, true],
    ['file:///public/a/../b', ALLOWED, true],
    ['file:///public/../secret/key', ALLOWED, false],
    ['file:///public/%2e%2e/secret/key', ALLOWED, false],
    ['file:///public/..%2Fsecret/key', ALLOWED, false],
    ['file:///public/{name}', ALLOWED, true],
    ['a+b:c?d=%20', ALLOWED, true],
    ['memo://Ann/1', ALLOWED, true],
    ['memo://ann/1', ALLOWED, false],
    ['test://one', ALLOWED, true],
    ['test://two', ALLOWED, false],
    ['', ALLOWED, false],
    ['anything', {}, true],
  ])('%j by %j is shown: %s', (uri, rules, wanted) => {
    expect(uriRule(rules)(uri)).toBe(wanted);
  });

  test('of very many segments is judged about as quickly as it is long', () => {
    const many = 100_000;
    const uri = `file:///${'a/'.repeat(many)}${'../'.repeat(many)}secret/key`;
    const began = performance.now();
    expect(uriRule(DENIED)(uri)).toBe(false);
    expect(uriRule(DENIED)(`file:///${'/'.repeat(many)}${' '.repeat(many)}${'%2f'.repeat(many)}`)).toBe(true);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test('is shown where there are no rules, and never where its own text is hidden', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', '/', '.', ':', '%', '2', 'e', '*', '?', '#') });
    const globs = fc.array(text, { maxLength: 3 });
    fc.assert(
      fc.property(text, globs, globs, (uri, allow, deny) => {
        expect(uriRule(undefined)(uri)).toBe(true);
        if (!isShown(uri, { allow, deny })) expect(uriRule({ allow, deny })(uri)).toBe(false);
        expect(uriRule({ allow: [uri] })(uri)).toBe(true);
      }),
    );
  });
});

const LISTS: Lists = {
  tools: [],
  prompts: [],
  resources: [{ uri: 'test://one' }, { uri: 'test://two' }],
  resourceTemplates: [{ uriTemplate: 'test://{name}' }, { uriTemplate: 'log://{day}' }],
};

test.each(['prefixed', 'bare'] as const)(
  '[gateway.uri-rules] a hidden resource is neither listed nor found, also by its plain name or by a template (%s)',
  (names) => {
    const rules = { resources: { deny: ['test://two', 'log:*'] } };
    const catalogue = new Catalogue([{ server: 's', lists: LISTS, rules }], { names });
    const start = names === 'bare' ? '' : 's+';
    expect(catalogue.items('resources').map(({ uri }) => uri)).toEqual([`${start}test://one`]);
    expect(catalogue.items('resourceTemplates').map(({ uriTemplate }) => uriTemplate)).toEqual([
      `${start}test://{name}`,
    ]);
    expect(catalogue.resource(`${start}test://one`)).toEqual({ server: 's', name: 'test://one' });
    expect(catalogue.resource(`${start}test://three`)).toEqual({ server: 's', name: 'test://three' });
    for (const hidden of ['test://two', 'test://%74wo', 'log://today', 'log://{day}']) {
      expect(catalogue.resource(`${start}${hidden}`)).toBeUndefined();
      expect(catalogue.resource(hidden)).toBeUndefined();
      expect(catalogue.isShown('s', hidden)).toBe(false);
    }
    expect(catalogue.leftOut).toEqual([
      { server: 's', item: 'test://two', why: 'the rules of the entry hide it', hidden: true },
      { server: 's', item: 'log://{day}', why: 'the rules of the entry hide it', hidden: true },
    ]);
  },
);

test('[gateway.uri-rules] rules are those of their server alone', () => {
  const hiding = { server: 'a', lists: LISTS, rules: { resources: { allow: [] } } };
  const catalogue = new Catalogue([hiding, { server: 'b', lists: LISTS }], { names: 'prefixed' });
  expect(catalogue.items('resources').map(({ uri }) => uri)).toEqual(['b+test://one', 'b+test://two']);
  expect(catalogue.resource('a+test://one')).toBeUndefined();
  expect(catalogue.resource('test://one')).toEqual({ server: 'b', name: 'test://one' });
});
