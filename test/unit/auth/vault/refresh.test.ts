/**
 * The refresh transaction.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import type { RefreshOutcome, RenewAsk } from '../../../../src/auth/vault/renewal.ts';
import type { Credential } from '../../../../src/core/credential.ts';
import {
  NUMBERS,
  answered,
  loginParts,
  lost,
  refused,
  tokens,
  unsent,
  vaultWorld,
  wordsOf,
} from '../../../support/vault-world.ts';
import type { Scripted, VaultWorld } from '../../../support/vault-world.ts';

const DUE: RenewAsk = { numbers: NUMBERS, why: 'due' };
const REFUSED: RenewAsk = { numbers: NUMBERS, why: 'refused' };

/** A world with one login that is due. */
async function dueWorld(rest: Parameters<typeof loginParts>[1] = {}) {
  const world = vaultWorld();
  const first = world.process();
  const login = await first.vault.create(loginParts(world.clock.now(), { lifeMs: 100_000, ...rest }));
  await world.clock.advance(90_000);
  world.store.log.length = 0;
  return { world, ...first, id: login.id, login };
}

/** Waits for a renewal while time goes by. */
async function settled(world: VaultWorld, renewal: Promise<RefreshOutcome>, ms = 60_000): Promise<RefreshOutcome> {
  const ended: RefreshOutcome[] = [];
  void renewal.then((outcome) => ended.push(outcome));
  for (let past = 0; past < ms && ended.length === 0; past += 50) await world.clock.advance(50);
  const [outcome] = ended;
  if (outcome === undefined) throw new Error('the renewal did not end');
  return outcome;
}

const shape = (outcome: RefreshOutcome): string => `${outcome.kind} ${wordsOf(outcome.credential)}`;
const fresh = (world: VaultWorld, n = 2): Scripted =>
  tokens(`access-${n}`, { refresh: `refresh-${n}`, now: world.clock.now() });
const held = async (world: VaultWorld, id: string): Promise<Credential | undefined> => world.process(9).vault.read(id);

describe('a renewal', () => {
  test('[refresh.order] takes lease and room, notes what begins, asks, writes, and only then tells', async () => {
    const { world, refresher, vault, id } = await dueWorld();
    const told: string[] = [];
    vault.onChange(
      ({ what, credential }) => void told.push(`${what} ${credential?.generation} ${world.store.log.at(-1)}`),
    );
    await world.clock.settle();
    world.answers.push(() => {
      expect(world.lease.held.has(id)).toBe(true);
      expect(world.store.records.get(`intent/${id}`)?.facts).toMatchObject({ generation: 1, pid: 1 });
      return fresh(world) as never;
    });
    const outcome = await settled(world, refresher.renew(id, DUE));
    expect(shape(outcome)).toBe('fresh access-2 refresh-2 live');
    expect(world.store.log).toEqual([
      'reserve credential',
      'write intent',
      'POST',
      'write credential',
      'remove intent',
      'release credential',
    ]);
    expect(told).toEqual(['refreshed 2 write credential']);
    expect(world.lease.held.size).toBe(0);
    expect(world.seen[0]?.params).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'refresh-1',
      resource: 'https://mcp.example/mcp',
    });
  });

  test('of a token that is not due asks nobody', async () => {
    const { world, refresher, vault } = await dueWorld();
    const { id } = await vault.create(loginParts(world.clock.now()));
    expect(shape(await refresher.renew(id, DUE))).toBe('adopted access-1 refresh-1 live');
    expect(world.seen).toEqual([]);
  });

  test('of a login without a refresh token ends without a request', async () => {
    const { world, refresher, vault, login } = await dueWorld();
    const { refreshToken: _, ...bare } = login.tokens;
    const { id } = await vault.create({ ...login, tokens: bare });
    const outcome = await refresher.renew(id, DUE);
    expect(outcome).toMatchObject({ kind: 'ended', detail: expect.stringContaining('gave no refresh token') });
    expect(world.seen).toEqual([]);
  });

  test('of a tombstone ends without a request', async () => {
    const { world, refresher, vault, id, login } = await dueWorld();
    await vault.markRefused(login, 'invalid_grant');
    expect(await refresher.renew(id, DUE)).toMatchObject({ kind: 'ended', detail: 'invalid_grant' });
    expect(world.seen).toEqual([]);
  });

  test('of a login that is gone ends', async () => {
    const { refresher } = vaultWorld().process();
    expect(await refresher.renew('ab', DUE)).toEqual({ kind: 'ended', detail: 'no sign-in is kept' });
  });

  test('of a machine’s login asks again as it did the first time', async () => {
    const { world, refresher, vault, login } = await dueWorld();
    const { refreshToken: _, ...bare } = login.tokens;
    const { id } = await vault.create({ ...login, grant: 'client_credentials', tokens: bare });
    world.answers.push(tokens('access-2', { now: world.clock.now() }));
    expect(shape(await settled(world, refresher.renew(id, DUE)))).toBe('fresh access-2 - live');
    expect(world.seen[0]?.params).toMatchObject({ grant_type: 'client_credentials', scope: 'read write' });
  });

  test('[refresh.merge] keeps the refresh token and the scopes that the answer leaves out', async () => {
    const { world, refresher, id } = await dueWorld();
    world.answers.push(tokens('access-2', { now: world.clock.now() }));
    const outcome = await settled(world, refresher.renew(id, DUE));
    expect(shape(outcome)).toBe('fresh access-2 refresh-1 live');
    expect(outcome.credential?.tokens.scopes).toEqual(['read']);
    expect(wordsOf(await held(world, id))).toBe('access-2 refresh-1 live');
  });
});

