/**
 * A world in which logins are renewed without sockets and disks: a store and a lease in memory, and an authorization
 * server that is a list of answers.
 *
 * @module
 */
import { HoldfastError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { seededRandom } from '../../src/base/random.ts';
import { Redactor, Secret } from '../../src/base/secret.ts';
import type { Credential } from '../../src/core/credential.ts';
import { DEFAULT_NUMBERS } from '../../src/core/numbers.ts';
import type { Lease, RecordKind, Store, StoreChange, StoredRecord } from '../../src/core/store.ts';
import type { TokenOutcome } from '../../src/auth/token/outcome.ts';
import { Refresher } from '../../src/auth/vault/refresh.ts';
import type { RefresherDeps } from '../../src/auth/vault/refresh.ts';
import { Vault } from '../../src/auth/vault/vault.ts';
import type { CredentialParts } from '../../src/auth/vault/record.ts';
import { createVirtualClock } from '../../src/testing/virtual-clock.ts';
import type { VirtualClock } from '../../src/testing/virtual-clock.ts';

/** A store in memory whose faults are set by hand, shared by as many processes as a test plays. */
export interface FaultyStore extends Store {
  /** What happened, in order: `reserve credential`, `write intent` … */
  readonly log: string[];
  /** A step of the log that fails as a full disk does. */
  readonly full: Set<string>;
  /** Steps that fail this many times, then work. */
  readonly fails: Map<string, number>;
  readonly records: Map<string, StoredRecord>;
  unreadable: boolean;
}

/** An empty one. */
export function faultyStore(): FaultyStore {
  const records = new Map<string, StoredRecord>();
  const watchers = new Set<(change: StoreChange) => void>();
  const log: string[] = [];
  const full = new Set<string>();
  const fails = new Map<string, number>();
  const place = (kind: RecordKind, id: string): string => `${kind}/${id}`;
  const step = async (what: string): Promise<void> => {
    await Promise.resolve();
    log.push(what);
    const left = fails.get(what) ?? 0;
    if (left > 0) fails.set(what, left - 1);
    if (left > 0 || full.has(what))
      throw new HoldfastError('ERR_STORE_UNWRITABLE', 'cannot write /state/credentials: the disk is full', {
        data: { path: '/state/credentials' },
      });
  };
  const readable = (): void => {
    if (store.unreadable) throw new HoldfastError('ERR_STORE_UNREADABLE', 'cannot read /state/credentials');
  };
  const tell = (kind: RecordKind, id: string): void => {
    for (const changed of watchers) queueMicrotask(() => changed({ kind, id }));
  };
  const store: FaultyStore = {
    persistence: 'memory',
    log,
    full,
    fails,
    records,
    unreadable: false,
    async read(kind, id) {
      await Promise.resolve();
      readable();
      return records.get(place(kind, id));
    },
    async list(kind) {
      await Promise.resolve();
      readable();
      return [...records].filter(([name]) => name.startsWith(`${kind}/`)).map(([, record]) => record);
    },
    async write(kind, body, seen) {
      await step(`write ${kind}`);
      const generation = records.get(place(kind, body.id))?.generation ?? 0;
      if (generation !== seen) return undefined;
      const record = { ...structuredClone(body), generation: seen + 1 };
      records.set(place(kind, body.id), record);
      tell(kind, body.id);
      return record;
    },
    async remove(kind, id, seen) {
      await step(`remove ${kind}`);
      const record = records.get(place(kind, id));
      if (record === undefined || (seen !== undefined && record.generation !== seen)) return false;
      records.delete(place(kind, id));
      tell(kind, id);
      return true;
    },
    async reserve(kind) {
      await step(`reserve ${kind}`);
      return { release: async () => void log.push(`release ${kind}`) };
    },
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    notices: () => [],
  };
  return store;
}

/** A lease in memory: one holder at a time, and who waits too long is told so. */
export function memoryLease(clock: VirtualClock): Lease & { readonly held: Set<string> } {
  const held = new Set<string>();
  return {
    held,
    async hold(id, work, waitMs = 15_000) {
      const end = clock.monotonic() + waitMs;
      while (held.has(id)) {
        if (clock.monotonic() >= end) throw new HoldfastError('ERR_STORE_BUSY', 'another process holds the lock');
        await clock.sleep(100);
      }
      held.add(id);
      try {
        return await work();
      } finally {
        held.delete(id);
      }
    },
  };
}

/** A login for `https://mcp.example/mcp`, obtained now, good for an hour unless said otherwise. */
export function loginParts(
  now: number,
  rest: Partial<CredentialParts> & { readonly lifeMs?: number } = {},
): CredentialParts {
  const { lifeMs = 3_600_000, ...parts } = rest;
  return {
    key: {
      issuer: 'https://as.example',
      resource: 'https://mcp.example/mcp',
      client: 'client-1',
      profile: 'default',
      serverUrl: 'https://mcp.example/mcp',
      lane: '',
    },
    authority: { issuer: 'https://as.example', tokenEndpoint: 'https://as.example/token', by: 'metadata' },
    client: { clientId: 'client-1', method: 'none', kind: 'dynamic' },
    tokens: {
      accessToken: new Secret('access-1'),
      refreshToken: new Secret('refresh-1'),
      tokenType: 'bearer',
      obtainedAt: now,
      expiresAt: now + lifeMs,
      scopes: ['read'],
    },
    requestedScopes: ['read', 'write'],
    grant: 'authorization_code',
    status: 'live',
    ...parts,
  };
}

/** One request that the authorization server saw. */
export interface SeenRequest {
  readonly at: number;
  readonly refreshToken: string | undefined;
  readonly params: Readonly<Record<string, string>>;
}

/** An answer, or what makes one. */
export type Scripted = TokenOutcome | ((request: SeenRequest) => TokenOutcome | Promise<TokenOutcome>);

/** New tokens. Without `refresh` the old one stays. */
export function tokens(access: string, about: { refresh?: string; now: number; lifeMs?: number }): TokenOutcome {
  const { refresh, now, lifeMs = 3_600_000 } = about;
  return {
    kind: 'tokens',
    tokens: {
      accessToken: new Secret(access),
      tokenType: 'bearer',
      obtainedAt: now,
      expiresAt: now + lifeMs,
      ...(refresh === undefined ? {} : { refreshToken: new Secret(refresh) }),
    },
  };
}

export const refused = (error: string): TokenOutcome => ({ kind: 'refused', error, status: 400 });
export const unsent: TokenOutcome = { kind: 'transient', fault: { reason: 'refused' }, sent: 'no' };
export const lost: TokenOutcome = { kind: 'transient', fault: { reason: 'reset' }, sent: 'maybe' };
export const answered = (httpStatus: number, retryAfterMs?: number): TokenOutcome => ({
  kind: 'transient',
  fault: { reason: httpStatus === 429 ? 'http-429' : 'http-5xx', httpStatus },
  sent: 'answered',
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

/** The parts that several processes of one test share. */
export interface VaultWorld {
  readonly clock: VirtualClock;
  readonly store: FaultyStore;
  readonly lease: ReturnType<typeof memoryLease>;
  readonly seen: SeenRequest[];
  /** Answers to come; when none is left, the request never ends. */
  readonly answers: Scripted[];
  /** A process of its own: its vault and its refresher. */
  process(seed?: number, rest?: Partial<RefresherDeps>): { readonly vault: Vault; readonly refresher: Refresher };
}

/** A fresh world. */
export function vaultWorld(): VaultWorld {
  const clock = createVirtualClock();
  const store = faultyStore();
  const lease = memoryLease(clock);
  const seen: SeenRequest[] = [];
  const answers: Scripted[] = [];
  const plain = (value: string | Secret): string => (value instanceof Secret ? value.reveal() : value);
  const request: NonNullable<RefresherDeps['request']> = async (_deps, { params }) => {
    const shown = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, plain(value)]));
    const about = { at: clock.now(), refreshToken: shown['refresh_token'], params: shown };
    seen.push(about);
    store.log.push('POST');
    const next = answers.shift();
    if (next === undefined) return new Promise(() => undefined);
    await Promise.resolve();
    return typeof next === 'function' ? next(about) : next;
  };
  return {
    clock,
    store,
    lease,
    seen,
    answers,
    process(seed = 1, rest = {}) {
      const deps = {
        clock,
        random: seededRandom(seed),
        logger: silentLogger,
        redactor: new Redactor(),
        fetch: () => Promise.reject(new Error('no network here')),
        store,
        lease,
      };
      const vault = new Vault(deps);
      return { vault, refresher: new Refresher({ ...deps, vault, pid: seed, request, ...rest }) };
    },
  };
}

/** What most tests ask with. */
export const NUMBERS = DEFAULT_NUMBERS;

/** The tokens of a login as plain words. */
export function wordsOf(credential: Credential | undefined): string {
  if (credential === undefined) return 'none';
  const { accessToken, refreshToken } = credential.tokens;
  return `${accessToken.reveal()} ${refreshToken?.reveal() ?? '-'} ${credential.status}`;
}
