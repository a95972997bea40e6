/**
 * Where a server may describe its sign-in, and whether a document does so.
 *
 * @module
 */
import type { Advertised } from '../../core/ports.ts';

/** One place to look. */
export interface MetadataPlace {
  readonly by: NonNullable<Advertised['by']>;
  readonly url: string;
  /** Whether the document says what it has to. */
  readonly describes: (document: Readonly<Record<string, unknown>>) => boolean;
}

/**
 * The places of an endpoint in the order in which they count: resource metadata with the endpoint's path, then without
 * (RFC 9728 §3.1; MCP 2025-11-25 and later), then authorization-server metadata at the origin (MCP 2025-03-26).
 */
export function metadataPlaces(endpoint: URL): readonly MetadataPlace[] {
  const { origin, search } = endpoint;
  const path = endpoint.pathname.replace(/\/$/, '');
  const resource = (suffix: string): MetadataPlace => ({
    by: 'resource-metadata',
    url: `${origin}/.well-known/oauth-protected-resource${suffix}`,
    describes: isResourceMetadata,
  });
  return [
    ...(path === '' && search === '' ? [] : [resource(`${path}${search}`)]),
    resource(''),
    {
      by: 'authorization-server-metadata',
      url: `${origin}/.well-known/oauth-authorization-server`,
      describes: isServerMetadata,
    },
  ];
}

/** The text as a JSON object; `undefined` for anything else, HTML above all. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 9728 §2; MCP demands at least one authorization server. */
function isResourceMetadata(document: Readonly<Record<string, unknown>>): boolean {
  const servers = document['authorization_servers'];
  return isUrl(document['resource']) && Array.isArray(servers) && servers.length > 0 && servers.every(isUrl);
}

/** RFC 8414 §2, as far as an authorization code flow needs it. */
function isServerMetadata(document: Readonly<Record<string, unknown>>): boolean {
  return ['issuer', 'authorization_endpoint', 'token_endpoint'].every((field) => isUrl(document[field]));
}

function isUrl(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value);
}
