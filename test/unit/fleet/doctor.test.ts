/**
 * What `doctor` finds, and what it is silent about.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import type { EntrySource } from '../../../src/core/entry.ts';
import { http, rig, script, started } from '../../support/scripted-fleet.ts';
import type { RigOptions, Script } from '../../support/scripted-fleet.ts';

async function findings(scripts: Record<string, Script>, options: RigOptions = {}, name?: string): Promise<string[]> {
  const r = rig(scripts, options);
  await started(r, 10);
  const found = await r.fleet.doctor(name);
  await r.fleet.close();
  return found.map(({ level, server, text }) => [level, server, text].filter((part) => part !== undefined).join(' | '));
}

const SHADOWED: EntrySource = { client: 'mcp-json', scope: 'project', file: '/p/.mcp.json', line: 7, pointer: 'x' };

describe('a variable that is not set', () => {
  const withHeader = (value: string): Script =>
    script([], { approval: 'awaiting', endpoint: { headers: { 'X-Tenant': value } } });

  test('is no finding where every entry that names it gives it a default', async () => {
    const found = await findings({ a: withHeader('${TENANT:-main}') }, { variables: ['TENANT'] });
    expect(found.filter((text) => text.includes('TENANT'))).toEqual([]);
    expect(found.filter((text) => text.startsWith('problem'))).toEqual([]);
  });

  test('is told where an entry has no default for it, with the names of the servers', async () => {
    const scripts = { a: withHeader('${TENANT:-main}'), b: withHeader('t-${TENANT}'), c: script(['ok']) };
    const found = await findings(scripts, { variables: ['TENANT'] });
    expect(found.filter((text) => text.includes('TENANT'))).toEqual(['note | the variable TENANT is not set (b)']);
  });

  test('is told where the default of one variable is another', async () => {
    const found = await findings({ a: withHeader('${A:-${B}}') }, { variables: ['A', 'B'] });
    expect(found.filter((text) => text.includes('variable'))).toEqual(['note | the variable B is not set (a)']);
  });

  test('of an entry that is switched off is no finding', async () => {
    const off = script([], { enabled: false, endpoint: { headers: { 'X-Tenant': '${TENANT}' } } });
    const found = await findings({ a: off }, { variables: ['TENANT'] });
    expect(found.filter((text) => text.includes('TENANT'))).toEqual([]);
  });
});

describe('a server', () => {
  test('that is well, pending, off or broken is told as such', async () => {
    const found = await findings({
      well: script(['ok']),
      slow: script(['hang']),
      off: script([], { enabled: false }),
      gone: script([http(404)]),
    });
    expect(found).toEqual([
      'ok | well | connected',
      'note | slow | pending',
      expect.stringMatching(/^note \| off \| disabled · disabled-by-user/),
      expect.stringMatching(/^problem \| gone \| failed · http-404: .*HTTP 404/),
    ]);
  });

  test.each<[string, Script['endpoint'], string]>([
    [
      'white space in a header',
      { headers: { 'X-Key': ' v' } },
      'warning | a | headers.X-Key begins or ends with white space',
    ],
    [
      'a key in clear',
      { headers: { Authorization: 'Bearer x' } },
      'note | a | Authorization stands in the file in clear',
    ],
    [
      'headers over http',
      { url: 'http://example.test/mcp', headers: { 'X-Key': 'v' } },
      'problem | a | headers are sent over http, unprotected',
    ],
    ['no type', { kind: 'auto' }, 'note | a | the entry has a url but no type'],
  ])('with %s is told', async (_what, endpoint, expected) => {
    expect(await findings({ a: script(['ok'], { endpoint }) })).toContain(expected);
  });

  test('with something that was passed over in its entry is told', async () => {
    const found = await findings({ a: script(['ok'], { notes: ['the field "foo" is not known'] }) });
    expect(found).toContain('note | a | the field "foo" is not known');
  });
});

describe('an entry that is not loaded', () => {
  const notLoaded = [{ name: 'db', source: SHADOWED, reason: 'duplicate-shadowed', text: 'shadowed by user' }] as const;
  const line = 'note | db | not loaded: shadowed by user (/p/.mcp.json:7)';

  test('is told, when its name is asked for too', async () => {
    expect(await findings({ db: script(['ok']), a: script(['ok']) }, { notLoaded })).toContain(line);
    expect(await findings({ db: script(['ok']), a: script(['ok']) }, { notLoaded }, 'db')).toEqual([
      line,
      'ok | db | connected',
    ]);
    expect(await findings({ a: script(['ok']) }, { notLoaded }, 'a')).toEqual(['ok | a | connected']);
  });

  test('is told even where nothing else has that name', async () => {
    expect(await findings({ a: script(['ok']) }, { notLoaded }, 'db')).toEqual([line]);
  });
});