describe('[refresh.single-flight] many callers', () => {
  test('of eight processes with ten callers each redeem once; the others adopt', async () => {
    const { world, id } = await dueWorld();
    world.answers.push(async () => {
      await world.clock.sleep(500);
      return fresh(world) as never;
    });
    const processes = Array.from({ length: 8 }, (_, n) => world.process(n + 1).refresher);
    const renewals = processes.flatMap((refresher) => Array.from({ length: 10 }, () => refresher.renew(id, DUE)));
    const outcomes: RefreshOutcome[] = [];
    for (const renewal of renewals) outcomes.push(await settled(world, renewal));
    expect(world.seen.length).toBe(1);
    expect(new Set(outcomes.map(({ credential }) => wordsOf(credential)))).toEqual(
      new Set(['access-2 refresh-2 live']),
    );
    expect(outcomes.filter(({ kind }) => kind === 'fresh').length).toBe(10);
  });

  test('[refresh.fail-closed] wait at most leaseWaitMs for another process, then go on with the old token, told as busy', async () => {
    const { world, refresher, id } = await dueWorld();
    const other = world.process(2).refresher;
    void other.renew(id, DUE);
    await world.clock.settle();
    const began = world.clock.monotonic();
    const outcome = await settled(world, refresher.renew(id, DUE));
    expect(outcome).toMatchObject({ kind: 'kept', cause: 'busy', retryInMs: 5_000 });
    expect(outcome).toMatchObject({ fault: { reason: 'refresh-failed', detail: expect.stringContaining('busy') } });
    expect(wordsOf(outcome.credential)).toBe('access-1 refresh-1 live');
    expect(world.clock.monotonic() - began).toBeLessThanOrEqual(15_200);
    expect(world.seen.length).toBe(1);
  });

  test('of a login that a person renews meanwhile get the new one, and the redeemed tokens do not overwrite it', async () => {
    const { world, refresher, id, login } = await dueWorld();
    const other = world.process(2).vault;
    world.answers.push(async () => {
      await other.create({
        ...login,
        tokens: { ...login.tokens, obtainedAt: world.clock.now(), expiresAt: world.clock.now() + 3_600_000 },
      });
      return fresh(world) as never;
    });
    expect(shape(await settled(world, refresher.renew(id, DUE)))).toBe('adopted access-1 refresh-1 live');
    expect(await held(world, id)).toMatchObject({ generation: 2 });
  });

  test('of a login that is signed out meanwhile are told that it is gone', async () => {
    const { world, refresher, id } = await dueWorld();
    world.answers.push(async () => {
      await world.process(2).vault.remove(id);
      return fresh(world) as never;
    });
    expect((await settled(world, refresher.renew(id, DUE))).kind).toBe('ended');
    expect(await held(world, id)).toBeUndefined();
  });
});

