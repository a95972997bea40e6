import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromJSONSchema } from 'zod';
import { checkTypes } from '../../../src/config/entry-check.ts';
import { ENTRY_FIELDS, NAME_PATTERN } from '../../../src/config/entry-fields.ts';
import { readEntry } from '../../../src/config/entry-read.ts';
import { variableNames } from '../../../src/config/entry-texts.ts';
import { configSchema } from '../../../src/config/json-schema.ts';
import type { EntrySource, ServerEntry } from '../../../src/core/entry.ts';

const source: EntrySource = { client: 'holdfast', scope: 'own', file: '/f', line: 1, pointer: 'mcpServers.x' };
const read = (raw: unknown): ReturnType<typeof readEntry> => readEntry('x', source, raw);
const entryOf = (raw: unknown): ServerEntry => {
  const found = read(raw);
  if ('entry' in found) return found.entry;
  throw new Error(JSON.stringify(found.issues));
};
const wrong = (raw: unknown): readonly string[] => {
  const found = read(raw);
  return 'issues' in found ? found.issues.map(({ field, text }) => `${field.join('.')}: ${text}`) : [];
};

describe('[config.type-aliases] the kind of an entry', () => {
  test.each([
    [{ command: 'x' }, 'stdio'],
    [{ type: 'stdio', command: 'x' }, 'stdio'],
    [{ type: 'local', command: 'x' }, 'stdio'],
    [{ type: 'http', url: 'http://a' }, 'http'],
    [{ type: 'streamable-http', url: 'http://a' }, 'http'],
    [{ type: 'streamable_http', url: 'http://a' }, 'http'],
    [{ type: 'streamableHttp', url: 'http://a' }, 'http'],
    [{ type: 'remote', url: 'http://a' }, 'http'],
    [{ type: 'sse', url: 'http://a' }, 'sse'],
    [{ url: 'http://a' }, 'auto'],
    [{ serverUrl: 'http://a' }, 'auto'],
    [{ httpUrl: 'http://a' }, 'auto'],
    [{ uri: 'http://a' }, 'auto'],
    [{ type: 'http', url: 'http://a', command: 'ignored' }, 'http'],
  ])('of %j is %s', (raw, kind) => {
    expect(entryOf(raw).endpoint.kind).toBe(kind);
  });

  test('the first name of the address counts', () => {
    expect(entryOf({ uri: 'http://last', serverUrl: 'http://first' }).endpoint).toMatchObject({ url: 'http://first' });
  });
});

test('every field comes to its place, with Claude Code’s names', () => {
  const remote = entryOf({
    type: 'http',
    url: 'https://a/mcp',
    headers: { Authorization: 'Bearer ${T}' },
    headersHelper: './h.sh ${U:-u}',
    headersHelperTtl: 60_000,
    oauth: { clientId: 'c', callbackPort: 8_080, authServerMetadataUrl: 'https://as/${V}', scopes: 'a b', more: 1 },
    timeout: 5_000,
    connectTimeout: 700,
    protocolEra: 'modern',
    holdfast: { slotMs: 9, callTotalMs: 1 },
    unknownKey: [1],
  });
  expect(remote).toEqual({
    name: 'x',
    source,
    endpoint: {
      kind: 'http',
      url: 'https://a/mcp',
      headers: { Authorization: 'Bearer ${T}' },
      headersHelper: './h.sh ${U:-u}',
      headersHelperTtlMs: 60_000,
      oauth: { clientId: 'c', callbackPort: 8_080, authServerMetadataUrl: 'https://as/${V}', scopes: 'a b' },
    },
    settings: { protocolEra: 'modern', numbers: { callTotalMs: 1, connectTimeoutMs: 700, slotMs: 9 } },
  });
  expect(variableNames(remote)).toEqual(['T', 'U', 'V']);
  expect(entryOf({ command: '${C}', args: ['${D}'], env: { E: '${F}' }, cwd: '${G}' })).toMatchObject({
    endpoint: { kind: 'stdio', command: '${C}', args: ['${D}'], env: { E: '${F}' }, cwd: '${G}' },
    settings: { protocolEra: 'legacy', numbers: {} },
  });
});

test('a time-out below a second is passed over, as Claude Code does, and that is told', () => {
  const found = read({ command: 'x', timeout: 999, args: ['${env:X}'] });
  expect(found.notes).toEqual([
    'timeout: 999 ms is below 1000 and is passed over',
    'args.0: ${env:X} is text here; variables are written ${NAME}',
  ]);
  expect(entryOf({ command: 'x', timeout: 999 }).settings.numbers).toEqual({});
});

