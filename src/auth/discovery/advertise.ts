/**
 * Finds out whether a server offers a sign-in (BEHAVIOUR §3a, row d) without sending it anything that the entry holds.
 *
 * @module
 */
import type { EffectiveRemote } from '../../core/entry.ts';
import type { Challenge } from '../../core/fault.ts';
import type { Advertised } from '../../core/ports.ts';
import { refusesLiteral, type AddressPolicy } from '../../net/address-policy.ts';
import type { OAuthAsk } from '../deps.ts';
import { describesResource, describesServer, jsonObject, type JsonObject } from './documents.ts';
import { isUnanswered, MetadataRequests, type RequestsDeps } from './metadata-requests.ts';
import { challengedPlace, resourcePlaces, serverPlaces } from './places.ts';

/** How long an answer is used again. Short: what a server offers changes while it is being deployed. */
export const ADVERTISED_MS = 60_000;
const MOST_REMEMBERED = 1_000;

/** The world of the discovery. */
export type AdvertiseDeps = RequestsDeps;

/** One place to look. */
interface Place {
  readonly by: NonNullable<Advertised['by']>;
  readonly url: string;
  readonly describes: (document: JsonObject) => boolean;
}

/** Resource metadata (MCP 2025-06-18 and later), then authorization server metadata at the origin (MCP 2025-03-26). */
function placesOf(endpoint: URL): readonly Place[] {
  const [server = ''] = serverPlaces(new URL(endpoint.origin));
  return [
    ...resourcePlaces(endpoint).map((url) => ({ by: 'resource-metadata', url, describes: describesResource }) as const),
    { by: 'authorization-server-metadata', url: server, describes: describesServer },
  ];
}

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
  async advertises(endpoint: EffectiveRemote, challenges: readonly Challenge[], ask: OAuthAsk): Promise<Advertised> {
    const policy: AddressPolicy = { mode: this.#deps.addressMode ?? 'local-user', serverUrl: endpoint.url };
    const challenged = URL.canParse(endpoint.url) ? challengedUrl(challenges, policy) : undefined;
    if (challenged !== undefined) return { offered: true, by: 'challenge', url: challenged };
    if (endpoint.oauth !== undefined) return { offered: true, by: 'entry' };
    const known = this.#found.get(endpoint.url);
    if (known !== undefined && known.until > this.#deps.clock.monotonic()) return known.advertised;
    if (!URL.canParse(endpoint.url)) return { offered: false };
    return this.#discover(endpoint.url, ask);
  }

  /** Forgets what was found for an endpoint; says whether there was something. */
  forget(url: string): boolean {
    return this.#found.delete(url);
  }

  async #discover(url: string, ask: OAuthAsk): Promise<Advertised> {
    const requests = new MetadataRequests(this.#deps, url, ask);
    let certain = true;
    for (const place of placesOf(new URL(url))) {
      const got = await requests.get(place.url);
      if (!got.ok) certain &&= got.over !== true && !isUnanswered(got);
      else if (isDescribed(place, got.text))
        return this.#remember(url, { offered: true, by: place.by, url: place.url });
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

/** Whether a document says what one of its place has to. */
function isDescribed({ describes }: Place, text: string): boolean {
  const document = jsonObject(text);
  return document !== undefined && describes(document);
}

/** `resource_metadata` (RFC 9728 §5.1), if it is an http(s) URL to which this server may point. */
function challengedUrl(challenges: readonly Challenge[], policy: AddressPolicy): string | undefined {
  const url = challengedPlace(challenges);
  return url === undefined || refusesLiteral(url, policy) ? undefined : url.href;
}
