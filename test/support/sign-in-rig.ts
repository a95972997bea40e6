/**
 * One process that signs in, as far as a test needs it: the real parts over a store that several can share.
 *
 * @module
 */
import { createAuth, type Auth } from '../../src/auth/auth.ts';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { systemRandom } from '../../src/base/random.ts';
import { Redactor, Secret } from '../../src/base/secret.ts';
import type { EffectiveEntry } from '../../src/core/entry.ts';
import { resolveNumbers, type NumberOverrides, type Numbers } from '../../src/core/numbers.ts';
import type { HeaderOutcome, SentToken } from '../../src/core/ports.ts';
import type { Lease, Store } from '../../src/core/store.ts';
import type { BeginAsk, LoginBegun, LoginOutcome, LoginWaiting } from '../../src/core/sign-in.ts';
import { parseChallenges } from '../../src/net/challenge.ts';
import type { Fetch } from '../../src/net/dispatcher.ts';
import { createHttp } from '../../src/net/dispatcher.ts';
import {
  createMemoryLease,
  createMemoryStore,
  type MemoryLease,
  type MemoryStore,
} from '../../src/testing/memory-store.ts';
import { remoteEntry, type RemoteFacts } from './remote-entry.ts';

/** What several processes share. */
export interface Disk {
  readonly store: MemoryStore;
  readonly lease: MemoryLease;
}

/** A disk of its own. */
export function newDisk(clock: Clock = systemClock): Disk {
  return { store: createMemoryStore(), lease: createMemoryLease(clock) };
}

/** A process that signs in. */
export interface Rig extends Auth {
  readonly disk: Disk;
  readonly redactor: Redactor;
  readonly numbers: Numbers;
  begin(entry: EffectiveEntry, ask?: Partial<BeginAsk>): Promise<LoginBegun>;
  /** The same, where it must wait for a person. */
  start(entry: EffectiveEntry, ask?: Partial<BeginAsk>): Promise<LoginWaiting>;
  finish(flow: string, callback: string): Promise<LoginOutcome>;
  outcome(flow: string): Promise<LoginOutcome>;
  /** Begins, lets the browser go where the person would, and waits for the end. */
  signIn(entry: EffectiveEntry, ask?: Partial<BeginAsk>): Promise<LoginOutcome>;
  headers(entry: EffectiveEntry, refused?: SentToken): Promise<HeaderOutcome>;
}

/** Makes one. */
export function createRig(
  about: {
    /** One of files will do, too. */
    readonly disk?: { readonly store: Store; readonly lease: Lease };
    readonly clock?: Clock;
    readonly fetch?: Fetch;
    readonly numbers?: NumberOverrides;
  } = {},
): Rig {
  const clock = about.clock ?? systemClock;
  // Only tests that hand one in know of which kind it is.
  const disk = (about.disk ?? newDisk(clock)) as Disk;
  const redactor = new Redactor();
  const numbers = resolveNumbers(about.numbers ?? {});
  const signal = new AbortController().signal;
  const auth = createAuth({
    clock,
    random: systemRandom,
    logger: silentLogger,
    redactor,
    fetch: about.fetch ?? createHttp({ env: {} }).fetch,
    store: disk.store,
    lease: disk.lease,
    baseEnv: {},
    spawn: () => {
      throw new Error('no helper here');
    },
  });
  const { signIns, credentials } = auth;
  const begin: Rig['begin'] = (entry, ask = {}) =>
    signIns.begin(entry, { challenges: [], stepUp: false, numbers, signal, ...ask });
  const start: Rig['start'] = async (entry, ask) => {
    const begun = await begin(entry, ask);
    if (begun.kind !== 'waiting') throw new Error(`nobody is waited for: ${JSON.stringify(begun)}`);
    return begun;
  };
  const outcome: Rig['outcome'] = (flow) => signIns.outcome(flow, signal);
  return {
    ...auth,
    disk,
    redactor,
    numbers,
    begin,
    start,
    outcome,
    finish: (flow, callback) => signIns.finish(flow, callback, { signal }),
    async signIn(entry, ask) {
      const waiting = await start(entry, ask);
      const page = await browse(waiting.url);
      await page.text();
      return outcome(waiting.flow);
    },
    headers: (entry, refused) =>
      credentials.headers(entry, { fresh: false, numbers, signal, ...(refused === undefined ? {} : { refused }) }),
  };
}

/** What a browser does with an address: follows where it leads. */
export function browse(url: string): Promise<Response> {
  return fetch(url, { redirect: 'follow' });
}

/** Where the authorization server sends the browser: the callback, which nobody has taken yet. */
export async function callbackOf(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'manual' });
  const location = response.headers.get('location');
  if (location === null) throw new Error(`no redirect, but HTTP ${response.status}: ${await response.text()}`);
  return location;
}

/** An entry whose sign-in is OAuth. */
export function oauthEntry(facts: RemoteFacts & { readonly profile?: string; readonly name?: string }): EffectiveEntry {
  const { profile, name = 'docs', ...rest } = facts;
  const entry = remoteEntry({ key: JSON.stringify([rest.url, rest.oauth, profile]), ...rest });
  const own = rest.headers !== undefined || rest.helper !== undefined;
  return { ...entry, name, signIn: own ? entry.signIn : 'oauth', ...(profile === undefined ? {} : { profile }) };
}

/** The token that headers carry. */
export function bearerOf(outcome: HeaderOutcome): string | undefined {
  return outcome.ok ? outcome.headers['Authorization']?.reveal() : undefined;
}

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};

/** What the server says to a request with these headers, as challenges and status. */
export async function knock(
  url: string,
  outcome: HeaderOutcome,
  body: Readonly<Record<string, unknown>> = INITIALIZE,
): Promise<{ readonly status: number; readonly challenges: BeginAsk['challenges'] }> {
  const headers = outcome.ok ? Object.entries(outcome.headers) : [];
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...Object.fromEntries(headers.map(([name, value]) => [name, value.reveal()])),
    },
    body: JSON.stringify(body),
  });
  await response.text();
  const challenge = response.headers.get('www-authenticate');
  return { status: response.status, challenges: challenge === null ? [] : parseChallenges(challenge) };
}

/** A secret, shortly. */
export function secret(text: string): Secret {
  return new Secret(text);
}
