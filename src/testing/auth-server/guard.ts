/**
 * The guard before a protected MCP server: tokens, their audience, their scopes, the challenges of RFC 6750 and RFC 9728.
 *
 * @module
 */
import { behaviourOf, headerOf } from '../exchange.ts';
import type { Behaviour, Exchange } from '../exchange.ts';
import { mcpServer } from '../mcp-server.ts';
import type { ProtectedOptions } from './options.ts';
import { Refusal, sendReply } from './reply.ts';
import type { Reply } from './reply.ts';
import { sameResource } from './state.ts';
import type { AuthState } from './state.ts';

/** One guarded server. */
export interface GuardedServer {
  readonly url: string;
  readonly options: ProtectedOptions;
  /** Address of its metadata, if it has one that a challenge may name. */
  readonly metadataUrl: string | undefined;
}

/** The server behind its guard. */
export function guarded(state: AuthState, about: GuardedServer): Behaviour {
  const inner = about.options.server ?? {};
  const open = behaviourOf(typeof inner === 'function' || 'behaviour' in inner ? inner : mcpServer(inner));
  return (exchange) => {
    const refusal = refusalOf(state, about, exchange);
    if (refusal === undefined) return open(exchange);
    if (refusal.status === 401) state.ledger.count.unauthorized += 1;
    if (refusal.status === 403) state.ledger.count.forbidden += 1;
    sendReply(exchange, refusal);
    return undefined;
  };
}

function refusalOf(state: AuthState, about: GuardedServer, exchange: Exchange): Reply | undefined {
  const [scheme = '', token = ''] = (headerOf(exchange, 'authorization') ?? '').split(' ');
  if (token === '') return unauthorized(state, about, {});
  const held = state.ledger.check(token);
  if (held === undefined) return unauthorized(state, about, { error: 'invalid_token' });
  const { grant } = held;
  if (grant.resource !== '' && !sameResource(about.url, grant.resource))
    return unauthorized(state, about, { error: 'invalid_token', error_description: 'the token is for another server' });
  const unproved = proofRefusal(state, about, exchange, { scheme, token, jkt: grant.jkt });
  if (unproved !== undefined) return unproved;
  const wanted = wantedScopes(about.options, exchange);
  const insatiable = about.options.insatiable?.includes(toolOf(exchange) ?? '') ?? false;
  if (!insatiable && wanted.every((scope) => held.scopes.includes(scope))) return undefined;
  return challenge(state, about, 403, { error: 'insufficient_scope', scope: wanted.join(' ') });
}

function proofRefusal(
  state: AuthState,
  about: GuardedServer,
  exchange: Exchange,
  sent: { readonly scheme: string; readonly token: string; readonly jkt: string | undefined },
): Reply | undefined {
  const bound = sent.jkt !== undefined;
  if ((sent.scheme.toLowerCase() === 'dpop') !== bound) return unauthorized(state, about, { error: 'invalid_token' });
  if (!bound) return undefined;
  try {
    const proved = state.dpop.check(exchange, sent.token);
    return proved === sent.jkt ? undefined : unauthorized(state, about, { error: 'invalid_token' });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const refused = unauthorized(state, about, { error: error.error });
    return { ...refused, headers: { ...refused.headers, ...error.headers } };
  }
}

/** The tool that a request calls. */
function toolOf(exchange: Exchange): string | undefined {
  const { message } = exchange;
  return message?.method === 'tools/call' ? String(message.params?.['name']) : undefined;
}

function wantedScopes(options: ProtectedOptions, exchange: Exchange): readonly string[] {
  return [...new Set([...(options.scopes ?? []), ...(options.toolScopes?.[toolOf(exchange) ?? ''] ?? [])])];
}

function unauthorized(state: AuthState, about: GuardedServer, params: Readonly<Record<string, string>>): Reply {
  const scopes = about.options.scopes ?? [];
  const told = about.options.tellScopes !== false && scopes.length > 0 ? { scope: scopes.join(' ') } : {};
  return challenge(state, about, 401, { ...params, ...told });
}

function challenge(
  state: AuthState,
  about: GuardedServer,
  status: number,
  params: Readonly<Record<string, string>>,
): Reply {
  const style = about.options.challenge ?? 'full';
  const scheme = state.options.dpop === 'required' ? 'DPoP' : 'Bearer';
  const metadata = about.metadataUrl === undefined ? {} : { resource_metadata: about.metadataUrl };
  const parts = Object.entries({ ...params, ...metadata }).map(([name, value]) => `${name}="${value}"`);
  const full = parts.length === 0 ? scheme : `${scheme} ${parts.join(', ')}`;
  const value = status === 401 && style === 'bearer' ? scheme : full;
  return {
    status,
    headers: status === 401 && style === 'bare' ? {} : { 'www-authenticate': value },
    body: { error: params['error'] ?? 'unauthorized' },
  };
}