describe('[refresh.sent-token] a 401', () => {
  test('to a token that is no longer the one that is kept adopts the newer one', async () => {
    const { world, refresher, id } = await dueWorld();
    world.answers.push(fresh(world));
    await settled(world, refresher.renew(id, DUE));
    const outcome = await refresher.renew(id, { ...REFUSED, sentGeneration: 1 });
    expect(shape(outcome)).toBe('adopted access-2 refresh-2 live');
    expect(world.seen.length).toBe(1);
  });

  test('to the token that is kept renews it, due or not', async () => {
    const { world, refresher, vault } = await dueWorld();
    const { id, generation } = await vault.create(loginParts(world.clock.now()));
    world.answers.push(fresh(world));
    const outcome = await settled(world, refresher.renew(id, { ...REFUSED, sentGeneration: generation }));
    expect(shape(outcome)).toBe('fresh access-2 refresh-2 live');
  });

  test('[refresh.gap] to the new token as well waits for refreshGapMs, in every process', async () => {
    const { world, refresher, id } = await dueWorld();
    world.answers.push(fresh(world), fresh(world, 3));
    await settled(world, refresher.renew(id, { ...REFUSED, sentGeneration: 1 }));
    await world.clock.advance(10_000);
    for (const process of [refresher, world.process(2).refresher]) {
      const outcome = await process.renew(id, { ...REFUSED, sentGeneration: 2 });
      expect(outcome).toMatchObject({ kind: 'kept' });
      expect(outcome.kind === 'kept' && outcome.retryInMs).toBeLessThanOrEqual(50_000);
      expect(outcome.kind === 'kept' && outcome.retryInMs).toBeGreaterThan(49_000);
    }
    expect(world.seen.length).toBe(1);
    await world.clock.advance(50_000);
    const outcome = await settled(world, refresher.renew(id, { ...REFUSED, sentGeneration: 2 }));
    expect(shape(outcome)).toBe('fresh access-3 refresh-3 live');
  });
});

describe('[refresh.room-first] a disk that takes nothing', () => {
  test.each(['reserve credential', 'write intent'])(
    'at the step "%s": no request, the old token stays',
    async (step) => {
      const { world, refresher, id } = await dueWorld();
      world.store.full.add(step);
      const outcome = await settled(world, refresher.renew(id, DUE));
      expect(outcome).toMatchObject({ kind: 'kept', cause: 'store', retryInMs: 5_000 });
      expect(outcome.kind === 'kept' && outcome.fault?.detail).toMatch(/^ERR_STORE_UNWRITABLE: .*\/state\/credentials/);
      expect(world.seen).toEqual([]);
      expect(world.lease.held.size).toBe(0);
      world.store.full.clear();
      world.answers.push(fresh(world));
      await world.clock.advance(5_000);
      expect(shape(await settled(world, refresher.renew(id, DUE)))).toBe('fresh access-2 refresh-2 live');
    },
  );

  test('that cannot be read keeps the login that was seen last', async () => {
    const { world, refresher, id } = await dueWorld();
    world.store.unreadable = true;
    const outcome = await settled(world, refresher.renew(id, DUE));
    expect(outcome).toMatchObject({ kind: 'kept', cause: 'store' });
    expect(wordsOf(outcome.credential)).toBe('access-1 refresh-1 live');
    await expect(world.process(2).refresher.renew(id, DUE)).rejects.toMatchObject({ code: 'ERR_STORE_UNREADABLE' });
  });
});

