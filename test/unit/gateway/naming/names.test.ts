import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exposedName, serverPart, serverPartOf } from '../../../../src/gateway/naming/names.ts';
import { exposedUri, schemePart, splitUri } from '../../../../src/gateway/naming/uris.ts';

describe('[gateway.names] the name of a tool in the merged list', () => {
  test.each([
    ['github', 'create_issue', 'github__create_issue'],
    ['my_server', 'a', 'my_server__a'],
    ['github', '_private', 'github___private'],
  ])('%s and %s stay readable: %s', (server, tool, name) => {
    expect(exposedName(server, tool)).toBe(name);
  });

  test.each([
    ['my server', 'tool'],
    ['a__b', 'tool'],
    ['a_', 'tool'],
    ['ünïcode', 'tool'],
    ['github', 'files.read'],
    ['github', 'x'.repeat(100)],
    ['s'.repeat(80), 'tool'],
    ['looks-0123abcd', 'tool'],
    ['', ''],
  ])('%j and %j become one that fits, with a hash', (server, tool) => {
    const name = exposedName(server, tool);
    expect(name).toMatch(/^[\w-]{1,64}$/);
    expect(name).toMatch(/-[0-9a-f]{8}(?:__|$)/);
  });

  test('any pair has a name that fits, and no other pair has it', () => {
    const texts = fc.oneof(fc.string({ maxLength: 90 }), fc.stringMatching(/^[ab_.-]{0,6}$/));
    fc.assert(
      fc.property(fc.array(fc.tuple(texts, texts), { minLength: 2, maxLength: 30 }), (pairs) => {
        const unique = new Set(pairs.map((pair) => JSON.stringify(pair)));
        const names = new Set(pairs.map(([server, tool]) => exposedName(server, tool)));
        expect(names.size).toBe(unique.size);
        for (const name of names) expect(name).toMatch(/^[\w-]{1,64}$/);
        for (const [server, tool] of pairs) expect(serverPartOf(exposedName(server, tool))).toBe(serverPart(server));
      }),
    );
  });
});

describe('[gateway.uris] the uri of a resource in the merged list', () => {
  test('is a uri still, and a template a template', () => {
    expect(exposedUri('files', 'file:///a b')).toBe('files+file:///a b');
    expect(exposedUri('files', 'file:///{path}')).toBe('files+file:///{path}');
    expect(new URL(exposedUri('files', 'file:///a')).protocol).toBe('files+file:');
  });

  test('any server and uri come back as they were, whatever case the client makes of the scheme', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (server, uri) => {
        const part = schemePart(server);
        expect(part).toMatch(/^[a-z][a-z0-9-]*$/);
        expect(splitUri(exposedUri(server, uri))).toEqual({ part, uri });
        expect(splitUri(`${part.toUpperCase()}+${uri}`)?.part).toBe(part);
      }),
    );
  });

  test('servers that differ in case only have different schemes', () => {
    expect(schemePart('Files')).not.toBe(schemePart('files'));
  });
});
