import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEntry } from '../../../../src/config/entry-read.ts';
import type { Lists } from '../../../../src/core/ports.ts';
import { Catalogue } from '../../../../src/gateway/catalogue/catalogue.ts';
import { isShown, matchesGlob, shownName } from '../../../../src/gateway/catalogue/filter.ts';

test.each([
  ['read_file', 'read_file', true],
  ['read_file', 'read_*', true],
  ['read_file', '*', true],
  ['read_file', '*_*', true],
  ['read_file', 'read?file', true],
  ['read_file', 'read', false],
  ['read_file', '*read', false],
  ['', '*', true],
  ['', '?', false],
  ['a.b', 'a?b', true],
  ['axb', 'a.b', false],
  ['a*b', 'a*b', true],
  ['a\nb', 'a*b', true],
  ['[a]', '[a]', true],
])('[gateway.rules] %j matches %j: %s', (name, glob, wanted) => {
  expect(matchesGlob(name, glob)).toBe(wanted);
});

test('[gateway.rules] a glob says the same as the pattern it stands for', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '_'), maxLength: 12 });
  const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
  fc.assert(
    fc.property(name, glob, (text, pattern) => {
      const same = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text);
      expect(matchesGlob(text, pattern)).toBe(same);
    }),
  );
});

test('[gateway.rules] no name of a server makes a glob slow', () => {
  const began = performance.now();
  expect(matchesGlob('a'.repeat(20_000), '*a*a*a*a*a*a*b')).toBe(false);
  expect(performance.now() - began).toBeLessThan(1_000);
});

test('[gateway.rules] deny wins over allow, and a new name is only for its tool', () => {
  const rules = { allow: ['read_*', 'list_*'], deny: ['*_secret'], rename: { read_file: 'read', list_x: '' } };
  const names = ['read_file', 'read_secret', 'write_file', 'list_x'];
  expect(names.filter((name) => isShown(name, rules))).toEqual(['read_file', 'list_x']);
  expect(names.map((name) => shownName(name, rules))).toEqual(['read', 'read_secret', 'write_file', 'list_x']);
  expect(shownName('constructor', rules)).toBe('constructor');
});

const lists = (tools: readonly string[]): Lists => ({
  tools: tools.map((name) => ({ name, inputSchema: { type: 'object' } })),
  prompts: [],
  resources: [],
  resourceTemplates: [],
});

test('[gateway.rules] a hidden tool can be neither seen nor called; a renamed one is called by its new name', () => {
  const rules = { deny: ['delete'], rename: { create: 'make', other: 'make' } };
  const catalogue = new Catalogue(
    [{ server: 'a', lists: lists(['create', 'delete', 'other']), rules: { tools: rules } }],
    {
      names: 'prefixed',
    },
  );
  expect(catalogue.items('tools').map(({ name }) => name)).toEqual(['a__make']);
  expect(catalogue.tool('a__make')).toEqual({ server: 'a', name: 'create' });
  expect(catalogue.tool('a__delete')).toBeUndefined();
  expect(catalogue.tool('a__create')).toBeUndefined();
  expect(catalogue.leftOut).toEqual([
    { server: 'a', item: 'delete', why: 'the rules of the entry hide it', hidden: true },
    { server: 'a', item: 'other', why: '"a__make" is there already' },
  ]);
});

test('[gateway.catalogue] a server cannot take a name of the gateway itself', () => {
  const own = { tools: [{ name: 'holdfast__status', inputSchema: { type: 'object' } }], prompts: [] };
  const catalogue = new Catalogue([{ server: 'holdfast', lists: lists(['status', 'other']) }], {
    names: 'prefixed',
    own,
  });
  expect(catalogue.items('tools').map(({ name }) => name)).toEqual(['holdfast__status', 'holdfast__other']);
  expect(catalogue.tool('holdfast__status')).toBeUndefined();
});

test('[gateway.rules] prompts have rules of their own, of the same form', () => {
  const prompts = ['greet', 'secret', 'review'].map((name) => ({ name }));
  const rules = { tools: { deny: ['*'] }, prompts: { deny: ['secret'], rename: { greet: 'hello', review: 'status' } } };
  const own = { tools: [], prompts: [{ name: 'holdfast__status' }] };
  const made = { server: 'holdfast', lists: { ...lists(['echo']), prompts }, rules };
  const catalogue = new Catalogue([made], { names: 'prefixed', own });
  expect(catalogue.items('tools')).toEqual([]);
  expect(catalogue.items('prompts').map(({ name }) => name)).toEqual(['holdfast__status', 'holdfast__hello']);
  expect(catalogue.prompt('holdfast__hello')).toEqual({ server: 'holdfast', name: 'greet' });
  for (const hidden of ['secret', 'greet', 'status', 'review'])
    expect(catalogue.prompt(`holdfast__${hidden}`)).toBeUndefined();
  expect(catalogue.leftOut).toEqual([
    { server: 'holdfast', item: 'echo', why: 'the rules of the entry hide it', hidden: true },
    { server: 'holdfast', item: 'secret', why: 'the rules of the entry hide it', hidden: true },
    { server: 'holdfast', item: 'review', why: '"holdfast__status" is there already' },
  ]);
  const bare = new Catalogue([made], { names: 'bare' });
  expect(bare.items('prompts').map(({ name }) => name)).toEqual(['hello', 'status']);
  expect(bare.prompt('secret')).toBeUndefined();
});

const source = { client: 'holdfast', scope: 'own', file: '/f', line: 1, pointer: 'mcpServers.x' } as const;

test('[gateway.rules] the rules of an entry are read, and stand apart from its numbers', () => {
  const gateway = {
    tools: { allow: ['a*'] },
    prompts: { deny: ['b'], rename: { c: 'd' } },
    resources: { allow: ['file:///*'], deny: ['*.key'] },
  };
  const found = readEntry('x', source, { command: 'x', holdfast: { ...gateway, slotMs: 5 } });
  expect(found).toMatchObject({ entry: { settings: { gateway, numbers: { slotMs: 5 } } } });
  const none = readEntry('x', source, { command: 'x', holdfast: { slotMs: 5 } });
  expect('entry' in none && none.entry.settings).toEqual({ protocolEra: 'legacy', numbers: { slotMs: 5 } });
});

test.each([
  [{ tools: { allow: 'x' } }, 'holdfast.tools.allow: must be a list of strings'],
  [{ tools: { deny: [1] } }, 'holdfast.tools.deny.0: must be a string; put it in double quotes'],
  [{ tools: { rename: { a: 1 } } }, 'holdfast.tools.rename.a: must be a string; put it in double quotes'],
  [{ tools: { hide: [] } }, 'holdfast.tools.hide: is not a setting that Holdfast knows'],
  [{ prompts: [] }, 'holdfast.prompts: must be an object'],
  [{ prompts: { deny: 'x' } }, 'holdfast.prompts.deny: must be a list of strings'],
  [{ prompts: { rename: { a: null } } }, 'holdfast.prompts.rename.a: must be a string; put it in double quotes'],
  [{ resources: { allow: [{}] } }, 'holdfast.resources.allow.0: must be a string; put it in double quotes'],
  [{ resources: { rename: { a: 'b' } } }, 'holdfast.resources.rename: is not a setting that Holdfast knows'],
])('[gateway.rules] a mistake in an entry is told with its place: %j', (holdfast, wanted) => {
  const found = readEntry('x', source, { command: 'x', holdfast });
  const issues = 'issues' in found ? found.issues.map(({ field, text }) => `${field.join('.')}: ${text}`) : [];
  expect(issues).toEqual([wanted]);
});