describe('[config.bad-input] a bad entry is told field by field', () => {
  test.each([
    [5, ': must be an object'],
    [[], ': must be an object'],
    [null, ': must be an object'],
    [{}, ': needs "command" (a local server) or "url" (a remote one)'],
    [
      { type: 'ws', url: 'ws://a' },
      `type: "ws" is not supported; known are ${Object.keys({ stdio: 1, local: 1, http: 1, 'streamable-http': 1, streamable_http: 1, streamableHttp: 1, remote: 1, sse: 1 }).join(', ')}`,
    ],
    [{ type: 5, url: 'http://a' }, 'type: is not supported'],
    [{ type: 'http', command: 'x' }, 'url: is missing; a remote server needs it'],
    [{ type: 'stdio', url: 'http://a' }, 'command: must name the program of the server'],
    [{ command: ' ' }, 'command: must name the program of the server'],
    [{ command: 'x', url: 'http://a' }, 'url: stands beside "command"; say which one counts with "type"'],
    [{ url: '' }, 'url: is empty'],
    [{ url: 'example.org/mcp' }, 'url: is not a url; write it whole, for example https://host/mcp'],
    [{ url: 'ws://example.org/mcp' }, 'url: has ws: where http or https is needed'],
    [{ url: 5 }, 'url: must be a string'],
    [{ url: 'http://a', headers: { 'a b': 'x' } }, 'headers.a b: is not a header name'],
    [{ url: 'http://a', headers: { A: 5 } }, 'headers.A: must be a string; put it in double quotes'],
    [{ url: 'http://a', headers: ['A: b'] }, 'headers: must be an object of strings'],
    [{ url: 'http://a', headersHelper: ' ' }, 'headersHelper: must not be empty'],
    [{ url: 'http://a', headersHelperTtl: -1 }, 'headersHelperTtl: must be a whole number of at least 0'],
    [
      { url: 'http://a', oauth: { callbackPort: 0 } },
      'oauth.callbackPort: must be a whole number of at least 1 and at most 65535',
    ],
    [{ url: 'http://a', oauth: { authServerMetadataUrl: 'x' } }, 'oauth.authServerMetadataUrl: is not a url'],
    [{ command: 'x', args: 'y' }, 'args: must be a list of strings'],
    [{ command: 'x', args: ['y', 5] }, 'args.1: must be a string; put it in double quotes'],
    [{ command: ['x'] }, 'command: must be a string'],
    [{ command: 'x', env: { A: true } }, 'env.A: must be a string; put it in double quotes'],
    [{ command: 'x', cwd: '' }, 'cwd: must not be empty'],
    [{ command: 'x', disabled: 'yes' }, 'disabled: must be true or false'],
    [{ command: 'x', timeout: 1.5 }, 'timeout: must be a whole number of at least 0'],
    [{ command: 'x', connectTimeout: 0 }, 'connectTimeout: must be a whole number of at least 1'],
    [{ command: 'x', protocolEra: 'new' }, 'protocolEra: "new" is not supported; known are auto, legacy, modern'],
    [{ command: 'x', holdfast: { slotMS: 1 } }, 'holdfast.slotMS: is not a setting that Holdfast knows'],
    [{ command: 'x', holdfast: { slotMs: '1' } }, 'holdfast.slotMs: must be a whole number of at least 0'],
  ])('%j', (raw, text) => {
    expect(wrong(raw)[0]).toContain(text);
  });

  test('its values are never in what is told, because they can be secrets', () => {
    const texts = [
      { url: 'CANARY' },
      { url: 'http://a', headers: { A: ['CANARY'] } },
      { command: 'x', env: { A: { CANARY: 1 } } },
      { url: 'http://a', oauth: 'CANARY' },
    ].flatMap(wrong);
    expect(texts).toHaveLength(4);
    expect(texts.join()).not.toContain('CANARY');
  });
});

describe('[config.schema] the published JSON schema', () => {
  type JsonSchema = Exclude<Parameters<typeof fromJSONSchema>[0], boolean>;
  const schema = configSchema() as { $defs: { entry: JsonSchema } };
  const values = fc.oneof(
    fc.constantFrom('stdio', 'http', 'ws', 'auto', 'http://a', '', true, false, null),
    fc.integer({ min: -2, max: 70_000 }),
    fc.double(),
    fc.array(fc.oneof(fc.string(), fc.nat()), { maxLength: 2 }),
    fc.dictionary(
      fc.constantFrom('A', 'callbackPort', 'clientId', 'slotMs', 'nothing'),
      fc.oneof(fc.string(), fc.nat(), fc.constant(-1)),
    ),
  );

  test('accepts exactly the types that the reading of files accepts', () => {
    const judge = fromJSONSchema(schema.$defs.entry);
    let bad = 0;
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(ENTRY_FIELDS), 'other'), values, { maxKeys: 3 }),
        (raw) => {
          const isRight = checkTypes(raw).length === 0;
          if (!isRight) bad += 1;
          expect(judge.safeParse(raw).success).toBe(isRight);
        },
      ),
      { numRuns: 2_000, seed: 7 },
    );
    expect(bad).toBeGreaterThan(300);
  });

  test.each([
    ['a', true],
    ['A-b_c.d:e9', true],
    ['a b', false],
    ['', false],
    ['ä', false],
    ['a/b', false],
    ['a\n', false],
  ])('and the reading of files agree on the name %j', (name, isRight) => {
    expect(NAME_PATTERN.test(name)).toBe(isRight);
  });
});