describe('[refresh.unsaved] new tokens that cannot be written', () => {
  test('are written by a later try within two seconds', async () => {
    const { world, refresher, id } = await dueWorld();
    world.store.fails.set('write credential', 6);
    world.answers.push(fresh(world));
    const outcome = await settled(world, refresher.renew(id, DUE));
    expect(outcome).not.toHaveProperty('fault');
    expect(shape(outcome)).toBe('fresh access-2 refresh-2 live');
    expect(wordsOf(await held(world, id))).toBe('access-2 refresh-2 live');
  });

  test('are used from memory, marked, kept from every other process, and written when it works', async () => {
    const { world, refresher, vault, id } = await dueWorld();
    world.store.full.add('write credential');
    world.answers.push(fresh(world));
    const outcome = await settled(world, refresher.renew(id, DUE));
    expect(outcome).toMatchObject({ kind: 'fresh', fault: { detail: expect.stringContaining('/state/credentials') } });
    expect(wordsOf(await vault.read(id))).toBe('access-2 refresh-2 live');
    expect(vault.info(outcome.credential as Credential).unsaved).toBe(true);
    // Another process still reads the spent token, and must not redeem it.
    const other = await settled(world, world.process(2).refresher.renew(id, DUE));
    expect(other).toMatchObject({ kind: 'kept', cause: 'busy' });
    expect(world.seen.length).toBe(1);
    world.store.full.clear();
    await world.clock.advance(2_100);
    expect(wordsOf(await held(world, id))).toBe('access-2 refresh-2 live');
    expect(vault.info((await vault.read(id)) as Credential).unsaved).toBeUndefined();
    expect(world.lease.held.size).toBe(0);
    expect(shape(await settled(world, world.process(3).refresher.renew(id, DUE)))).toBe(
      'adopted access-2 refresh-2 live',
    );
  });

  test('are not renewed again before they are written', async () => {
    const { world, refresher, id } = await dueWorld();
    world.store.full.add('write credential');
    world.answers.push(
      tokens('access-2', { refresh: 'refresh-2', now: world.clock.now(), lifeMs: 10_000 }),
      fresh(world, 3),
    );
    await settled(world, refresher.renew(id, DUE));
    await world.clock.advance(10_000);
    expect(await settled(world, refresher.renew(id, DUE))).toMatchObject({ kind: 'kept', cause: 'store' });
    expect(world.seen.length).toBe(1);
    world.store.full.clear();
    await world.clock.advance(6_000);
    expect(shape(await settled(world, refresher.renew(id, DUE)))).toBe('fresh access-3 refresh-3 live');
    expect(world.seen[1]?.refreshToken).toBe('refresh-2');
  });

  test('make way for a new sign-in and for signing out', async () => {
    const { world, refresher, vault, id, login } = await dueWorld();
    world.store.full.add('write credential');
    world.answers.push(fresh(world));
    await settled(world, refresher.renew(id, DUE));
    world.store.full.clear();
    await vault.create(login);
    await world.clock.advance(3_000);
    expect(wordsOf(await vault.read(id))).toBe('access-1 refresh-1 live');
    expect(world.lease.held.size).toBe(0);
    expect(await refresher.alone(id, () => vault.remove(id))).toBe(true);
    expect(await vault.read(id)).toBeUndefined();
  });

  test('a write that failed after it was done is found to be done', async () => {
    const { world, refresher, id } = await dueWorld();
    const write = world.store.write.bind(world.store);
    let once = true;
    world.store.write = async (...args) => {
      const record = await write(...args);
      if (args[0] === 'credential' && once) {
        once = false;
        throw new Error('EIO at the fsync of the folder');
      }
      return record;
    };
    world.answers.push(fresh(world));
    const outcome = await settled(world, refresher.renew(id, DUE));
    expect(shape(outcome)).toBe('fresh access-2 refresh-2 live');
    expect(outcome.credential?.generation).toBe(2);
  });
});

