/**
 * The documented table of answers (docs/reference/faults.md), row by row against real servers, ports and processes.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCredentials } from '../../src/auth/credentials.ts';
import { shellSpawner } from '../../src/auth/helper/shell.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { systemRandom } from '../../src/base/random.ts';
import { Redactor, Secret } from '../../src/base/secret.ts';
import type { CredentialInfo } from '../../src/core/credential.ts';
import type { FleetEvent } from '../../src/core/events.ts';
import { resolveNumbers } from '../../src/core/numbers.ts';
import type { Connector } from '../../src/core/ports.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { LocalFleet } from '../../src/fleet/local-fleet.ts';
import { createHttp } from '../../src/net/dispatcher.ts';
import type { Http } from '../../src/net/dispatcher.ts';
import { ProxiedError } from '../../src/net/unsent.ts';
import { startFaultServer } from '../../src/testing/index.ts';
import type { RawEntry } from '../../src/testing/memory-entry.ts';
import { createMemoryWorld } from '../../src/testing/memory-world.ts';
import { createConnector } from '../../src/transport/connector.ts';
import { FAULT_TABLE } from '../spec/fault-table.ts';
import { replayOf } from '../support/answer-replay.ts';
import type { Replay, ReplayEntry, ReplayWorld } from '../support/answer-replay.ts';
import { builtDist } from '../support/build.ts';

const NUMBERS = {
  startupRetries: 1,
  startupDelayMs: 40,
  respawnDelayMs: 40,
  respawnTries: 2,
  crashLoopDeaths: 50,
  // Rows wait for their servers, not for this machine.
  eraProbeMs: 8_000,
  connectTimeoutMs: 20_000,
  parallelRemote: 16,
};

let world: ReplayWorld;
let fleet: LocalFleet;
const replays = new Map<string, Replay | undefined>();
let snapshots: ReadonlyMap<string, Snapshot>;
const events: FleetEvent[] = [];

const nameOf = (index: number): string => `row-${index}`;

/** The real client, except for names that stand for a socket that fails. */
function failing(http: Http): Http {
  const faultOf = (url: URL): Extract<Replay, { kind: 'socket' }> | undefined => {
    const replay = replays.get(url.hostname.replace(/\.socket\.test$/, ''));
    return replay?.kind === 'socket' ? replay : undefined;
  };
  return {
    ...http,
    viaProxy: (url) => faultOf(new URL(url))?.viaProxy ?? http.viaProxy(url),
    request: async (url, init) => {
      const fault = faultOf(url);
      if (fault === undefined) return http.request(url, init);
      const cause = Object.assign(new Error(`the socket failed (${fault.errno})`), { code: fault.errno });
      throw fault.viaProxy ? new ProxiedError(cause) : cause;
    },
  };
}

function telling(connector: Connector): Connector {
  return {
    open: async (request) => {
      const replay = replays.get(request.entry.name);
      return replay?.kind === 'connector' ? { ok: false, answer: replay.answer } : connector.open(request);
    },
    close: () => connector.close(),
  };
}

/** A login whose token nobody renews. */
async function heldToken(name: string): Promise<ReturnType<typeof tokenOf> | undefined> {
  const replay = replays.get(name);
  return replay?.kind === 'real' && replay.token === true ? tokenOf() : undefined;
}
function tokenOf() {
  const token = { credential: 'c', generation: 1 };
  const login = { id: 'c', scopes: [], renewable: false, status: 'live' } as unknown as CredentialInfo;
  return { ok: true, headers: { authorization: new Secret('Bearer of-the-replay') }, token, login } as const;
}

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-replay-'));
  const servers = await startFaultServer();
  world = {
    servers,
    folder,
    stdio: join(await builtDist(), 'testing', 'stdio-server.js'),
    closers: [() => rm(folder, { recursive: true, force: true }), () => servers.close()],
  };
  const memory = createMemoryWorld({ clock: systemClock });
  for (const [index, row] of FAULT_TABLE.entries()) {
    const name = nameOf(index);
    const replay = await replayOf(row, `/${name}`, world);
    replays.set(name, replay);
    const stand =
      row.answer.kind === 'spawn' ? { command: 'true' } : { type: 'http', url: `http://${name}.socket.test/mcp` };
    const { holdfast, ...entry }: ReplayEntry = replay?.kind === 'real' ? replay.entry : stand;
    memory.add(name, { ...(entry as RawEntry), holdfast: { ...NUMBERS, ...holdfast } });
  }
  const http = createHttp({ env: {} });
  const common = { clock: systemClock, random: systemRandom, logger: silentLogger, redactor: new Redactor() };
  fleet = new LocalFleet({
    ...common,
    connector: telling(
      createConnector({ ...common, env: process.env, platform: process.platform, http: failing(http) }),
    ),
    credentials: createCredentials({
      ...common,
      spawn: shellSpawner({ windows: false }),
      baseEnv: process.env,
      fetch: http.fetch,
      logins: { headers: ({ name }) => heldToken(name) },
    }),
    signIns: memory.signIns,
    config: memory.config,
    numbers: resolveNumbers(NUMBERS),
    owner: { kind: 'in-process', pid: process.pid, version: '0' },
    view: { ...memory.view, path: process.env['PATH'] ?? '' },
  });
  const stop = new AbortController();
  world.closers.push(() => stop.abort());
  void (async () => {
    for await (const event of fleet.events(stop.signal, { since: 0 })) events.push(event);
  })();
  const settled = await fleet.settled({ timeoutMs: 80_000 });
  snapshots = new Map(settled.map((one) => [one.name, one]));
}, 120_000);
afterAll(async () => {
  await fleet.close();
  for (const close of world.closers.toReversed()) await close();
}, 30_000);

describe('[docs.answer-table] the row', () => {
  test.each(FAULT_TABLE.map((row, index) => [row.what, nameOf(index), row] as const))(
    '%s comes to what the table says',
    (_what, name, row) => {
      expect(replays.get(name), 'nothing replays this row: add it to test/support/answer-replay.ts').toBeDefined();
      const { status, reason, message } = snapshots.get(name) ?? {};
      // A process that ends again and again is told as such when the quick starts are over.
      const last = row.reason === 'exited' ? 'crash-loop' : row.reason;
      expect({ status, reason }, message).toEqual({ status: row.status, reason: last });
      const quick = events.flatMap((event) =>
        event.server === name && event.event === 'server.retry_scheduled' && event.max > 0 ? [event.reason] : [],
      );
      expect(quick.length > 0, 'quick retries').toBe(row.quick);
      expect(quick.filter((why) => why !== row.reason)).toEqual([]);
    },
  );
});

test('[docs.answer-table] two rows of three are replayed by real servers, ports and processes', () => {
  const kinds = [...replays.values()].map((replay) => replay?.kind);
  expect(kinds.length).toBe(FAULT_TABLE.length);
  expect(kinds.filter((kind) => kind === 'real').length / kinds.length).toBeGreaterThan(2 / 3);
});
