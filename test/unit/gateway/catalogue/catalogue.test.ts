import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Lists } from '../../../../src/core/ports.ts';
import { Catalogue, PAGE } from '../../../../src/gateway/catalogue/catalogue.ts';

const tool = (name: string, more: object = {}): object => ({ name, inputSchema: { type: 'object' }, ...more });
const lists = (part: Partial<Lists>): Lists => ({
  tools: [],
  prompts: [],
  resources: [],
  resourceTemplates: [],
  ...part,
});
const names = (catalogue: Catalogue): unknown[] => catalogue.items('tools').map(({ name }) => name);

describe('[gateway.catalogue] the merged list', () => {
  const two = [
    { server: 'a', lists: lists({ tools: [tool('x', { title: 'X' }), tool('y')], prompts: [{ name: 'p' }] }) },
    {
      server: 'b',
      lists: lists({
        tools: [tool('x')],
        resources: [{ uri: 'file:///r', name: 'r' }],
        resourceTemplates: [{ uriTemplate: 'file:///{p}', name: 't' }],
      }),
    },
  ];

  test('has every tool under the name of its server, with everything else it has', () => {
    const catalogue = new Catalogue(two, { names: 'prefixed' });
    expect(names(catalogue)).toEqual(['a__x', 'a__y', 'b__x']);
    expect(catalogue.items('tools')[0]).toMatchObject({ title: 'X', inputSchema: { type: 'object' } });
    expect(catalogue.tool('b__x')).toEqual({ server: 'b', name: 'x' });
    expect(catalogue.tool('x')).toBeUndefined();
    expect(catalogue.prompt('a__p')).toEqual({ server: 'a', name: 'p' });
  });

  test('marks what is known of a server that cannot be asked now, and compares without the mark', () => {
    const [a, b] = two as [(typeof two)[0], (typeof two)[0]];
    const marked = { tools: [tool('m', { _meta: { own: 1 } })], resources: [{ uri: 'file:///r' }] };
    const away = { server: 'c', lists: lists(marked) };
    const all = new Catalogue([a, b, away], { names: 'prefixed' });
    const gone = new Catalogue([a, { ...b, lastKnown: true }, { ...away, lastKnown: true }], { names: 'prefixed' });
    const metas = (list: 'tools' | 'resources'): unknown[] =>
      (JSON.parse(`{${gone.page(list)}}`) as Record<string, { _meta?: unknown }[]>)[list]?.map(({ _meta }) => _meta) ??
      [];
    expect(metas('tools')).toEqual([
      undefined,
      undefined,
      { 'holdfast/last-known': true },
      { own: 1, 'holdfast/last-known': true },
    ]);
    expect(metas('resources')).toEqual([{ 'holdfast/last-known': true }, { 'holdfast/last-known': true }]);
    expect(all.page('tools')).not.toContain('last-known');
    expect(gone.items('tools')).toEqual(all.items('tools'));
  });

  test.each([
    ['tools', tool('deep')],
    ['prompts', { name: 'deep' }],
    ['resources', { uri: 'x://deep', name: 'deep' }],
    ['resourceTemplates', { uriTemplate: 'x://deep/{p}', name: 'deep' }],
  ] as const)('can be written whatever one server has in it: %s', (list, item) => {
    const meta: unknown = JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`);
    const hostile = { server: 'h', lists: lists({ [list]: [{ ...item, _meta: meta }] }) };
    const catalogue = new Catalogue([hostile, ...two], { names: 'prefixed' });
    expect(JSON.parse(`{${catalogue.page(list)}}`)).toEqual({
      [list]: new Catalogue(two, { names: 'prefixed' }).items(list),
    });
    expect(catalogue.leftOut).toMatchObject([{ server: 'h', item: expect.stringContaining('deep') as string }]);
  });

  test('leads every name back to the one server and tool that it stands for, whatever they are called', () => {
    const text = fc.oneof(fc.string({ minLength: 1, maxLength: 80 }), fc.stringMatching(/^[aA_.-]{1,4}$/));
    const servers = fc.uniqueArray(fc.tuple(text, fc.uniqueArray(text, { minLength: 1, maxLength: 5 })), {
      selector: ([name]) => name,
      maxLength: 6,
    });
    fc.assert(
      fc.property(servers, (made) => {
        const contributions = made.map(([server, tools]) => ({
          server,
          lists: lists({ tools: tools.map((name) => tool(name)), resources: tools.map((uri) => ({ uri })) }),
        }));
        const catalogue = new Catalogue(contributions, { names: 'prefixed' });
        const wanted = made.flatMap(([server, tools]) => tools.map((name) => ({ server, name })));
        expect(names(catalogue).map((name) => catalogue.tool(String(name)))).toEqual(wanted);
        expect(names(catalogue).every((name) => /^[A-Za-z0-9_-]{1,64}$/.test(String(name)))).toBe(true);
        expect(new Set(names(catalogue)).size).toBe(wanted.length);
        expect(catalogue.items('resources').map(({ uri }) => catalogue.resource(String(uri)))).toEqual(wanted);
      }),
    );
  });

  test('knows a resource by the name it has in results, where only one server lists it', () => {
    const [, b] = two as [(typeof two)[0], (typeof two)[1]];
    const one = new Catalogue(two, { names: 'prefixed' });
    expect(one.resource('file:///r')).toEqual({ server: 'b', name: 'file:///r' });
    expect(one.resource('file:///other')).toBeUndefined();
    const both = new Catalogue([...two, { ...b, server: 'c' }], { names: 'prefixed' });
    expect(both.resource('file:///r')).toBeUndefined();
  });

  test('brings resources back to their server, listed or not', () => {
    const catalogue = new Catalogue(two, { names: 'prefixed' });
    expect(catalogue.items('resources')).toEqual([{ uri: 'b+file:///r', name: 'r' }]);
    expect(catalogue.items('resourceTemplates')).toEqual([{ uriTemplate: 'b+file:///{p}', name: 't' }]);
    expect(catalogue.resource('b+file:///anything')).toEqual({ server: 'b', name: 'file:///anything' });
    expect(catalogue.resource('c+file:///r')).toBeUndefined();
    expect(catalogue.exposedUri('b', 'file:///r')).toBe('b+file:///r');
  });

  test('of one server alone has the names of the server', () => {
    const catalogue = new Catalogue([two[1] as (typeof two)[0]], { names: 'bare' });
    expect(names(catalogue)).toEqual(['x']);
    expect(catalogue.resource('file:///r')).toEqual({ server: 'b', name: 'file:///r' });
    expect(catalogue.exposedUri('b', 'file:///r')).toBe('file:///r');
  });

  test.each([
    ['no object', 'text'],
    ['no inputSchema', { name: 'bad' }],
    ['a schema of another type', { name: 'bad', inputSchema: { type: 'string' } }],
    ['properties that are no object', { name: 'bad', inputSchema: { type: 'object', properties: [] } }],
  ])('leaves out a tool with %s, and only that', (_, bad) => {
    const catalogue = new Catalogue([{ server: 'a', lists: lists({ tools: [tool('x'), bad, tool('y')] }) }], {
      names: 'prefixed',
    });
    expect(names(catalogue)).toEqual(['a__x', 'a__y']);
    expect(catalogue.leftOut).toHaveLength(1);
    expect(catalogue.leftOut[0]?.why).not.toBe('');
  });

  test('leaves out a tool that is listed twice, and says so', () => {
    const catalogue = new Catalogue([{ server: 'a', lists: lists({ tools: [tool('x'), tool('x')] }) }], {
      names: 'prefixed',
    });
    expect(names(catalogue)).toEqual(['a__x']);
    expect(catalogue.leftOut[0]).toMatchObject({ server: 'a', item: 'x' });
  });

  test('obeys the rules of an entry: deny wins over allow, renames keep the way back', () => {
    const rules = { allow: ['get_*', 'put'], deny: ['*_secret'], rename: { put: 'store' } };
    const tools = ['get_a', 'get_secret', 'put', 'other'].map((name) => tool(name));
    const catalogue = new Catalogue([{ server: 'a', lists: lists({ tools }), rules: { tools: rules } }], {
      names: 'prefixed',
    });
    expect(names(catalogue)).toEqual(['a__get_a', 'a__store']);
    expect(catalogue.tool('a__store')).toEqual({ server: 'a', name: 'put' });
    expect(catalogue.tool('a__get_secret')).toBeUndefined();
  });

  test('comes in pages, each serialised once; a cursor of somebody else is refused', () => {
    const tools = Array.from({ length: PAGE + 5 }, (_, i) => tool(`t${i}`));
    const catalogue = new Catalogue([{ server: 'a', lists: lists({ tools }) }], { names: 'prefixed' });
    const first = JSON.parse(`{${catalogue.page('tools')}}`) as { tools: unknown[]; nextCursor: string };
    expect(first.tools).toHaveLength(PAGE);
    const second = JSON.parse(`{${catalogue.page('tools', first.nextCursor)}}`) as { tools: unknown[] };
    expect(second.tools).toHaveLength(5);
    expect(second).not.toHaveProperty('nextCursor');
    expect(catalogue.page('tools')).toBe(catalogue.page('tools'));
    for (const wrong of ['p99999', 'x', '', 'p-1']) expect(catalogue.page('tools', wrong)).toBeUndefined();
  });

  test('has the instructions of all servers under their names, within bounds', () => {
    const long = Array.from({ length: 9 }, (_, i) => ({
      server: `s${i}`,
      lists: lists({ instructions: 'i'.repeat(9_000) }),
    }));
    const { instructions } = new Catalogue(long, { names: 'prefixed' });
    expect(instructions).toMatch(/^## s0\n\ni+ …\n\n## s1/);
    expect(instructions?.length).toBeLessThan(17_000);
    expect(new Catalogue(two, { names: 'prefixed' }).instructions).toBeUndefined();
  });
});