describe('[refresh.retry-unsent] a request that did not arrive', () => {
  test('is sent three times in all, then the login rests', async () => {
    const { world, refresher, id } = await dueWorld();
    world.answers.push(unsent, unsent, unsent, fresh(world));
    const began = world.clock.monotonic();
    const outcome = await settled(world, refresher.renew(id, DUE));
    expect(outcome).toMatchObject({ kind: 'kept', fault: { reason: 'refused' } });
    expect(world.seen.length).toBe(3);
    expect(world.clock.monotonic() - began).toBeLessThan(4_000);
    expect(world.store.records.has(`intent/${id}`)).toBe(false);
    // No request before the rest is over.
    expect(await refresher.renew(id, DUE)).toMatchObject({ kind: 'kept' });
    expect(world.seen.length).toBe(3);
    await world.clock.advance(outcome.kind === 'kept' ? (outcome.retryInMs ?? 0) : 0);
    expect(shape(await settled(world, refresher.renew(id, DUE)))).toBe('fresh access-2 refresh-2 live');
  });
});

describe('[refresh.retry-lost] a request whose answer is lost', () => {
  test('is sent again at once, at most twice, with the same token', async () => {
    const { world, refresher, id } = await dueWorld();
    world.answers.push(lost, lost, lost, lost);
    const outcome = await settled(world, refresher.renew(id, DUE));
    expect(outcome).toMatchObject({ kind: 'kept', fault: { reason: 'reset' } });
    expect(world.seen.map(({ refreshToken }) => refreshToken)).toEqual(['refresh-1', 'refresh-1', 'refresh-1']);
    expect(new Set(world.seen.map(({ at }) => at)).size).toBe(1);
    expect(world.store.records.get(`intent/${id}`)?.facts).toMatchObject({ generation: 1 });
  });

  test('is saved by the grace of the server', async () => {
    const { world, refresher, id } = await dueWorld();
    world.answers.push(lost, fresh(world));
    expect(shape(await settled(world, refresher.renew(id, DUE)))).toBe('fresh access-2 refresh-2 live');
  });

  test('is not sent again once the eight seconds are over', async () => {
    const { world, refresher, id } = await dueWorld();
    world.answers.push(async () => {
      await world.clock.sleep(8_000);
      return lost;
    });
    expect(await settled(world, refresher.renew(id, DUE))).toMatchObject({ kind: 'kept' });
    expect(world.seen.length).toBe(1);
  });
});

describe('[refresh.outcome-unknown] invalid_grant', () => {
  const UNKNOWN = { kind: 'ended', credential: { status: 'refused', refusal: 'refresh-outcome-unknown' } };

  test.each<[string, readonly Scripted[]]>([
    ['after a lost answer', [lost, refused('invalid_grant')]],
    ['after a lost answer and one that did not arrive', [lost, unsent, refused('invalid_grant')]],
  ])('%s', async (_title, answers) => {
    const { world, refresher, id } = await dueWorld();
    world.answers.push(...answers);
    const outcome = await settled(world, refresher.renew(id, DUE));
    expect(outcome).toMatchObject(UNKNOWN);
    expect(outcome).toMatchObject({ detail: expect.stringContaining('without a known outcome') });
    expect(world.store.records.has(`intent/${id}`)).toBe(false);
  });

  test.each([
    ['502', answered(502)],
    ['a time-out', lost],
  ])('in a later redemption, after %s in the first', async (_title, first) => {
    const { world, refresher, id } = await dueWorld();
    world.answers.push(first, ...(first === lost ? [lost, lost] : []), refused('invalid_grant'));
    expect((await settled(world, refresher.renew(id, DUE))).kind).toBe('kept');
    await world.clock.advance(2_000);
    expect(await settled(world, world.process(2).refresher.renew(id, DUE))).toMatchObject(UNKNOWN);
  });

  test('after the process of an earlier redemption has died', async () => {
    const { world, refresher, id } = await dueWorld();
    world.store.records.set(`intent/${id}`, {
      id,
      generation: 3,
      facts: { generation: 1, startedAt: world.clock.now() - 5_000, pid: 77 },
      secrets: {},
    });
    world.answers.push(refused('invalid_grant'));
    expect(await settled(world, refresher.renew(id, DUE))).toMatchObject(UNKNOWN);
  });

  test('after the process of an earlier generation has died is a plain one', async () => {
    const { world, refresher, id } = await dueWorld();
    world.store.records.set(`intent/${id}`, { id, generation: 3, facts: { generation: 0 }, secrets: {} });
    world.answers.push(refused('invalid_grant'));
    expect(await settled(world, refresher.renew(id, DUE))).toMatchObject({ credential: { refusal: 'invalid_grant' } });
  });

  test('that cannot be written down is told the same way when it is refused again', async () => {
    const { world, refresher, id } = await dueWorld();
    world.store.full.add('write credential');
    world.answers.push(lost, refused('invalid_grant'), refused('invalid_grant'));
    expect(await settled(world, refresher.renew(id, DUE))).toMatchObject(UNKNOWN);
    world.store.full.clear();
    expect(await settled(world, world.process(2).refresher.renew(id, DUE))).toMatchObject(UNKNOWN);
    expect((await held(world, id))?.refusal).toBe('refresh-outcome-unknown');
  });

  test('a grace of the server saves what a dead process left behind', async () => {
    const { world, refresher, id } = await dueWorld();
    world.store.records.set(`intent/${id}`, { id, generation: 1, facts: { generation: 1 }, secrets: {} });
    world.answers.push(fresh(world));
    expect(shape(await settled(world, refresher.renew(id, DUE)))).toBe('fresh access-2 refresh-2 live');
    expect(world.store.records.has(`intent/${id}`)).toBe(false);
  });
});

