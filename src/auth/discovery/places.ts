/**
 * Where a server may describe its sign-in.
 *
 * @module
 */
import type { Challenge } from '../../core/fault.ts';
import { bearerParam } from '../../net/challenge.ts';

const RESOURCE = '/.well-known/oauth-protected-resource';
const SERVER = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';

const withoutSlash = (path: string): string => path.replace(/\/$/, '');

/** Places of resource metadata: with the path of the endpoint, then without (RFC 9728 §3.1). */
export function resourcePlaces({ origin, pathname, search }: URL): readonly string[] {
  const suffix = `${withoutSlash(pathname)}${search}`;
  return [...(suffix === '' ? [] : [`${origin}${RESOURCE}${suffix}`]), `${origin}${RESOURCE}`];
}

/**
 * Places of authorization server metadata in the order of the MCP specification: RFC 8414, then OpenID Connect, each
 * with the path of the issuer inserted, then OpenID Connect with it in front.
 */
export function serverPlaces({ origin, pathname }: URL): readonly string[] {
  const path = withoutSlash(pathname);
  const inserted = [`${origin}${SERVER}${path}`, `${origin}${OPENID}${path}`];
  return path === '' ? inserted : [...inserted, `${origin}${path}${OPENID}`];
}

/** The http(s) URL that a challenge names (`resource_metadata`, RFC 9728 §5.1). Whether it may be asked is not said. */
export function challengedPlace(challenges: readonly Challenge[]): URL | undefined {
  const text = bearerParam(challenges, 'resource_metadata');
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) ? url : undefined;
}
