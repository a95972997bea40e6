/**
 * Finds out whether a server offers a sign-in (BEHAVIOUR §3a, row d) without sending it anything that the entry holds.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import type { EffectiveRemote } from '../../core/entry.ts';
import type { Challenge } from '../../core/fault.ts';
import type { Numbers } from '../../core/numbers.ts';
import type { Advertised } from '../../core/ports.ts';
import { refusesLiteral, type AddressPolicy } from '../../net/address-policy.ts';
import { bearerParam } from '../../net/challenge.ts';
import type { Fetch } from '../../net/dispatcher.ts';
import { guardedFetch, type GuardedAnswer } from '../../net/guarded-fetch.ts';
import { jsonObject, metadataPlaces, type MetadataPlace } from './places.ts';

/** How long an answer is used again. Short: what a server offers changes while it is being deployed. */
export const ADVERTISED_MS = 60_000;
/** Requests of one discovery, retries and redirects included. */
const MOST_REQUESTS = 6;
const MOST_REMEMBERED = 1_000;
/** The whole discovery may take this many times the limit of one request. */
const WHOLE = 1.5;

const REFUSALS: ReadonlySet<string> = new Set(['ERR_URL_REFUSED', 'ERR_ADDRESS_REFUSED']);

/** The world of the discovery. */
export interface AdvertiseDeps {
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** Default `local-user`. */
  readonly addressMode?: AddressPolicy['mode'];
}

type Ask = { readonly numbers: Numbers; readonly signal: AbortSignal };
type Asked = GuardedAnswer | 'over';

/** Remembers, in memory only and by the endpoint's URL, what was found. */
export class Advertising {
  readonly #deps: AdvertiseDeps;
  readonly #found = new Map<string, { readonly advertised: Advertised; readonly until: number }>();

  constructor(deps: AdvertiseDeps) {
    this.#deps = deps;
  }

  /**
   * Whether the server offers a sign-in: by its challenge, by the entry's own `oauth`, by resource metadata, or by
   * authorization-server metadata at its origin. Never throws; a server that does not answer offers nothing, and is
   * asked again the next time.
   */
  async advertises(endpoint: EffectiveRemote, challenges: readonly Challenge[], ask: Ask): Promise<Advertised> {
    const policy: AddressPolicy = { mode: this.#deps.addressMode ?? 'local-user', serverUrl: endpoint.url };
    const challenged = URL.canParse(endpoint.url) ? challengedUrl(challenges, policy) : undefined;
    if (challenged !== undefined) return { offered: true, by: 'challenge', url: challenged };
    if (endpoint.oauth !== undefined) return { offered: true, by: 'entry' };
    const known = this.#found.get(endpoint.url);
    if (known !== undefined && known.until > this.#deps.clock.monotonic()) return known.advertised;
    if (!URL.canParse(endpoint.url)) return { offered: false };
    return this.#discover(endpoint.url, policy, ask);
  }

  /** Forgets what was found for an endpoint; says whether there was something. */
  forget(url: string): boolean {
    return this.#found.delete(url);
  }

  async #discover(url: string, policy: AddressPolicy, ask: Ask): Promise<Advertised> {
    const discovery = new Discovery(this.#deps, policy, ask);
    let certain = true;
    for (const place of metadataPlaces(new URL(url))) {
      const answer = await discovery.get(place.url);
      if (answer === 'over') certain = false;
      else if (answer.ok) {
        if (isDescribed(place, answer.text))
          return this.#remember(url, { offered: true, by: place.by, url: place.url });
      } else if (isTrouble(answer)) certain = false;
    }
    return certain ? this.#remember(url, { offered: false }) : { offered: false };
  }

  #remember(url: string, advertised: Advertised): Advertised {
    const now = this.#deps.clock.monotonic();
    for (const [key, { until }] of this.#found) if (until <= now) this.#found.delete(key);
    if (this.#found.size < MOST_REMEMBERED) this.#found.set(url, { advertised, until: now + ADVERTISED_MS });
    return advertised;
  }
}

/** Whether there was no answer that would stay the same. A refused URL or address is one that would. */
function isTrouble(got: GuardedAnswer): got is Extract<GuardedAnswer, { readonly ok: false }> {
  if (got.ok) return false;
  const { answer } = got;
  return answer.kind === 'timeout' || (answer.kind === 'network' && !REFUSALS.has(answer.errno));
}

function isDescribed(place: MetadataPlace, text: string): boolean {
  const document = jsonObject(text);
  return document !== undefined && place.describes(document);
}

/** `resource_metadata` (RFC 9728 §5.1), if it is an http(s) URL to which this server may point. */
function challengedUrl(challenges: readonly Challenge[], policy: AddressPolicy): string | undefined {
  const text = bearerParam(challenges, 'resource_metadata');
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || refusesLiteral(url, policy)) return undefined;
  return url.href;
}

/** The requests of one discovery under one count and one limit of time. */
class Discovery {
  readonly #deps: AdvertiseDeps;
  readonly #policy: AddressPolicy;
  readonly #ask: Ask;
  readonly #endsAt: number;
  #left = MOST_REQUESTS;

  constructor(deps: AdvertiseDeps, policy: AddressPolicy, ask: Ask) {
    this.#deps = deps;
    this.#policy = policy;
    this.#ask = ask;
    this.#endsAt = deps.clock.monotonic() + ask.numbers.metadataTimeoutMs * WHOLE;
  }

  /** One document, asked for once more after a network error; `over` when nothing may be asked any more. */
  async get(url: string): Promise<Asked> {
    const first = await this.#once(url);
    const again = first !== 'over' && isTrouble(first) && first.answer.kind === 'network';
    return again ? this.#once(url) : first;
  }

  async #once(url: string): Promise<Asked> {
    const leftMs = this.#endsAt - this.#deps.clock.monotonic();
    if (this.#left === 0 || leftMs <= 0 || this.#ask.signal.aborted) return 'over';
    const { numbers, signal } = this.#ask;
    return guardedFetch(url, {
      timeoutMs: Math.min(numbers.metadataTimeoutMs, leftMs),
      maxBytes: numbers.metadataBytes,
      maxRedirects: Math.min(numbers.metadataRedirects, this.#left - 1),
      signal,
      addressPolicy: this.#policy,
      clock: this.#deps.clock,
      fetch: (target, init) => {
        this.#left -= 1;
        return this.#deps.fetch(target, init);
      },
    });
  }
}
