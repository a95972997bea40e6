/**
 * Redemptions in a process of their own, as the one that waits sees them.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { reportLine } from '../../../../src/auth/vault/redeem-detached.ts';
import type { HelperEnd, RunHelper } from '../../../../src/auth/vault/redeem-detached.ts';
import type { RenewAsk } from '../../../../src/auth/vault/renewal.ts';
import type { Refresher } from '../../../../src/auth/vault/refresh.ts';
import { NUMBERS, loginParts, refused, tokens, unsent, vaultWorld, wordsOf } from '../../../support/vault-world.ts';

const DUE: RenewAsk = { numbers: NUMBERS, why: 'due' };

/** A login that is due, a helper that does what a test says, and what the two together make. */
async function helped(run: (inner: Refresher) => RunHelper) {
  const world = vaultWorld();
  Object.assign(world.store, { persistence: 'files' });
  const inner = world.process(2).refresher;
  const { vault, refresher } = world.process(1, { redeem: run(inner) });
  const { id } = await vault.create(loginParts(world.clock.now(), { lifeMs: 100_000 }));
  await world.clock.advance(90_000);
  return { world, vault, refresher, id };
}

/** A helper that really redeems and says what happened. */
const honest =
  (inner: Refresher): RunHelper =>
  async (id, { numbers }) => ({ kind: 'report', line: reportLine(await inner.renew(id, { numbers, why: 'due' })) });
const fixed =
  (end: HelperEnd): (() => RunHelper) =>
  () =>
  async () =>
    end;
const saying = (report: unknown) => fixed({ kind: 'report', line: `${JSON.stringify(report)}\n` });

describe('[refresh.detached] a helper', () => {
  test('that redeems leaves the tokens in the store, and its line holds none', async () => {
    const lines: string[] = [];
    const { world, refresher, id } = await helped((inner) => async (asked, ask) => {
      const end = await honest(inner)(asked, ask);
      if (end.kind === 'report') lines.push(end.line);
      return end;
    });
    world.answers.push(tokens('access-2', { refresh: 'refresh-2', now: world.clock.now() }));
    const outcome = await refresher.renew(id, DUE);
    expect(`${outcome.kind} ${wordsOf(outcome.credential)}`).toBe('fresh access-2 refresh-2 live');
    expect(lines).toEqual(['{"kind":"fresh"}\n']);
  });

  test('whose token is refused ends the login with its words', async () => {
    const { world, refresher, id } = await helped(honest);
    world.answers.push(refused('invalid_grant'));
    expect(await refresher.renew(id, DUE)).toMatchObject({
      kind: 'ended',
      credential: { status: 'refused' },
      detail: expect.stringContaining('no longer accepts'),
    });
  });

  test('that meets trouble passes fault and rest on', async () => {
    const { world, refresher, id } = await helped((inner) => async (asked, ask) => {
      const end = honest(inner)(asked, ask);
      await world.clock.advance(5_000);
      return end;
    });
    world.answers.push(unsent, unsent, unsent);
    const outcome = await refresher.renew(id, DUE);
    expect(outcome).toMatchObject({ kind: 'kept', fault: { reason: 'refused' } });
    expect(outcome.kind === 'kept' && outcome.retryInMs).toBeGreaterThan(0);
  });

  test('that is gone without a word is stood in for', async () => {
    const { world, refresher, id } = await helped(fixed({ kind: 'gone' }));
    world.answers.push(tokens('access-2', { now: world.clock.now() }));
    expect(wordsOf((await refresher.renew(id, DUE)).credential)).toBe('access-2 refresh-1 live');
  });

  test('that runs for too long is told as busy, and nobody redeems a second time', async () => {
    const { world, refresher, id } = await helped(fixed({ kind: 'running' }));
    expect(await refresher.renew(id, DUE)).toMatchObject({ kind: 'kept', cause: 'busy' });
    expect(world.seen).toEqual([]);
  });

  test.each([
    ['nonsense', fixed({ kind: 'report', line: '<html>\n' })],
    ['new tokens that are nowhere', saying({ kind: 'fresh' })],
    ['an unknown kind', saying({ kind: 'splendid' })],
    ['null', saying(null)],
  ])('that says %s changes nothing', async (_title, run) => {
    const { refresher, id } = await helped(run);
    const outcome = await refresher.renew(id, DUE);
    expect(`${outcome.kind} ${wordsOf(outcome.credential)}`).toBe('kept access-1 refresh-1 live');
  });

  test('is not used for logins that only this process has', async () => {
    const world = vaultWorld();
    const { vault, refresher } = world.process(1, { redeem: () => Promise.reject(new Error('must not run')) });
    const { id } = await vault.create(loginParts(world.clock.now(), { lifeMs: 1_000 }));
    await world.clock.advance(900);
    world.answers.push(tokens('access-2', { now: world.clock.now() }));
    expect((await refresher.renew(id, DUE)).kind).toBe('fresh');
  });
});
