/**
 * The world of a sign-in without sockets: a function of the URL answers each request, and every request is kept.
 *
 * @module
 */
import type { OAuthAsk, OAuthDeps } from '../../src/auth/deps.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { seededRandom } from '../../src/base/random.ts';
import { Redactor } from '../../src/base/secret.ts';
import { resolveNumbers, type NumberOverrides } from '../../src/core/numbers.ts';
import type { FetchInit } from '../../src/net/dispatcher.ts';
import { createMemoryLease, createMemoryStore, type MemoryStore } from '../../src/testing/memory-store.ts';
import { createVirtualClock, type VirtualClock } from '../../src/testing/virtual-clock.ts';

/** One request as it would have gone out. */
export interface Asked {
  readonly url: string;
  readonly init: FetchInit;
}

/** Answers one request; what it does not answer is a 404. */
export type Answering = (url: string, init: FetchInit) => Response | Promise<Response> | undefined;

export interface OAuthWorld {
  readonly deps: OAuthDeps & { readonly clock: VirtualClock; readonly store: MemoryStore };
  readonly ask: OAuthAsk;
  readonly asked: readonly Asked[];
  readonly abort: AbortController;
  /** The URLs that were asked, in order. */
  readonly urls: () => readonly string[];
}

export function oauthWorld(
  answer: Answering = () => undefined,
  options: { readonly addressMode?: OAuthDeps['addressMode']; readonly numbers?: NumberOverrides } = {},
): OAuthWorld {
  const clock = createVirtualClock();
  const asked: Asked[] = [];
  const abort = new AbortController();
  return {
    asked,
    abort,
    urls: () => asked.map(({ url }) => url),
    ask: { numbers: resolveNumbers(options.numbers ?? {}), signal: abort.signal },
    deps: {
      clock,
      random: seededRandom(1),
      logger: silentLogger,
      redactor: new Redactor(),
      store: createMemoryStore(),
      lease: createMemoryLease(clock),
      fetch: async (url, init = {}) => {
        asked.push({ url: String(url), init });
        return (await answer(String(url), init)) ?? new Response('not found', { status: 404 });
      },
      ...(options.addressMode === undefined ? {} : { addressMode: options.addressMode }),
    },
  };
}

/** A connection that fails as `fetch` tells it. */
export function networkError(code: string, syscall?: string): Promise<Response> {
  const cause = Object.assign(new Error(code), { code, ...(syscall === undefined ? {} : { syscall }) });
  return Promise.reject(new TypeError('fetch failed', { cause }));
}
