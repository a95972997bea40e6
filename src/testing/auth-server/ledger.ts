/**
 * What the authorization server has issued: codes, access tokens, refresh tokens and the grants (families) they belong to.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from './reply.ts';

/** What was granted to a client once; every token of it is revoked with it. */
export interface Grant {
  readonly id: string;
  readonly clientId: string;
  readonly subject: string;
  scopes: readonly string[];
  readonly resource: string;
  /** Thumbprint of the key that its tokens are bound to. */
  readonly jkt?: string;
  readonly by: string;
  /** Scopes that were asked for at first. */
  readonly asked: readonly string[];
  revoked: boolean;
}

/** An authorization code that waits to be redeemed. */
export interface Code {
  readonly grant: Grant;
  readonly redirectUri: string;
  /** S256. */
  readonly challenge: string;
  readonly expiresAt: number;
  spent: boolean;
}

/** How often things happened since the start. */
export interface AuthCounters {
  /** Requests to the token endpoint, answered or not. */
  readonly tokenRequests: number;
  /** Refresh tokens redeemed for the first time. */
  readonly redemptions: number;
  /** Refresh tokens redeemed again within the grace. */
  readonly graced: number;
  /** `invalid_grant` answers, whatever the grant. */
  readonly invalidGrants: number;
  /** Families revoked because a spent refresh token came again. */
  readonly familiesRevoked: number;
  /** Consents given. */
  readonly authorizations: number;
  readonly registrations: number;
  /** Tokens revoked by their client (RFC 7009). */
  readonly revocations: number;
  /** Requests that a protected server refused with 401, and with 403. */
  readonly unauthorized: number;
  readonly forbidden: number;
}

/** The counters, to be counted up. */
export type Counting = { -readonly [K in keyof AuthCounters]: number };

interface Access {
  readonly grant: Grant;
  readonly scopes: readonly string[];
  expiresAt: number;
}

interface Refresh {
  readonly grant: Grant;
  spentAt: number | undefined;
}

/** Habits of the ledger. */
export interface LedgerHabits {
  readonly clock: Clock;
  accessSeconds: number;
  graceMs: number;
  readonly refresh: 'rotate' | 'keep' | 'none';
}

/** Tokens of one answer. */
export interface Issued {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly scopes: readonly string[];
}

const CODE_MS = 60_000;

/** A name nobody can guess. */
export function fresh(kind: string): string {
  return `${kind}_${randomBytes(24).toString('base64url')}`;
}

/** Everything issued. */
export class Ledger {
  readonly habits: LedgerHabits;
  readonly count: Counting = {
    tokenRequests: 0,
    redemptions: 0,
    graced: 0,
    invalidGrants: 0,
    familiesRevoked: 0,
    authorizations: 0,
    registrations: 0,
    revocations: 0,
    unauthorized: 0,
    forbidden: 0,
  };
  readonly grants: Grant[] = [];
  readonly #codes = new Map<string, Code>();
  readonly #access = new Map<string, Access>();
  readonly #refresh = new Map<string, Refresh>();

  constructor(habits: LedgerHabits) {
    this.habits = habits;
  }

  grant(about: Omit<Grant, 'id' | 'revoked'>): Grant {
    const grant: Grant = { ...about, id: fresh('grant'), revoked: false };
    this.grants.push(grant);
    return grant;
  }

  code(about: Pick<Code, 'grant' | 'redirectUri' | 'challenge'>): string {
    const code = fresh('code');
    this.#codes.set(code, { ...about, expiresAt: this.habits.clock.now() + CODE_MS, spent: false });
    return code;
  }

  /** Redeems a code once. A second time revokes what came of the first (RFC 6749 §4.1.2). */
  spendCode(text: string, clientId: string): Code {
    const code = this.#codes.get(text);
    if (code === undefined || code.grant.clientId !== clientId) throw invalidGrant('unknown code');
    if (code.spent) {
      code.grant.revoked = true;
      throw invalidGrant('the code was used before');
    }
    code.spent = true;
    if (code.expiresAt < this.habits.clock.now()) throw invalidGrant('the code has expired');
    return code;
  }

  issue(grant: Grant, scopes: readonly string[] = grant.scopes, renewable = true): Issued {
    const accessToken = this.#issueAccess(grant, scopes);
    if (!renewable || this.habits.refresh === 'none') return { accessToken, scopes };
    return { accessToken, refreshToken: this.#issueRefresh(grant), scopes };
  }

  /** Redeems a refresh token. */
  redeem(text: string, clientId: string, asked: readonly string[] | undefined): Issued {
    const kept = this.#refresh.get(text);
    if (kept === undefined || kept.grant.clientId !== clientId) throw invalidGrant('unknown refresh token');
    const { grant } = kept;
    if (grant.revoked) throw invalidGrant('the grant was revoked');
    const scopes = asked ?? grant.scopes;
    if (scopes.some((scope) => !grant.scopes.includes(scope)))
      throw new Refusal('invalid_scope', 'a refresh cannot widen the scopes');
    if (this.habits.refresh === 'keep') {
      this.count.redemptions += 1;
      return { accessToken: this.#issueAccess(grant, scopes), scopes };
    }
    this.#spend(kept);
    return { accessToken: this.#issueAccess(grant, scopes), refreshToken: this.#issueRefresh(grant), scopes };
  }

  /** The grant and scopes of an access token that is good now. */
  check(accessToken: string): { readonly grant: Grant; readonly scopes: readonly string[] } | undefined {
    const access = this.#access.get(accessToken);
    if (access === undefined || access.grant.revoked || access.expiresAt <= this.habits.clock.now()) return undefined;
    return access;
  }

  grantOfRefresh(text: string): Grant | undefined {
    return this.#refresh.get(text)?.grant;
  }

  /** Forgets a token (RFC 7009 §2.1): a refresh token takes its whole family with it. */
  revoke(token: string, clientId: string): void {
    const refresh = this.#refresh.get(token);
    const access = this.#access.get(token);
    const grant = refresh?.grant ?? access?.grant;
    if (grant === undefined || grant.clientId !== clientId) return;
    this.count.revocations += 1;
    if (refresh === undefined) this.#access.delete(token);
    else grant.revoked = true;
  }

  /** Every access token ends now; refresh tokens stay good. */
  expireAccess(): void {
    const now = this.habits.clock.now();
    for (const access of this.#access.values()) access.expiresAt = Math.min(access.expiresAt, now);
  }

  revokeAll(): void {
    for (const grant of this.grants) grant.revoked = true;
  }

  #spend(kept: Refresh): void {
    const now = this.habits.clock.now();
    if (kept.spentAt === undefined) {
      kept.spentAt = now;
      this.count.redemptions += 1;
      return;
    }
    if (now - kept.spentAt < this.habits.graceMs) {
      this.count.graced += 1;
      return;
    }
    kept.grant.revoked = true;
    this.count.familiesRevoked += 1;
    throw invalidGrant('the refresh token was used before');
  }

  #issueAccess(grant: Grant, scopes: readonly string[]): string {
    const token = fresh('at');
    const expiresAt = this.habits.clock.now() + this.habits.accessSeconds * 1_000;
    this.#access.set(token, { grant, scopes, expiresAt });
    return token;
  }

  #issueRefresh(grant: Grant): string {
    const token = fresh('rt');
    this.#refresh.set(token, { grant, spentAt: undefined });
    return token;
  }
}

function invalidGrant(why: string): Refusal {
  return new Refusal('invalid_grant', why);
}
