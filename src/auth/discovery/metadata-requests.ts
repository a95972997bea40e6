/**
 * The requests of one discovery under one count and one limit of time. They carry nothing that the entry holds.
 *
 * @module
 */
import type { OAuthAsk, OAuthDeps } from '../deps.ts';
import type { Answer } from '../../core/fault.ts';
import { guardedFetch } from '../../net/guarded-fetch.ts';
import type { GuardedReply } from '../../net/guarded-send.ts';

/** Requests of one discovery, retries and redirects included. */
const MOST_REQUESTS = 6;
/** The whole discovery may take this many times the limit of one request. */
const WHOLE = 1.5;

const REFUSALS: ReadonlySet<string> = new Set(['ERR_URL_REFUSED', 'ERR_ADDRESS_REFUSED']);

/** What the requests are made from. */
export type RequestsDeps = Pick<OAuthDeps, 'clock' | 'fetch' | 'addressMode'>;

/** A document, or why there is none. */
export type Asked =
  | GuardedReply
  | {
      readonly ok: false;
      readonly answer: Answer;
      /** Nothing was asked: the count or the time of the discovery is used up, or the caller has given up. */
      readonly over?: true;
    };
type NoDocument = Extract<Asked, { readonly ok: false }>;

/** Whether the URL, or where it redirects to, may not be asked at all. */
export function isRefusal({ answer }: NoDocument): boolean {
  return answer.kind === 'network' && REFUSALS.has(answer.errno);
}

/** Whether there was no answer, so that the next time there may be one. A refused URL or address stays refused. */
export function isUnanswered(got: NoDocument): boolean {
  return got.answer.kind === 'timeout' || (got.answer.kind === 'network' && !isRefusal(got));
}

/** One discovery. */
export class MetadataRequests {
  readonly #deps: RequestsDeps;
  readonly #serverUrl: string;
  readonly #ask: OAuthAsk;
  readonly #endsAt: number;
  #left = MOST_REQUESTS;

  /** `serverUrl` is the url of the entry: what may be asked depends on where it lies. */
  constructor(deps: RequestsDeps, serverUrl: string, ask: OAuthAsk) {
    this.#deps = deps;
    this.#serverUrl = serverUrl;
    this.#ask = ask;
    this.#endsAt = deps.clock.monotonic() + ask.numbers.metadataTimeoutMs * WHOLE;
  }

  /**
   * One document, asked for once more after a network error. `configured`: a person has named this very URL, so that it
   * may lie where a server may not point to.
   */
  async get(url: string, configured = false): Promise<Asked> {
    const first = await this.#once(url, configured);
    const again = !first.ok && first.over !== true && first.answer.kind === 'network' && isUnanswered(first);
    if (!again) return first;
    const second = await this.#once(url, configured);
    return !second.ok && second.over === true ? first : second;
  }

  async #once(url: string, configured: boolean): Promise<Asked> {
    const { clock, fetch, addressMode = 'local-user' } = this.#deps;
    const { numbers, signal } = this.#ask;
    const leftMs = this.#endsAt - clock.monotonic();
    const over = this.#overBy(leftMs);
    if (over !== undefined) return { ok: false, over: true, answer: over };
    return guardedFetch(url, {
      timeoutMs: Math.min(numbers.metadataTimeoutMs, leftMs),
      maxBytes: numbers.metadataBytes,
      maxRedirects: Math.min(numbers.metadataRedirects, this.#left - 1),
      signal,
      addressPolicy: { mode: addressMode, serverUrl: configured ? url : this.#serverUrl },
      clock,
      fetch: (target, init) => {
        this.#left -= 1;
        return fetch(target, init);
      },
    });
  }

  #overBy(leftMs: number): Answer | undefined {
    if (this.#ask.signal.aborted) return { kind: 'timeout', text: 'it was given up before it was asked' };
    if (leftMs <= 0) return { kind: 'timeout', text: 'the whole discovery takes too long' };
    return this.#left > 0 ? undefined : { kind: 'protocol', text: `it takes more than ${MOST_REQUESTS} requests` };
  }
}
