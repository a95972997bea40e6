/**
 * Finds the protected resource metadata of a server (RFC 9728): by the challenge, at its path, at its root.
 *
 * @module
 */
import type { Challenge } from '../../core/fault.ts';
import { jsonObject, resourceDocument, type ResourceDocument } from './documents.ts';
import type { MetadataRequests } from './metadata-requests.ts';
import { challengedPlace, resourcePlaces } from './places.ts';
import { findingOf, misconfigured, oddityAt, troubleAt, type NoWay } from './trouble.ts';

/** What was found. */
export type ResourceFinding =
  | { readonly ok: true; readonly document: ResourceDocument }
  /** There is none. `odd`: what stands where it should be, so that an older server is not assumed. */
  | { readonly ok: true; readonly document: undefined; readonly odd?: string }
  | NoWay;

/**
 * Looks in order. 4xx = the next place; 5xx, a time-out or a network error is a fault, because behind it there may be
 * metadata that names another authorization server than the one that would be guessed.
 */
export async function findResource(
  requests: MetadataRequests,
  serverUrl: URL,
  challenges: readonly Challenge[],
): Promise<ResourceFinding> {
  const challenged = challengedPlace(challenges);
  const places = [...(challenged === undefined ? [] : [challenged.href]), ...resourcePlaces(serverUrl)];
  let odd: string | undefined;
  for (const url of new Set(places)) {
    const place = { what: 'resource metadata', url };
    const got = await requests.get(url);
    if (!got.ok && findingOf(got) === 'trouble') return troubleAt(place, got);
    const document = got.ok ? documentOf(got.text) : undefined;
    if (document !== undefined) return fits(document, serverUrl) ? { ok: true, document } : foreign(document, url);
    if (got.ok || findingOf(got) === 'odd') odd ??= oddityAt(place, got);
  }
  return { ok: true, document: undefined, ...(odd === undefined ? {} : { odd }) };
}

function documentOf(text: string): ResourceDocument | undefined {
  const json = jsonObject(text);
  return json === undefined ? undefined : resourceDocument(json);
}

const withSlash = (path: string): string => (path.endsWith('/') ? path : `${path}/`);

/**
 * The resource is this server or a parent of it by path, on the same origin (RFC 9728 §3.3 and §7.3, as MCP servers in
 * the field use it). A resource has no fragment (RFC 8707 §2).
 */
function fits({ resource }: ResourceDocument, serverUrl: URL): boolean {
  if (resource.includes('#')) return false;
  const { origin, pathname } = new URL(resource);
  const isLonger = serverUrl.pathname.length < pathname.length;
  return origin === serverUrl.origin && !isLonger && withSlash(serverUrl.pathname).startsWith(withSlash(pathname));
}

function foreign({ resource }: ResourceDocument, url: string): NoWay {
  return misconfigured(`the resource metadata at ${url} is about ${resource}, which is not this server`);
}
