/**
 * Metadata documents as they are read: what has the right type counts, everything else is as if it were not there.
 *
 * @module
 */
import type { Authority } from '../../core/credential.ts';

/** A document as it came. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Protected resource metadata (RFC 9728 §2), as far as it is used. */
export interface ResourceDocument {
  readonly resource: string;
  readonly servers: readonly string[];
  readonly scopes?: readonly string[];
  /** `dpop_bound_access_tokens_required` (RFC 9728 §2). */
  readonly bindsTokens?: true;
}

/** Metadata has two or three levels. What nests without end is not parsed at all: it would cost memory for nothing. */
const DEEPEST = 64;

/** The text as a JSON object; `undefined` for anything else, HTML above all. */
export function jsonObject(text: string): JsonObject | undefined {
  if (isTooDeep(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** Counts brackets outside strings, without making anything. On what is no JSON the answer does not matter. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length && depth <= DEEPEST; at += 1) {
    const char = text[at];
    if (quoted) {
      if (char === '\\') at += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') depth -= 1;
  }
  return depth > DEEPEST;
}

/** A text of a document; empty ones count as absent. */
export function textAt(document: JsonObject, field: string): string | undefined {
  const value = document[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function textsAt(document: JsonObject, field: string): readonly string[] | undefined {
  const value = document[field];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined;
}

/** No address has them, though a parser of addresses lets them pass; they are kept and shown as they are spelled. */
const INVISIBLE = /[\p{Cc}\p{Cf}\s]/u;

/** Whether a text can be shown as the address that it is. */
export const isVisible = (url: string): boolean => !INVISIBLE.test(url);

function isUrl(value: unknown): value is string {
  return typeof value === 'string' && isVisible(value) && URL.canParse(value);
}

/** Resource metadata; `undefined` where the document does not say what it is about. */
export function resourceDocument(document: JsonObject): ResourceDocument | undefined {
  const { resource } = document;
  if (!isUrl(resource)) return undefined;
  const scopes = textsAt(document, 'scopes_supported');
  return {
    resource,
    servers: (textsAt(document, 'authorization_servers') ?? []).filter(isUrl),
    ...(scopes === undefined ? {} : { scopes }),
    ...(document['dpop_bound_access_tokens_required'] === true ? { bindsTokens: true } : {}),
  };
}

/**
 * Authorization server metadata (RFC 8414 §2, OpenID Connect Discovery §3); `undefined` where it names no issuer or no
 * token endpoint. Nothing is checked here but the types.
 */
export function serverDocument(document: JsonObject): Authority | undefined {
  const issuer = textAt(document, 'issuer');
  const tokenEndpoint = textAt(document, 'token_endpoint');
  // One that is no address to be shown is told as the wrong one.
  if (issuer === undefined || !URL.canParse(issuer) || tokenEndpoint === undefined) return undefined;
  const known: Partial<Record<keyof Authority, unknown>> = {
    issuer,
    tokenEndpoint,
    authorizationEndpoint: textAt(document, 'authorization_endpoint'),
    registrationEndpoint: textAt(document, 'registration_endpoint'),
    revocationEndpoint: textAt(document, 'revocation_endpoint'),
    deviceAuthorizationEndpoint: textAt(document, 'device_authorization_endpoint'),
    scopesSupported: textsAt(document, 'scopes_supported'),
    grantTypesSupported: textsAt(document, 'grant_types_supported'),
    tokenAuthMethods: textsAt(document, 'token_endpoint_auth_methods_supported'),
    codeChallengeMethods: textsAt(document, 'code_challenge_methods_supported'),
    clientIdMetadataDocuments: document['client_id_metadata_document_supported'] === true || undefined,
    issParameter: document['authorization_response_iss_parameter_supported'] === true || undefined,
    dpopAlgorithms: textsAt(document, 'dpop_signing_alg_values_supported'),
    by: 'metadata',
  };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) as unknown as Authority;
}

/** Whether a document describes a resource and at least one authorization server (MCP 2025-06-18 and later). */
export function describesResource(document: JsonObject): boolean {
  const servers = document['authorization_servers'];
  return isUrl(document['resource']) && Array.isArray(servers) && servers.length > 0 && servers.every(isUrl);
}

/** Whether a document describes an authorization server with a browser flow. */
export function describesServer(document: JsonObject): boolean {
  return ['issuer', 'authorization_endpoint', 'token_endpoint'].every((field) => isUrl(document[field]));
}
