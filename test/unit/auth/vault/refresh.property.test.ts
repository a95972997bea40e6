/**
 * Random lives of one login: processes that renew it, an authorization server that rotates and detects reuse, answers that
 * are lost, disks that fill up, people who sign in again.
 *
 * @module
 */
import { array, assert, asyncProperty, constant, constantFrom, nat, oneof, record, subarray } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';
import type { TokenOutcome } from '../../../../src/auth/token/outcome.ts';
import type { RefreshOutcome } from '../../../../src/auth/vault/renewal.ts';
import type { Credential } from '../../../../src/core/credential.ts';
import { Secret } from '../../../../src/base/secret.ts';
import {
  NUMBERS,
  answered,
  loginParts,
  lost,
  refused,
  tokens,
  unsent,
  vaultWorld,
} from '../../../support/vault-world.ts';
import type { SeenRequest } from '../../../support/vault-world.ts';

const LIFE_MS = 100_000;
const WEATHER = ['fine', 'fine', 'fine', 'unsent', '503', '429', 'lost-before', 'lost-after'] as const;
type Weather = (typeof WEATHER)[number];

type Step =
  | { readonly do: 'renew'; readonly who: number; readonly why: 'due' | 'refused' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'disk'; readonly full: readonly string[] }
  | { readonly do: 'weather'; readonly is: Weather; readonly latencyMs: number }
  | { readonly do: 'sign-in' };

const steps: Arbitrary<Step> = oneof(
  {
    weight: 6,
    arbitrary: record({
      do: constant('renew' as const),
      who: nat(2),
      why: constantFrom('due' as const, 'refused' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: record({ do: constant('wait' as const), ms: constantFrom(10, 400, 3_000, 20_000, 90_000) }),
  },
  {
    weight: 1,
    arbitrary: record({
      do: constant('disk' as const),
      full: subarray(['reserve credential', 'write intent', 'write credential', 'remove intent']),
    }),
  },
  {
    weight: 3,
    arbitrary: record({
      do: constant('weather' as const),
      is: constantFrom(...WEATHER),
      latencyMs: constantFrom(0, 50, 2_000),
    }),
  },
  { weight: 1, arbitrary: record({ do: constant('sign-in' as const) }) },
);

/** An authorization server with one family of tokens for each sign-in; a spent token revokes its family. */
class Authority {
  readonly wrongs: string[] = [];
  /** Refresh tokens whose redemption was committed and whose answer was lost. */
  readonly lostAnswers = new Set<string>();
  readonly #spent = new Set<string>();
  readonly #revoked = new Set<string>();
  #issued = 0;
  weather: Weather = 'fine';
  latencyMs = 0;
  #asking = 0;

  issue(family: string): { readonly access: string; readonly refresh: string } {
    this.#issued += 1;
    return { access: `access-${this.#issued}`, refresh: `${family}/${this.#issued}` };
  }

  /** One request. */
  async answer(refresh: string, clock: { now(): number; sleep(ms: number): Promise<void> }): Promise<TokenOutcome> {
    const { weather } = this;
    if (this.#asking > 0) this.wrongs.push('two requests at the same time');
    this.#asking += 1;
    await clock.sleep(this.latencyMs);
    this.#asking -= 1;
    if (weather === 'unsent') return unsent;
    if (weather === 'lost-before') return lost;
    if (weather === '503') return answered(503);
    if (weather === '429') return answered(429, 5_000);
    const family = refresh.split('/')[0] ?? '';
    if (this.#spent.has(refresh) && !this.lostAnswers.has(refresh)) this.wrongs.push(`${refresh} came twice`);
    if (this.#spent.has(refresh)) this.#revoked.add(family);
    if (this.#revoked.has(family)) return refused('invalid_grant');
    this.#spent.add(refresh);
    const { access, refresh: next } = this.issue(family);
    if (weather === 'lost-after') this.lostAnswers.add(refresh);
    return weather === 'lost-after' ? lost : tokens(access, { refresh: next, now: clock.now(), lifeMs: LIFE_MS });
  }
}

type World = ReturnType<typeof vaultWorld>;

/** A person signs in, under the same key each time. */
function signingIn(world: World, as: Authority): () => Promise<string> {
  let people = 0;
  return async () => {
    people += 1;
    const { access, refresh } = as.issue(`family-${people}`);
    const parts = loginParts(world.clock.now(), { lifeMs: LIFE_MS });
    const given = { ...parts.tokens, accessToken: new Secret(access), refreshToken: new Secret(refresh) };
    const { id } = await world.process(9).vault.create({ ...parts, tokens: given });
    return id;
  };
}

async function live(life: readonly Step[]): Promise<void> {
  const world = vaultWorld();
  const { clock, store } = world;
  const as = new Authority();
  world.answers.shift = () => (request: SeenRequest) => as.answer(request.refreshToken ?? '', clock);
  const processes = [world.process(1), world.process(2), world.process(3)];
  const signIn = signingIn(world, as);
  const id = await signIn();
  const outcomes: RefreshOutcome[] = [];
  const take: { readonly [K in Step['do']]: (step: Extract<Step, { do: K }>) => Promise<unknown> } = {
    wait: ({ ms }) => clock.advance(ms),
    weather: async ({ is, latencyMs }) => Object.assign(as, { weather: is, latencyMs }),
    'sign-in': async () => (store.full.size === 0 ? signIn() : undefined),
    disk: async ({ full }) => {
      store.full.clear();
      for (const what of full) store.full.add(what);
    },
    renew: ({ who, why }) => {
      const ask = { numbers: { ...NUMBERS, refreshGapMs: 1_000 }, why };
      void processes[who]?.refresher.renew(id, ask).then((outcome) => outcomes.push(outcome));
      return clock.settle();
    },
  };
  for (const step of life) await take[step.do](step as never);
  // The storm is over.
  store.full.clear();
  Object.assign(as, { weather: 'fine', latencyMs: 0 });
  await clock.advance(400_000);
  const last = processes[0]?.refresher.renew(id, { numbers: NUMBERS, why: 'due' });
  await clock.advance(20_000);
  expect(as.wrongs).toEqual([]);
  expect(world.lease.held.size).toBe(0);
  expect(outcomes.length).toBe(life.filter((step) => step.do === 'renew').length);
  judge(await world.process(9).vault.read(id), await last, as);
}

/** Lost is only what an answer was lost for, and that is told. */
function judge(kept: Credential | undefined, last: RefreshOutcome | undefined, as: Authority): void {
  if (kept?.status === 'live') {
    expect(['fresh', 'adopted']).toContain(last?.kind);
    return;
  }
  expect(as.lostAnswers.has(kept?.tokens.refreshToken?.reveal() ?? '')).toBe(true);
  expect(kept?.refusal).toBe('refresh-outcome-unknown');
  expect(last?.kind).toBe('ended');
}

test('[refresh.outcome-unknown] in random lives a token is never presented twice unless its answer was lost, and nothing else is lost', async () => {
  await assert(asyncProperty(array(steps, { minLength: 5, maxLength: 40 }), live), { numRuns: 500 });
});