describe('[refresh.refused] invalid_grant', () => {
  test.each(['invalid_grant', 'bad_refresh_token', 'invalid_refresh_token'])(
    '%s makes a tombstone; the access token stays',
    async (error) => {
      const { world, refresher, id } = await dueWorld();
      world.answers.push(refused(error));
      const outcome = await settled(world, refresher.renew(id, DUE));
      expect(outcome).toMatchObject({ kind: 'ended', credential: { status: 'refused', refusal: 'invalid_grant' } });
      expect(wordsOf(await held(world, id))).toBe('access-1 refresh-1 refused');
      // And nobody asks again.
      expect((await world.process(2).refresher.renew(id, DUE)).kind).toBe('ended');
      expect(world.seen.length).toBe(1);
    },
  );

  test('to a token that another process has replaced without the lease adopts the new one', async () => {
    const { world, refresher, vault, id, login } = await dueWorld();
    world.answers.push(async () => {
      await world
        .process(2)
        .vault.replace(
          { ...login, tokens: { ...login.tokens, expiresAt: world.clock.now() + 3_600_000 } },
          { last: 'refresh' },
        );
      return refused('invalid_grant');
    });
    expect(shape(await settled(world, refresher.renew(id, DUE)))).toBe('adopted access-1 refresh-1 live');
    expect((await vault.read(id))?.status).toBe('live');
  });

  test('that cannot be written down is not asked for again at once', async () => {
    const { world, refresher, id } = await dueWorld();
    world.store.full.add('write credential');
    world.answers.push(refused('invalid_grant'));
    for (let n = 0; n < 3; n += 1)
      expect(await settled(world, refresher.renew(id, DUE))).toMatchObject({
        kind: 'ended',
        detail: expect.stringContaining('invalid_grant'),
      });
    expect(world.seen.length).toBe(1);
  });
});

describe('[refresh.client-forgotten] invalid_client', () => {
  test('of a registered client ends the login', async () => {
    const { world, refresher, id } = await dueWorld();
    world.answers.push(refused('invalid_client'));
    const outcome = await settled(world, refresher.renew(id, DUE));
    expect(outcome).toMatchObject({ kind: 'ended', credential: { status: 'refused', refusal: 'invalid_client' } });
  });

  test('of a configured client changes nothing that is kept, because a person can mend it', async () => {
    const { world, refresher, id } = await dueWorld({
      client: { clientId: 'client-1', method: 'none', kind: 'configured' },
    });
    world.answers.push(refused('invalid_client'), fresh(world));
    expect((await settled(world, refresher.renew(id, DUE))).kind).toBe('ended');
    expect((await held(world, id))?.status).toBe('live');
    await world.clock.advance(60_000);
    expect(shape(await settled(world, refresher.renew(id, DUE)))).toBe('fresh access-2 refresh-2 live');
  });
});

