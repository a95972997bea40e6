/**
 * Entries of remote servers for tests.
 *
 * @module
 */
import { Secret } from '../../src/base/secret.ts';
import type { EffectiveEntry, EffectiveRemote, HelperSpec } from '../../src/core/entry.ts';

/** What an entry of a test says beside its URL. */
export interface RemoteFacts {
  readonly url?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly helper?: Partial<HelperSpec>;
  readonly oauth?: EffectiveRemote['oauth'];
}

/** The endpoint `https://mcp.example/mcp`, or another. */
export function remoteEndpoint({ url, headers = {}, helper, oauth }: RemoteFacts = {}): EffectiveRemote {
  return {
    kind: 'http',
    url: url ?? 'https://mcp.example/mcp',
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, new Secret(value)])),
    ...(helper === undefined
      ? {}
      : {
          helper: { command: 'make-headers', cwd: '/', ttlMs: 0, fromProject: false, path: '/usr/bin:/bin', ...helper },
        }),
    ...(oauth === undefined ? {} : { oauth }),
  };
}

/** A whole entry over that endpoint. */
export function remoteEntry(facts: RemoteFacts = {}): EffectiveEntry {
  const endpoint = remoteEndpoint(facts);
  return {
    name: 'docs',
    source: { client: 'holdfast', scope: 'own', file: '/config.json', line: 3, pointer: 'mcpServers.docs' },
    key: facts.key ?? 'key-1',
    endpoint,
    settings: { protocolEra: 'auto', numbers: {} },
    signIn: endpoint.helper === undefined ? 'headers' : 'helper',
  };
}
