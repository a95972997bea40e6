/**
 * The authorization server of a server in memory: which tokens are good, what a refresh gives, what each tool needs.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import type { Answer, Fault } from '../core/fault.ts';

interface Issued {
  readonly scopes: readonly string[];
  readonly until: number;
}

/** Set what it does while the fleet runs. */
export class MemoryAuthority {
  /** Life of an access token; default an hour. */
  lifeMs = 3_600_000;
  /** What a refresh meets: `refused` = the authorization server says `invalid_grant`, `down` = it does not answer. */
  refresh: 'ok' | 'refused' | 'down' = 'ok';
  /** What a sign-in asks for where nobody asks for more. */
  scopes: readonly string[] = ['mcp:read'];
  /** What a consent grants; default: what was asked for. `undefined` = the person says no. */
  consent: (asked: readonly string[]) => readonly string[] | undefined = (asked) => asked;
  /** Consents wait until the test approves them; with `false` each is given at once. Default true. */
  asks = true;
  /** Why no sign-in can be begun, if so. */
  impossible: Fault | undefined;
  /** Scopes that a call of a tool needs. */
  toolScopes: Readonly<Record<string, readonly string[]>> = {};
  /** Scopes that a connect needs. */
  connectScopes: readonly string[] = [];
  /** Refused logins that turn out to be renewed already, by another process, with a token that is refused as well. */
  renewedElsewhere = 0;
  /** Refreshes that were answered with a token. */
  refreshes = 0;
  readonly #clock: Clock;
  readonly #tokens = new Map<string, Issued>();
  #made = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new access token. */
  issue(scopes: readonly string[]): { readonly token: string; readonly expiresAt: number } {
    this.#made += 1;
    const token = `memory-token-${this.#made}`;
    const until = this.#clock.now() + this.lifeMs;
    this.#tokens.set(token, { scopes, until });
    return { token, expiresAt: until };
  }

  /** Every token that was given out is refused from now on. */
  revokeAll(): void {
    this.#tokens.clear();
  }

  /** What the server answers to these headers on a connect, or on a call of `tool`; `undefined` = it lets them pass. */
  check(headers: Readonly<Record<string, string>>, tool?: string): Answer | undefined {
    const token = /^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1] ?? '';
    const issued = this.#tokens.get(token);
    if (issued === undefined || issued.until <= this.#clock.now())
      return {
        kind: 'http',
        status: 401,
        challenges: [{ scheme: 'bearer', params: token === '' ? {} : { error: 'invalid_token' } }],
      };
    const needed = [...this.connectScopes, ...(tool === undefined ? [] : (this.toolScopes[tool] ?? []))];
    if (needed.every((scope) => issued.scopes.includes(scope))) return undefined;
    const params = { error: 'insufficient_scope', scope: needed.join(' ') };
    return { kind: 'http', status: 403, challenges: [{ scheme: 'bearer', params }] };
  }
}
