/**
 * Finds the metadata of an authorization server (RFC 8414, OpenID Connect Discovery) and holds it to its issuer.
 *
 * @module
 */
import type { Authority } from '../../core/credential.ts';
import { isVisible, jsonObject, serverDocument } from './documents.ts';
import type { MetadataRequests } from './metadata-requests.ts';
import { serverPlaces } from './places.ts';
import { findingOf, misconfigured, oddityAt, troubleAt, wrongIssuer, type AskedPlace, type NoWay } from './trouble.ts';

/** Where to look, and who must be found there. */
export interface AuthorityAsk {
  /** The authorization server as it was named. */
  readonly server: string;
  /** Issuers that count; the first one is told where none of them is found. */
  readonly issuers: readonly string[];
}

/** Metadata of the right issuer, that there is surely none, or why neither can be said. */
export type AuthorityFinding = { readonly ok: true; readonly authority: Authority | undefined } | NoWay;

const WHAT = 'authorization server metadata';

/**
 * Looks at the three places in order. A server error at one of them is told only where no other has the metadata: the
 * issuer in it is what counts. Where nothing answers, the other places of the same host are not asked.
 */
export async function findAuthority(requests: MetadataRequests, ask: AuthorityAsk): Promise<AuthorityFinding> {
  let bad: NoWay | undefined;
  for (const url of serverPlaces(new URL(ask.server))) {
    const place = { what: WHAT, url };
    const got = await requests.get(url);
    if (got.ok) {
      const authority = readAuthority(got.text);
      if (authority !== undefined) return ofIssuer(authority, place, ask.issuers);
      bad ??= misconfigured(oddityAt(place, got));
      continue;
    }
    const finding = findingOf(got);
    if (finding === 'trouble' && got.answer.kind !== 'http') return troubleAt(place, got);
    if (finding === 'trouble') bad = troubleAt(place, got);
    if (finding === 'odd') bad ??= misconfigured(oddityAt(place, got));
  }
  return bad ?? { ok: true, authority: undefined };
}

/** The metadata at the one URL that a person has configured. Without a pinned issuer its own word counts. */
export async function configuredAuthority(
  requests: MetadataRequests,
  url: string,
  issuer: string | undefined,
): Promise<{ readonly ok: true; readonly authority: Authority } | NoWay> {
  const place = { what: `${WHAT} of the entry`, url };
  const got = await requests.get(url, true);
  if (!got.ok) return findingOf(got) === 'odd' ? misconfigured(oddityAt(place, got)) : troubleOrAbsent(place, got);
  const authority = readAuthority(got.text);
  if (authority === undefined) return misconfigured(oddityAt(place, got));
  return ofIssuer(authority, place, issuer === undefined ? [authority.issuer] : [issuer]);
}

type NoDocument = Parameters<typeof troubleAt>[1];

function troubleOrAbsent(place: AskedPlace, got: NoDocument): NoWay {
  const trouble = troubleAt(place, got);
  return findingOf(got) === 'trouble' ? trouble : misconfigured(trouble.fault.detail ?? place.url);
}

/** Exactly, character by character (RFC 8414 §3.3): two spellings of one URL are two issuers. */
function ofIssuer(
  authority: Authority,
  place: AskedPlace,
  issuers: readonly string[],
): { readonly ok: true; readonly authority: Authority } | NoWay {
  const isRight = issuers.includes(authority.issuer);
  if (isRight && isVisible(authority.issuer)) return { ok: true, authority };
  if (isRight) return misconfigured(`the ${place.what} at ${place.url} names an issuer that is no address`);
  return wrongIssuer(place, authority.issuer, issuers[0] ?? '');
}

function readAuthority(text: string): Authority | undefined {
  const json = jsonObject(text);
  return json === undefined ? undefined : serverDocument(json);
}