describe('[refresh.transient] whatever else the token endpoint does', () => {
  test.each<[string, Scripted]>([
    ['500', answered(500)],
    ['503', answered(503)],
    ['429', answered(429)],
    ['200 with server_error', { kind: 'refused', error: 'server_error', status: 200 }],
    ['temporarily_unavailable', refused('temporarily_unavailable')],
    ['invalid_scope', refused('invalid_scope')],
    ['unauthorized_client', refused('unauthorized_client')],
    ['an error nobody knows', refused('teapot')],
  ])('%s: tokens and status stay, and the next renewal succeeds', async (_title, answer) => {
    const { world, refresher, id } = await dueWorld();
    world.answers.push(answer, fresh(world));
    const outcome = await settled(world, refresher.renew(id, DUE));
    expect(shape(outcome)).toBe('kept access-1 refresh-1 live');
    expect(wordsOf(await held(world, id))).toBe('access-1 refresh-1 live');
    await world.clock.advance(outcome.kind === 'kept' ? (outcome.retryInMs ?? 0) : 0);
    expect(shape(await settled(world, refresher.renew(id, DUE)))).toBe('fresh access-2 refresh-2 live');
  });

  test('rests longer after each failure, at most a minute', async () => {
    const { world, refresher, id } = await dueWorld();
    const rests: number[] = [];
    for (let n = 0; n < 9; n += 1) {
      world.answers.push(answered(503));
      const outcome = await settled(world, refresher.renew(id, DUE));
      const rest = outcome.kind === 'kept' ? (outcome.retryInMs ?? 0) : 0;
      rests.push(rest);
      await world.clock.advance(rest);
    }
    rests.forEach((rest, n) => {
      const most = Math.min(60_000, 1_000 * 2 ** n);
      expect(rest).toBeGreaterThanOrEqual(most / 2);
      expect(rest).toBeLessThanOrEqual(most + 1);
    });
  });

  test.each([
    ['7 s', 7_000, 7_000],
    ['an hour: five minutes', 3_600_000, 300_000],
  ])('[refresh.retry-after] Retry-After of %s: no request before', async (_title, asked, least) => {
    const { world, refresher, id } = await dueWorld();
    world.answers.push(answered(429, asked), fresh(world));
    const outcome = await settled(world, refresher.renew(id, DUE));
    const rest = outcome.kind === 'kept' ? (outcome.retryInMs ?? 0) : 0;
    expect(rest).toBeGreaterThanOrEqual(least);
    expect(rest).toBeLessThanOrEqual(least * 1.1 + 1);
    await world.clock.advance(least - 100);
    expect((await refresher.renew(id, DUE)).kind).toBe('kept');
    expect(world.seen.length).toBe(1);
    await world.clock.advance(rest - least + 100);
    expect(shape(await settled(world, refresher.renew(id, DUE)))).toBe('fresh access-2 refresh-2 live');
  });
});

describe('[refresh.idle] the end of a process', () => {
  test('waits for a redemption under way', async () => {
    const { world, refresher, id } = await dueWorld();
    world.answers.push(async () => {
      await world.clock.sleep(3_000);
      return fresh(world) as never;
    });
    const renewal = refresher.renew(id, DUE);
    await world.clock.settle();
    let idle = false;
    void refresher.idle().then(() => {
      idle = true;
      return undefined;
    });
    await world.clock.advance(2_900);
    expect(idle).toBe(false);
    await world.clock.advance(200);
    expect(idle).toBe(true);
    expect((await renewal).kind).toBe('fresh');
  });

  test('waits no longer than 10 s, and not at all where nothing is under way', async () => {
    const { world, refresher, id } = await dueWorld();
    await refresher.idle();
    void refresher.renew(id, DUE);
    await world.clock.settle();
    let idle = false;
    void refresher.idle().then(() => {
      idle = true;
      return undefined;
    });
    await world.clock.advance(9_900);
    expect(idle).toBe(false);
    await world.clock.advance(200);
    expect(idle).toBe(true);
  });
});
