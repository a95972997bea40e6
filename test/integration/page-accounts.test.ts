/**
 * The accounts of a server on its page: which are shown, which one is used, and signing out of one.
 *
 * @module
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { CredentialInfo } from '../../src/core/credential.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import type { LoginPlace } from '../../src/core/login-place.ts';
import { startPageRig } from '../support/page-rig.ts';
import type { PageRig } from '../support/page-rig.ts';
import { snapshotOf } from '../support/recording-fleet.ts';

const URL_OF_NOTES = 'https://notes.example/mcp?team=1';
const login = (profile: string, more: Partial<CredentialInfo> = {}): CredentialInfo => ({
  id: `id-of-${profile}`,
  server: URL_OF_NOTES,
  issuer: 'https://auth.example',
  resource: URL_OF_NOTES,
  clientId: 'client',
  profile,
  registration: 'dynamic',
  grant: 'authorization_code',
  scopes: ['read'],
  obtainedAt: '2026-01-01T00:00:00.000Z',
  renewable: true,
  status: 'live',
  generation: 1,
  ...more,
});
const HOME = login('default');
const WORK = login('work');

const rigs: PageRig[] = [];
afterEach(async () => {
  await Promise.all(rigs.splice(0).map((one) => one.close()));
});

interface Scene {
  readonly logins: readonly CredentialInfo[];
  readonly place?: Partial<LoginPlace>;
  readonly used?: CredentialInfo;
  readonly fleet?: { [M in keyof Fleet]?: Fleet[M] };
}

async function scene({ logins, place, used, fleet }: Scene): Promise<PageRig> {
  const snapshot = snapshotOf('notes', { signIn: 'oauth', ...(used === undefined ? {} : { login: used }) });
  const one = await startPageRig({
    snapshots: [snapshot, snapshotOf('local', { transport: 'stdio', signIn: 'stdio' })],
    loginPlaceOf: (name) => (name === 'notes' ? { url: URL_OF_NOTES, profile: 'default', ...place } : undefined),
    fleet: {
      credentials: async () => logins,
      logout: async () => ({ snapshot, did: ['revoked the tokens'] }),
      ...fleet,
    },
  });
  rigs.push(one);
  return one;
}

/** The block as a person reads it; `undefined` where there is none. */
async function accounts(one: PageRig, name = 'notes'): Promise<string | undefined> {
  const { text } = await (await one.visitor()).get(`/servers/${name}`);
  const markup = /<section class="block" id="accounts"[\s\S]*?<\/section>/.exec(text)?.[0];
  return markup?.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
}
const logouts = ({ calls }: PageRig): readonly unknown[] =>
  calls.filter(({ method }) => method === 'logout').map(({ args }) => args);

describe('[page.accounts] the page of a server', () => {
  test('shows every account that is signed in, the used one first, and how to sign in with another', async () => {
    const ended = login('old', { status: 'refused' });
    const said = await accounts(await scene({ logins: [WORK, ended, HOME], used: HOME }));
    expect(said).toMatch(
      /Accounts default used here signed in at https:\/\/auth\.example .* renewed by itself\. Sign out… of the account default old .*taken back by the authorization server.*work .*Sign out… of the account work/,
    );
    expect(said).toContain('holdfast login notes --profile NAME');
  });

  test('says which one is used also where that one is not signed in', async () => {
    const said = await accounts(await scene({ logins: [HOME], place: { profile: 'work' } }));
    expect(said).toMatch(/Accounts work used here not signed in default signed in at/);
  });

  test.each<[string, Scene]>([
    ['of another address', { logins: [login('work', { server: 'https://other.example/mcp' })] }],
    ['of another client than the one that the entry names', { logins: [WORK], place: { clientId: 'mine' } }],
    ['of another entry with the same address and account', { logins: [login('default', { id: 'x' })], used: HOME }],
  ])('does not show a login %s', async (_what, about) => {
    expect(await accounts(await scene(about))).toBeUndefined();
  });

  test('has no accounts where nobody signs in, and is shown although the store cannot be read', async () => {
    expect(await accounts(await scene({ logins: [HOME] }), 'local')).toBeUndefined();
    const broken = await scene({ logins: [], fleet: { credentials: () => Promise.reject(new Error('unreadable')) } });
    expect(await accounts(broken)).toBeUndefined();
    expect((await (await broken.visitor()).get('/servers/notes')).status).toBe(200);
  });
});

describe('[page.accounts] signing out of an account', () => {
  test('asks first, and the asking changes nothing', async () => {
    const one = await scene({ logins: [HOME, WORK], used: HOME });
    const { get } = await one.visitor();
    const { status, text } = await get('/servers/notes/sign-out?account=work');
    expect(status).toBe(200);
    expect(text).toContain('Sign out of work');
    expect(text).toContain('notes uses the account default here; that one stays.');
    expect(logouts(one)).toEqual([]);
  });

  test('that is not the used one speaks for that account alone, and says so', async () => {
    const one = await scene({ logins: [HOME, WORK], used: HOME });
    const { get, post } = await one.visitor();
    const { headers } = await post('/servers/notes/sign-out', { account: 'work' });
    expect(headers.location).toMatch(/^\/servers\/notes\?said=\d+$/);
    expect(logouts(one)).toEqual([['notes', {}, expect.objectContaining({ profile: 'work', path: '/bin' })]]);
    const { text } = await get(headers.location ?? '');
    expect(text).toContain('Signed out of the account work of notes.');
    expect(text).toContain('Revoked the tokens.');
  });

  test('that is the used one is what clearing the authentication is', async () => {
    const one = await scene({ logins: [HOME, WORK], used: HOME });
    const { post } = await one.visitor();
    await post('/servers/notes/sign-out', { account: 'default' });
    expect(logouts(one)).toEqual([['notes', {}, expect.not.objectContaining({ profile: expect.anything() })]]);
  });

  test.each(['nobody', '', '../work'])('that is not signed in (%o) does nothing and says why', async (account) => {
    const one = await scene({ logins: [HOME], used: HOME });
    const { get, post } = await one.visitor();
    const { headers } = await post('/servers/notes/sign-out', { account });
    expect((await get(headers.location ?? '')).text).toContain('is not signed in for notes');
    expect((await get(`/servers/notes/sign-out?account=${account}`)).text).toContain('is not signed in for notes');
    expect(logouts(one)).toEqual([]);
  });
});
