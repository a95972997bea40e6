/**
 * The vault: logins over records.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../../../src/base/logger.ts';
import { Redactor, Secret } from '../../../../src/base/secret.ts';
import type { SignInChange } from '../../../../src/core/sign-in.ts';
import { credentialId, fromRecord, toBody } from '../../../../src/auth/vault/record.ts';
import { Vault } from '../../../../src/auth/vault/vault.ts';
import { loginParts, vaultWorld, wordsOf } from '../../../support/vault-world.ts';

const ASK = { serverUrl: 'https://mcp.example/mcp', profile: 'default', lane: '' };
const T0 = 1_767_225_600_000;

function whole() {
  const parts = loginParts(T0, {
    client: {
      clientId: 'client-1',
      clientSecret: new Secret('client-secret-1'),
      method: 'client_secret_basic',
      kind: 'configured',
    },
    dpopKey: new Secret('{"kty":"EC"}'),
  });
  return { ...parts, id: credentialId(parts.key), generation: 4 };
}

describe('the record of a login', () => {
  test('gives back what was put in', () => {
    const login = whole();
    const { id, generation, ...parts } = login;
    const back = fromRecord({ ...structuredClone(toBody(id, parts, 'login')), generation });
    expect(back).toEqual(login);
    expect(back?.client.clientSecret?.reveal()).toBe('client-secret-1');
    expect(back?.dpopKey?.reveal()).toBe('{"kty":"EC"}');
    expect(wordsOf(back)).toBe('access-1 refresh-1 live');
  });

  test('[vault.secrets-apart] its facts hold no secret, and what is read is registered for redaction', async () => {
    const { id, generation: _, ...parts } = whole();
    const facts = JSON.stringify(toBody(id, parts, 'login').facts);
    for (const secret of ['access-1', 'refresh-1', 'client-secret-1', 'kty']) expect(facts).not.toContain(secret);
    const world = vaultWorld();
    await world.process().vault.create(parts);
    const redactor = new Redactor();
    const other = new Vault({ clock: world.clock, logger: silentLogger, redactor, store: world.store });
    await other.list();
    expect(redactor.redact('access-1 refresh-1 client-secret-1')).toBe('[secret] [secret] [secret]');
  });

  test('its id is the hash of its key, and of nothing else', () => {
    const { key } = loginParts(T0);
    expect(credentialId({ ...key })).toBe(credentialId(key));
    expect(credentialId(key)).toMatch(/^[0-9a-f]{64}$/);
    for (const field of ['issuer', 'resource', 'client', 'profile', 'serverUrl', 'lane'] as const)
      expect(credentialId({ ...key, [field]: 'another' })).not.toBe(credentialId(key));
  });

  test.each([
    ['an unknown field of a later version', ['facts', 'later'], { deep: [1] }, true],
    ['no schema', ['facts', 'schema'], undefined, true],
    ['expiresAt as a text', ['facts', 'tokens', 'expiresAt'], 'soon', true],
    ['scopes as a number', ['facts', 'tokens', 'scopes'], 7, true],
    ['an unknown grant', ['facts', 'grant'], 'telepathy', true],
    ['an unknown status', ['facts', 'status'], 'asleep', true],
    ['no requested scopes', ['facts', 'requestedScopes'], undefined, true],
    ['no refresh token', ['secrets', 'refreshToken'], undefined, true],
    ['no authority', ['facts', 'authority'], null, false],
    ['no token endpoint', ['facts', 'authority', 'tokenEndpoint'], 3, false],
    ['no client', ['facts', 'client'], [], false],
    ['no key', ['facts', 'key'], 'x', false],
    ['no access token', ['secrets', 'accessToken'], '', false],
  ])('[vault.tolerant] with %s', (_title, path, value, isRead) => {
    const { id, generation, ...parts } = whole();
    const record = structuredClone({ ...toBody(id, parts, 'login'), generation }) as unknown as Record<string, never>;
    let at: Record<string, never> = record;
    for (const step of path.slice(0, -1)) at = at[step] as unknown as Record<string, never>;
    at[path.at(-1) ?? ''] = value as never;
    const read = fromRecord(record as never);
    expect(read !== undefined).toBe(isRead);
    if (read !== undefined) expect(read.tokens.accessToken.reveal()).toBe('access-1');
  });

  test('[vault.tolerant] one that is no login is passed over and left alone; the others are found', async () => {
    const world = vaultWorld();
    const { vault } = world.process();
    await vault.create(loginParts(T0));
    const broken = { id: 'ab', facts: { key: 1 }, secrets: {}, generation: 1 };
    world.store.records.set('credential/ab', broken);
    expect((await vault.list()).map(wordsOf)).toEqual(['access-1 refresh-1 live']);
    expect(world.store.records.get('credential/ab')).toBe(broken);
  });
});

describe('[vault.lookup] finding a login', () => {
  test('by url, profile, lane and client', async () => {
    const { vault } = vaultWorld().process();
    const { id } = await vault.create(loginParts(T0));
    expect((await vault.lookup(ASK))?.id).toBe(id);
    expect((await vault.lookup({ ...ASK, clientId: 'client-1' }))?.id).toBe(id);
    for (const other of [{ serverUrl: 'https://mcp.example/' }, { profile: 'work' }, { lane: 'x' }, { clientId: 'c2' }])
      expect(await vault.lookup({ ...ASK, ...other })).toBeUndefined();
  });

  test('what another process writes and removes is seen, although the index is kept', async () => {
    const world = vaultWorld();
    const [one, two] = [world.process(1).vault, world.process(2).vault];
    expect(await one.lookup(ASK)).toBeUndefined();
    const { id } = await two.create(loginParts(T0));
    await world.clock.settle();
    expect((await one.lookup(ASK))?.id).toBe(id);
    await two.remove(id);
    await world.clock.settle();
    expect(await one.lookup(ASK)).toBeUndefined();
  });

  test('a live login comes before a refused one', async () => {
    const world = vaultWorld();
    const { vault } = world.process();
    const first = await vault.create(loginParts(T0));
    await vault.markRefused(first, 'invalid_grant');
    const key = { ...first.key, client: 'client-2' };
    world.store.records.set('credential/aa', {
      ...toBody('aa', loginParts(T0 - 5_000, { key, client: { ...first.client, clientId: 'client-2' } }), 'login'),
      generation: 1,
    });
    expect((await world.process().vault.lookup(ASK))?.client.clientId).toBe('client-2');
  });
});

describe('[vault.newest] a new login', () => {
  test('takes the place of the one with the same key, and its generation goes on', async () => {
    const { vault } = vaultWorld().process();
    const first = await vault.create(loginParts(T0));
    const second = await vault.create(loginParts(T0 + 1));
    expect([first.generation, second.generation, second.id === first.id]).toEqual([1, 2, true]);
  });

  test('removes older ones for the same server, profile and lane only after it is safe', async () => {
    const world = vaultWorld();
    const { vault } = world.process();
    const old = await vault.create(loginParts(T0));
    const other = await vault.create(loginParts(T0, { key: { ...old.key, profile: 'work' } }));
    world.store.log.length = 0;
    const fresh = await vault.create(loginParts(T0, { key: { ...old.key, client: 'client-2' } }));
    expect((await vault.list()).map(({ id }) => id).toSorted()).toEqual([fresh.id, other.id].toSorted());
    expect(world.store.log.slice(0, 2)).toEqual(['write credential', 'remove credential']);
  });

  test('does not remove one of a client that another entry may name, nor does an entry without one flip to it', async () => {
    const { vault } = vaultWorld().process();
    const mine = { clientId: 'mine', method: 'none', kind: 'configured' } as const;
    const { key } = loginParts(T0);
    const own = await vault.create(loginParts(T0, { key: { ...key, client: 'mine' }, client: mine }));
    expect((await vault.lookup(ASK))?.id).toBe(own.id);
    const registered = await vault.create(loginParts(T0 - 1));
    const again = await vault.create(loginParts(T0 + 9, { key: { ...key, client: 'mine' }, client: mine }));
    expect(again.id).toBe(own.id);
    expect((await vault.lookup({ ...ASK, clientId: 'mine' }))?.id).toBe(own.id);
    expect((await vault.list()).map(({ id }) => id)).toEqual([own.id]);
    const later = await vault.create(loginParts(T0 + 1));
    expect(later.id).toBe(registered.id);
    expect((await vault.lookup(ASK))?.id).toBe(later.id);
    expect((await vault.lookup({ ...ASK, clientId: 'mine' }))?.id).toBe(own.id);
  });

  test('that cannot be written leaves the old one as it was', async () => {
    const world = vaultWorld();
    const { vault } = world.process();
    const old = await vault.create(loginParts(T0));
    world.store.full.add('write credential');
    const key = { ...old.key, client: 'client-2' };
    await expect(vault.create(loginParts(T0, { key }))).rejects.toMatchObject({ code: 'ERR_STORE_UNWRITABLE' });
    expect(wordsOf(await vault.lookup(ASK))).toBe('access-1 refresh-1 live');
  });
});

test('[vault.changes] every change is told once to every process, whoever made it', async () => {
  const world = vaultWorld();
  const [one, two] = [world.process(1).vault, world.process(2).vault];
  const heard: string[] = [];
  const note = (who: string) => (change: SignInChange) =>
    void heard.push(`${who} ${change.what} ${change.credential?.generation ?? '-'}`);
  one.onChange(note('one'));
  const off = two.onChange(note('two'));
  await world.clock.settle();
  const login = await one.create(loginParts(T0));
  await world.clock.settle();
  const renewed = await two.replace({ ...login }, { last: 'refresh' });
  await world.clock.settle();
  if (renewed !== undefined) await one.markRefused(renewed, 'invalid_grant');
  await world.clock.settle();
  await one.remove(login.id);
  await world.clock.settle();
  expect(heard.toSorted()).toEqual(
    ['one', 'two'].flatMap((who) => [
      `${who} completed 1`,
      `${who} forgotten -`,
      `${who} refreshed 2`,
      `${who} refused 3`,
    ]),
  );
  off();
  heard.length = 0;
  await one.create(loginParts(T0));
  await world.clock.settle();
  expect(heard).toEqual(['one completed 1']);
});

test('what faces see of a login holds times as ISO and no secret', async () => {
  const { vault } = vaultWorld().process();
  const info = vault.info(await vault.create(whole()));
  expect(info).toMatchObject({
    server: 'https://mcp.example/mcp',
    obtainedAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-01T01:00:00.000Z',
    renewable: true,
    scopes: ['read'],
    registration: 'configured',
    status: 'live',
    generation: 1,
  });
  expect(JSON.stringify(info)).not.toMatch(/access-1|refresh-1|client-secret/);
});
