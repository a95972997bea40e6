/**
 * The parts of a sign-in with an authorization server that is only pretended: every code is good, and is counted.
 *
 * @module
 */
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { Redactor, Secret } from '../../src/base/secret.ts';
import type { Authority, Credential } from '../../src/core/credential.ts';
import type { SignInsParts } from '../../src/auth/flow/sign-ins.ts';
import type { TokenOutcome } from '../../src/auth/token/outcome.ts';
import { Vault } from '../../src/auth/vault/vault.ts';
import { createMemoryStore, type MemoryStore } from '../../src/testing/memory-store.ts';

export const AUTHORITY: Authority = {
  issuer: 'https://as.example',
  authorizationEndpoint: 'https://as.example/authorize',
  tokenEndpoint: 'https://as.example/token',
  codeChallengeMethods: ['S256'],
  by: 'metadata',
};

/** What was asked of the pretended server, and what it answers. */
export interface PretendedParts extends SignInsParts {
  readonly store: MemoryStore;
  /** Codes that were sent to the token endpoint, in order. */
  readonly codes: string[];
  /** What the next requests get; then tokens again. */
  readonly answers: TokenOutcome[];
}

/** Makes them. `store` may be one that other processes have too. */
export function pretendedParts(about: { readonly clock?: Clock; readonly store?: MemoryStore } = {}): PretendedParts {
  const { clock = systemClock, store = createMemoryStore() } = about;
  const redactor = new Redactor();
  const vault = new Vault({ clock, logger: silentLogger, redactor, store });
  const codes: string[] = [];
  const answers: TokenOutcome[] = [];
  const never = (what: string) => (): never => {
    throw new Error(`${what} was not expected`);
  };
  const tokens = (): TokenOutcome => ({
    kind: 'tokens',
    tokens: { accessToken: new Secret(`access-${codes.length}`), tokenType: 'bearer', obtainedAt: clock.now() },
  });
  return {
    clock,
    logger: silentLogger,
    redactor,
    store,
    codes,
    answers,
    logins: {
      lookup: (place) => vault.lookup(place),
      create: (parts) => vault.create(parts),
      remove: (id) => vault.remove(id),
      info: (credential: Credential) => vault.info(credential),
      alone: (_id, work) => work(),
    },
    listLogins: () => vault.list(),
    onLoginChange: (changed) => vault.onChange(changed),
    closeLogins: () => Promise.resolve(vault.close()),
    discover: () => Promise.resolve({ ok: true, found: { authority: AUTHORITY, resource: 'https://mcp.example/mcp' } }),
    identify: () => Promise.resolve({ ok: true, client: { clientId: 'client', method: 'none', kind: 'dynamic' } }),
    registeredRedirects: () => Promise.resolve([]),
    forgetRegistration: () => Promise.resolve(true),
    async requestToken({ params }) {
      const { code } = params;
      codes.push(code instanceof Secret ? code.reveal() : String(code));
      // As a request does: others can come in between.
      await new Promise((resolve) => setImmediate(resolve));
      return answers.shift() ?? tokens();
    },
    beginDevice: never('a device code'),
    pollDevice: never('polling'),
    machine: never('a machine grant'),
    revoke: never('a revocation'),
    newDpopKey: never('a key'),
  };
}
