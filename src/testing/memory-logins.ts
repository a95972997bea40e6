/**
 * Logins that are kept in memory: what `MemorySignIns` makes and `MemoryCredentials` sends.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import { iso } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import type { CredentialInfo } from '../core/credential.ts';
import { isRemote } from '../core/entry.ts';
import type { EffectiveEntry } from '../core/entry.ts';
import type { Fault } from '../core/fault.ts';
import type { HeadersAsk, HeaderOutcome } from '../core/ports.ts';
import { Secret } from '../base/secret.ts';
import type { SignInChange } from '../core/sign-in.ts';
import type { MemoryAuthority } from './memory-authority.ts';

/** One login. */
export interface MemoryLogin {
  readonly info: CredentialInfo;
  readonly token: string;
  readonly obtainedAt: number;
  readonly expiresAt: number;
  readonly requested: readonly string[];
}

type Lane = Pick<SignInChange, 'serverUrl' | 'profile' | 'lane'>;

const DOWN: Fault = { reason: 'refresh-failed', detail: 'the authorization server does not answer' };
const OVER: Fault = { reason: 'sign-in-expired', detail: 'invalid_grant' };

/** Where the login of an entry is kept. */
export function laneOf(entry: EffectiveEntry): Lane {
  const own = entry.signIn === 'headers' || entry.signIn === 'helper';
  return {
    serverUrl: isRemote(entry.endpoint) ? entry.endpoint.url : '',
    profile: entry.profile ?? 'default',
    lane: own ? entry.key : '',
  };
}

const keyOf = ({ serverUrl, profile, lane }: Lane): string => JSON.stringify([serverUrl, profile, lane]);

/** All logins of a world. */
export class MemoryLogins {
  readonly changes = new Emitter<SignInChange>();
  readonly #clock: Clock;
  readonly #kept = new Map<string, MemoryLogin>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(entry: EffectiveEntry): MemoryLogin | undefined {
    return this.#kept.get(keyOf(laneOf(entry)));
  }

  all(): readonly MemoryLogin[] {
    return [...this.#kept.values()];
  }

  /** Keeps a login with a new token, obtained now unless told otherwise, and tells of it. */
  keep(
    entry: EffectiveEntry,
    authority: MemoryAuthority,
    made: {
      readonly scopes: readonly string[];
      readonly requested: readonly string[];
      readonly what: 'completed' | 'refreshed';
    },
    obtainedAt = this.#clock.now(),
  ): MemoryLogin {
    const lane = laneOf(entry);
    const before = this.#kept.get(keyOf(lane));
    const { token, expiresAt } = authority.issue(made.scopes);
    const info: CredentialInfo = {
      id: Buffer.from(keyOf(lane)).toString('hex').slice(0, 64),
      server: lane.serverUrl,
      issuer: 'https://auth.test',
      resource: lane.serverUrl,
      clientId: 'memory',
      profile: lane.profile,
      registration: 'dynamic',
      grant: 'authorization_code',
      scopes: made.scopes,
      obtainedAt: iso(obtainedAt),
      expiresAt: iso(expiresAt),
      renewable: true,
      status: 'live',
      generation: (before?.info.generation ?? 0) + 1,
    };
    const login = { info, token, obtainedAt, expiresAt, requested: made.requested };
    this.#kept.set(keyOf(lane), login);
    this.changes.emit({ ...lane, what: made.what, credential: info });
    return login;
  }

  forget(entry: EffectiveEntry): boolean {
    const lane = laneOf(entry);
    const was = this.#kept.delete(keyOf(lane));
    if (was) this.changes.emit({ ...lane, what: 'forgotten' });
    return was;
  }

  /** The headers of a held login, refreshed where it is due or the server refused it. */
  headers(entry: EffectiveEntry, authority: MemoryAuthority, ask: HeadersAsk): HeaderOutcome | undefined {
    const held = this.of(entry);
    if (held === undefined) return undefined;
    const now = this.#clock.now();
    const isRefused = ask.refused?.generation === held.info.generation;
    if (isRefused && authority.renewedElsewhere > 0) {
      authority.renewedElsewhere -= 1;
      const { scopes } = held.info;
      const newer = this.keep(
        entry,
        authority,
        { scopes, requested: held.requested, what: 'refreshed' },
        held.obtainedAt,
      );
      authority.revokeAll();
      return this.#sent(newer, authority, ask);
    }
    const mayRefresh = !isRefused || now - held.obtainedAt >= ask.numbers.refreshGapMs;
    if (now < held.expiresAt - this.#aheadMs(authority, ask) && !(isRefused && mayRefresh))
      return this.#sent(held, authority, ask);
    const isDead = held.expiresAt <= now || isRefused;
    if (authority.refresh === 'ok' && held.info.status === 'live') {
      authority.refreshes += 1;
      const { scopes } = held.info;
      return this.#sent(
        this.keep(entry, authority, { scopes, requested: held.requested, what: 'refreshed' }),
        authority,
        ask,
      );
    }
    if (authority.refresh === 'down' && held.info.status === 'live') {
      const sent = this.#sent(held, authority, ask);
      return held.expiresAt <= now ? { ok: false, fault: DOWN, login: held.info } : { ...sent, refreshFault: DOWN };
    }
    const over = this.#refuse(entry, held);
    return isDead ? { ok: false, fault: OVER, login: over.info } : this.#sent(over, authority, ask);
  }

  #aheadMs(authority: MemoryAuthority, { numbers }: HeadersAsk): number {
    return Math.min(numbers.refreshAheadMs, authority.lifeMs / 5);
  }

  #refuse(entry: EffectiveEntry, held: MemoryLogin): MemoryLogin {
    if (held.info.status === 'refused') return held;
    const info: CredentialInfo = {
      ...held.info,
      status: 'refused',
      refusal: 'invalid_grant',
      generation: held.info.generation + 1,
    };
    const over = { ...held, info };
    this.#kept.set(keyOf(laneOf(entry)), over);
    this.changes.emit({ ...laneOf(entry), what: 'refused', credential: info });
    return over;
  }

  #sent(
    { info, token, expiresAt }: MemoryLogin,
    authority: MemoryAuthority,
    ask: HeadersAsk,
  ): Extract<HeaderOutcome, { ok: true }> {
    return {
      ok: true,
      kind: 'oauth',
      headers: { authorization: new Secret(`Bearer ${token}`) },
      token: { credential: info.id, generation: info.generation },
      renewInMs: Math.max(0, expiresAt - this.#clock.now() - this.#aheadMs(authority, ask)),
      login: info,
    };
  }
}
