/**
 * The URIs under which resources of all servers stand in one list: `server+uri`. The server becomes part of the scheme
 * (RFC 3986 §3.1), so a URI stays a URI, a template a template (RFC 6570), and the way back is to cut at the first `+`.
 *
 * @module
 */
import { partOf } from './parts.ts';
import type { PartRule } from './parts.ts';

/** Schemes have no case, so the part has only one. */
const SCHEME: PartRule = { clean: /^[a-z][a-z0-9-]*$/, foreign: /[^a-z0-9]/g, longest: 32 };

/** The server's part of its URIs. */
export function schemePart(server: string): string {
  const part = partOf(server.toLowerCase() === server ? server : `${server.toLowerCase()} ${server}`, SCHEME);
  return /^[a-z]/.test(part) ? part : `s${part}`;
}

/** The URI (or template) of a server's resource in the merged list. */
export function exposedUri(server: string, uri: string): string {
  return `${schemePart(server)}+${uri}`;
}

/** The server's part and the server's own URI; `undefined` for a URI that is not of this form. */
export function splitUri(exposed: string): { readonly part: string; readonly uri: string } | undefined {
  const at = exposed.indexOf('+');
  return at <= 0 ? undefined : { part: exposed.slice(0, at).toLowerCase(), uri: exposed.slice(at + 1) };
}
