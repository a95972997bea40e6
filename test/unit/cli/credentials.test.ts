import { describe, expect, test } from 'vitest';
import { HoldfastError } from '../../../src/base/errors.ts';
import type { ImportAsk } from '../../../src/cli/context.ts';
import type { CredentialInfo } from '../../../src/core/credential.ts';
import type { EffectiveEntry } from '../../../src/core/entry.ts';
import { cliRig, configured } from '../../support/cli-rig.ts';
import type { CliRig, RigOptions } from '../../support/cli-rig.ts';
import { snapshotOf } from '../../support/recording-fleet.ts';

const login = (id: string, server: string, more: Partial<CredentialInfo> = {}): CredentialInfo => ({
  id,
  server,
  issuer: 'https://as.example',
  resource: server,
  clientId: 'client-7',
  profile: 'default',
  registration: 'dynamic',
  grant: 'authorization_code',
  scopes: ['read', 'write'],
  obtainedAt: '2025-12-31T23:59:00.000Z',
  expiresAt: '2026-01-01T00:42:00.000Z',
  renewable: true,
  status: 'live',
  generation: 3,
  ...more,
});
const NOTION = login('aaaa1111222233334444', 'https://notion.example/mcp');
const WORK = login('bbbb1111222233334444', 'https://notion.example/mcp', { profile: 'work' });
const DOCS = login('cccc1111222233334444', 'https://docs.example/mcp', {
  renewable: false,
  expiresAt: '2025-12-31T23:00:00.000Z',
});
const DEAD = login('dddd1111222233334444', 'https://dead.example/mcp', { status: 'refused', refusal: 'invalid_grant' });
const ALL = [NOTION, WORK, DOCS, DEAD];
const EXPORT = '{"secret":"canary"}\n';

interface Scene {
  readonly rig: CliRig;
  readonly removed: string[];
  readonly written: (readonly [string, string])[];
  readonly imports: (readonly [string, ImportAsk])[];
}

/** The verb over a store of four logins; the server `notion` is configured. */
function scene(more: RigOptions = {}): Scene {
  const removed: string[] = [];
  const written: (readonly [string, string])[] = [];
  const imports: (readonly [string, ImportAsk])[] = [];
  const rig = cliRig({
    servers: [configured('notion')],
    config: {
      resolve: async ({ name, source }, view): Promise<EffectiveEntry> => ({
        name,
        source,
        key: 'k',
        endpoint: { kind: 'http', url: `https://${name}.example/mcp`, headers: {} },
        settings: { protocolEra: 'auto', numbers: {} },
        signIn: 'none',
        profile: view.profile ?? 'default',
      }),
    },
    ...more,
    logins: {
      list: async () => ALL,
      notices: () => [{ kind: 'plaintext', text: 'no keyring: they are not encrypted' }],
      remove: async (id) => removed.push(id) > 0,
      exported: async () => EXPORT,
      writePrivate: async (path, text) => void written.push([path, text]),
      readText: async (path) => `text of ${path}`,
      imported: async (text, ask) => {
        imports.push([text, ask]);
        return NOTION;
      },
      ...more.logins,
    },
  });
  return { rig, removed, written, imports };
}

describe('[login.credentials] credentials list and show', () => {
  test('list has every login with its state, where they lie and what is odd; it starts nothing', async () => {
    const { rig } = scene();
    expect(await rig.type('credentials')).toBe(0);
    expect(
      rig.out
        .trimEnd()
        .split('\n')
        .map((line) => line.replaceAll(/ {2,}/g, ' | ')),
    ).toEqual([
      'ID | SERVER | ACCOUNT | STATE | SCOPES | ISSUER',
      'aaaa111122 | https://notion.example/mcp | default | renews itself | read write | https://as.example',
      'bbbb111122 | https://notion.example/mcp | work | renews itself | read write | https://as.example',
      'cccc111122 | https://docs.example/mcp | default | ended 1h ago | read write | https://as.example',
      'dddd111122 | https://dead.example/mcp | default | refused | read write | https://as.example',
    ]);
    expect(rig.err).toBe('In ~/.local/state/holdfast/credentials\nNote: no keyring: they are not encrypted\n');
    expect(rig.opened).toEqual([]);
  });

  test('list --json is a pinned record', async () => {
    const { rig } = scene();
    expect(await rig.json('credentials', 'list', '--json')).toEqual({
      schema: 'credentials/v1',
      place: '/home/me/.local/state/holdfast/credentials',
      logins: ALL,
      notices: [{ kind: 'plaintext', text: 'no keyring: they are not encrypted' }],
    });
  });

  test('without any it says how to make one', async () => {
    const { rig } = scene({ logins: { list: async () => [] } });
    await rig.type('credentials');
    expect(rig.out).toContain('holdfast login NAME');
  });

  test('show has issuer, account, scopes, expiry in words, renewal and registration', async () => {
    const { rig } = scene();
    expect(await rig.type('credentials', 'show', 'aaaa')).toBe(0);
    for (const text of [
      'Issuer   https://as.example',
      'Account  default',
      'Scopes   read write',
      'Access   ends in 42m',
      'Renewal  renewed by itself',
      'Client   client-7 (registered by Holdfast)',
    ])
      expect(rig.out).toContain(text);
  });

  test.each<[CredentialInfo, string]>([
    [DOCS, 'Renewal  cannot be renewed: sign in again when it ends'],
    [DOCS, 'Access   ended 1h ago'],
    [DEAD, 'Renewal  refused by the authorization server (invalid_grant): sign in again'],
    [{ ...NOTION, unsaved: true }, 'Note     its newest tokens could not be written to disk'],
  ])('show tells what a person has to know %#', async (one, text) => {
    const { rig } = scene({ logins: { list: async () => [one] } });
    await rig.type('credentials', 'show', one.id);
    expect(rig.out).toContain(text);
  });

  test.each<[string, readonly string[], string]>([
    ['the beginning of an id', ['cccc'], DOCS.id],
    ['an address', ['https://docs.example/mcp'], DOCS.id],
    ['the name of a server, with its account', ['notion'], NOTION.id],
    ['the name of a server, for another account', ['notion', '--profile', 'work'], WORK.id],
  ])('a login is meant by %s', async (_what, words, id) => {
    const { rig } = scene();
    const { logins } = await rig.json<{ logins: readonly CredentialInfo[] }>('credentials', 'show', ...words, '--json');
    expect(logins.map((one) => one.id)).toEqual([id]);
  });

  test.each([
    ['nothing', 'zzzz', 'no stored login is meant by "zzzz"'],
    ['two', 'https://notion.example/mcp', 'means 2 logins'],
  ])('a word that means %s is refused', async (_what, word, text) => {
    const { rig } = scene();
    expect(await rig.type('credentials', 'show', word)).toBe(2);
    expect(rig.err).toContain(text);
  });
});

