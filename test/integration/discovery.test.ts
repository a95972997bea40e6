/**
 * Discovery and registration against a real authorization server on loopback, wherever it keeps its documents.
 *
 * @module
 */
import { afterEach, describe, expect, test } from 'vitest';
import { identify } from '../../src/auth/client/identify.ts';
import type { OAuthDeps } from '../../src/auth/deps.ts';
import { discover } from '../../src/auth/discovery/discover.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { systemRandom } from '../../src/base/random.ts';
import { Redactor } from '../../src/base/secret.ts';
import { resolveNumbers } from '../../src/core/numbers.ts';
import { parseChallenges } from '../../src/net/challenge.ts';
import { createHttp } from '../../src/net/dispatcher.ts';
import { startAuthServer, type AuthServer, type AuthServerOptions } from '../../src/testing/auth-server.ts';
import { createMemoryLease, createMemoryStore } from '../../src/testing/memory-store.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const ask = { numbers: resolveNumbers({ metadataTimeoutMs: 3_000 }), signal: new AbortController().signal };

async function world(options: AuthServerOptions): Promise<{ readonly server: AuthServer; readonly deps: OAuthDeps }> {
  const server = await startAuthServer(options);
  const http = createHttp({ env: {} });
  closers.push(
    () => server.close(),
    () => http.close(),
  );
  const deps: OAuthDeps = {
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    redactor: new Redactor(),
    fetch: http.fetch,
    store: createMemoryStore(),
    lease: createMemoryLease(systemClock),
  };
  return { server, deps };
}

async function challengesOf(url: string) {
  const response = await fetch(url, { method: 'POST' });
  await response.text();
  return parseChallenges(response.headers.get('www-authenticate'));
}

describe('a real authorization server', () => {
  const cases = (['one', 'two'] as const).flatMap((origins) =>
    (['challenge', 'path', 'root'] as const).flatMap((place) =>
      (['oauth', 'openid-inserted', 'openid-appended'] as const).map((metadata) => [origins, place, metadata] as const),
    ),
  );

  test.each(cases)(
    '[discovery.resource-order] [discovery.server-order] on %s origin(s), its resource by %s, itself by %s',
    async (origins, place, metadata) => {
      const { server, deps } = await world({ origins, metadata, resources: { '/mcp': { metadata: place } } });
      const about = { serverUrl: server.url, challenges: await challengesOf(server.url) };
      const got = await discover(deps, about, ask);
      expect(got).toMatchObject({ ok: true, found: { resource: server.url, authority: { issuer: server.issuer } } });
      if (!got.ok) return;
      const client = { authority: got.found.authority, grant: 'authorization_code', serverUrl: server.url } as const;
      const identified = await identify(deps, { ...client, redirectUri: 'http://localhost:4444/callback' }, ask);
      expect(identified).toMatchObject({ ok: true, client: { kind: 'dynamic' } });
    },
  );

  test('[client.refused] that takes no registrations asks a person for a client', async () => {
    const { server, deps } = await world({ registration: 'refused' });
    const got = await discover(deps, { serverUrl: server.url, challenges: [] }, ask);
    if (!got.ok) throw new Error(got.fault.detail);
    const client = { authority: got.found.authority, grant: 'authorization_code', serverUrl: server.url } as const;
    const identified = await identify(deps, { ...client, redirectUri: 'http://localhost:4444/callback' }, ask);
    expect(identified).toMatchObject({ ok: false, fault: { reason: 'client-registration-refused' } });
  });
});
