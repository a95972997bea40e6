/**
 * What the endpoints of one authorization server share.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import type { Clients } from './clients.ts';
import type { DpopCheck } from './dpop.ts';
import type { Grant, Issued, Ledger } from './ledger.ts';
import type { AuthServerOptions, ConsentAnswer, ConsentRequest } from './options.ts';
import { Refusal } from './reply.ts';
import type { Reply } from './reply.ts';

/** One authorization server at work. */
export interface AuthState {
  readonly options: AuthServerOptions;
  readonly clock: Clock;
  readonly issuer: string;
  readonly ledger: Ledger;
  readonly clients: Clients;
  readonly dpop: DpopCheck;
  /** Urls of the protected servers. */
  readonly resources: () => readonly string[];
  consent: NonNullable<AuthServerOptions['consent']>;
}

/** A decision of the person, in one form. */
export type Decision =
  | { readonly granted: readonly string[]; readonly subject: string }
  | { readonly refused: string; readonly description: string };

/** Asks the person. */
export async function decide(state: AuthState, request: ConsentRequest): Promise<Decision> {
  const { consent } = state;
  const answer: ConsentAnswer = typeof consent === 'function' ? await consent(request) : consent;
  if (answer === 'deny') return { refused: 'access_denied', description: 'the person said no' };
  if (answer === 'allow') return { granted: grantable(state, request.scopes), subject: 'person' };
  if ('error' in answer) return { refused: answer.error, description: answer.description ?? 'as asked' };
  return { granted: answer.scopes ?? grantable(state, request.scopes), subject: answer.subject ?? 'person' };
}

/** The scopes that are given for those that were asked for. */
export function grantable({ options }: AuthState, asked: readonly string[]): readonly string[] {
  if (asked.length === 0) return options.defaultScopes ?? [];
  return options.grantable === undefined ? asked : asked.filter((scope) => options.grantable?.includes(scope));
}

/** The `resource` parameter, which has to be a server of ours (RFC 8707 §2); empty where there is none. */
export function resourceOf(state: AuthState, fields: ReadonlyMap<string, string>): string {
  const resource = fields.get('resource') ?? '';
  const known = state.resources().some((url) => sameResource(url, resource));
  if (resource !== '' && !known) throw new Refusal('invalid_target', 'no such resource');
  return resource;
}

/** Whether a token for `asked` is good at `url`: the url itself, or a parent of its path. */
export function sameResource(url: string, asked: string): boolean {
  if (!URL.canParse(asked)) return false;
  const whole = new URL(url);
  const part = new URL(asked);
  if (whole.origin !== part.origin) return false;
  const base = part.pathname.endsWith('/') ? part.pathname : `${part.pathname}/`;
  return `${whole.pathname}/`.startsWith(base);
}

/** The answer with tokens (RFC 6749 §5.1). */
export function tokenReply(state: AuthState, grant: Grant, issued: Issued, asked: readonly string[]): Reply {
  const { options, ledger } = state;
  const tell = options.tellScope ?? 'always';
  const different = [...issued.scopes].toSorted().join(' ') !== [...asked].toSorted().join(' ');
  const tellScope = tell === 'always' || (tell === 'when-different' && different);
  return {
    status: 200,
    body: {
      access_token: issued.accessToken,
      token_type: grant.jkt === undefined ? 'Bearer' : 'DPoP',
      ...(options.tellExpiry === false ? {} : { expires_in: ledger.habits.accessSeconds }),
      ...(issued.refreshToken === undefined ? {} : { refresh_token: issued.refreshToken }),
      ...(tellScope ? { scope: issued.scopes.join(' ') } : {}),
    },
  };
}