describe('[login.credentials] credentials remove, export and import', () => {
  test('remove removes here, and says what else there is', async () => {
    const { rig, removed } = scene();
    expect(await rig.type('credentials', 'remove', 'notion', 'cccc')).toBe(0);
    expect(removed).toEqual([NOTION.id, DOCS.id]);
    expect(rig.err).toContain('holdfast logout NAME');
  });

  test('export writes a private file and prints nothing of it', async () => {
    const { rig, written } = scene();
    expect(await rig.type('credentials', 'export', 'notion', '--out', 'login.json')).toBe(0);
    expect(written).toEqual([['/code/app/login.json', EXPORT]]);
    expect(rig.out + rig.err).not.toContain('canary');
    expect(rig.err).toContain('Used in two places, many servers end it');
  });

  test('export prints only where it is asked to', async () => {
    const { rig, written } = scene();
    expect(await rig.type('credentials', 'export', 'notion', '--stdout')).toBe(0);
    expect(rig.out).toBe(EXPORT);
    expect(written).toEqual([]);
  });

  test.each<[readonly string[], string]>([
    [['export', 'notion'], 'export needs --out FILE, or --stdout'],
    [['export', 'notion', '--stdout', '--out', 'x'], 'export needs --out FILE, or --stdout'],
    [['export', 'aaaa', 'cccc', '--stdout'], 'one login at a time'],
    [['export'], 'credentials export needs LOGIN'],
    [['remove'], 'credentials remove needs LOGIN'],
    [['list', '--stdout'], '--out and --stdout go with export'],
    [['show', 'aaaa', '--server', 'x'], '--server goes with import'],
    [['import', 'a', 'b'], 'import takes one file at a time'],
    [['import', 'a', '--server', 'nothing'], '--server needs the address of a server'],
    [['improt'], 'credentials has no "improt"'],
  ])('%j is refused', async (words, text) => {
    const { rig } = scene();
    expect(await rig.type('credentials', ...words)).toBe(2);
    expect(rig.err).toContain(text);
    expect(rig.out).toBe('');
  });

  test.each<[string, readonly string[], string, ImportAsk]>([
    ['a file', ['f.json'], 'text of /code/app/f.json', {}],
    ['standard input', ['-'], 'from stdin', {}],
    ['standard input without a word', [], 'from stdin', {}],
    ['an address', ['-', '--server', 'https://x.example/mcp'], 'from stdin', { serverUrl: 'https://x.example/mcp' }],
    [
      'a name',
      ['-', '--server', 'notion'],
      'from stdin',
      { serverUrl: 'https://notion.example/mcp', profile: 'default' },
    ],
    ['an account', ['-', '--profile', 'work'], 'from stdin', { profile: 'work' }],
  ])('import takes %s', async (_what, words, text, ask) => {
    const { rig, imports } = scene({ terminal: { stdin: 'from stdin' } });
    expect(await rig.type('credentials', 'import', ...words)).toBe(0);
    expect(imports).toEqual([[text, ask]]);
    expect(rig.out).toContain('Imported');
  });

  test('at a terminal import without a word does not wait for keys', async () => {
    const { rig } = scene({ terminal: { isTTY: true } });
    expect(await rig.type('credentials', 'import')).toBe(2);
  });

  test('an import that is refused exits 2', async () => {
    const { rig } = scene({
      logins: { imported: () => Promise.reject(new HoldfastError('ERR_USAGE', 'the text has no "access_token"')) },
    });
    expect(await rig.type('credentials', 'import', 'f.json')).toBe(2);
  });
});

describe('[login.told] get has a block for the login', () => {
  test('from the daemon, where one runs', async () => {
    const { rig } = scene({ daemon: true, snapshots: [snapshotOf('notion', { login: WORK })] });
    expect(await rig.type('get', 'notion')).toBe(0);
    expect(rig.out).toContain('Account  work');
    expect(await rig.json('get', 'notion', '--json')).toMatchObject({ login: WORK });
  });

  test('from the store, where none runs', async () => {
    const { rig } = scene();
    await rig.type('get', 'notion');
    expect(rig.out).toContain('Access   ends in 42m');
    expect(rig.opened).toEqual([]);
    const unreadable = scene({ logins: { list: () => Promise.reject(new Error('damaged')) } });
    expect(await unreadable.rig.type('get', 'notion')).toBe(0);
    expect(await unreadable.rig.json('get', 'notion', '--json')).toMatchObject({ login: null });
  });
});
