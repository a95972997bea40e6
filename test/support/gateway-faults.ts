/**
 * The six faults of upstream servers that a gateway must live through: each with three servers behind a real gateway of
 * which one fails, measured from a client's side.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { createHoldfast } from '../../src/create.ts';
import { listenHttp } from '../../src/gateway/front/http.ts';
import type { HttpGateway } from '../../src/gateway/front/http.ts';
import { hang, mcpServer, startFaultServer, unauthorized } from '../../src/testing/index.ts';
import type { FaultServer } from '../../src/testing/index.ts';
import { PlainClient } from './gateway-client.ts';
import { serverFile } from './stdio.ts';

/** What one fault came to. */
export interface FaultReport {
  readonly fault: string;
  /** Time from the start of the gateway until the other servers' tools were listed and one was called. */
  readonly othersMs?: number;
  /** Time from the recovery of the server until it was called. */
  readonly backMs?: number;
  readonly calls: number;
  readonly failed: number;
}

type Servers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A fleet with a gateway in front of it. */
export interface Stage {
  readonly fleet: Fleet;
  readonly gateway: HttpGateway;
  readonly client: PlainClient;
  /** When the first connection was begun. */
  readonly began: number;
  close(): Promise<void>;
}

/** Starts both; does not wait for any server. */
export async function stage(servers: Servers): Promise<Stage> {
  const home = await mkdtemp(join(tmpdir(), 'holdfast-faults-'));
  const began = performance.now();
  const fleet = await createHoldfast({ servers, env: { PATH: process.env['PATH'], HOME: home } });
  const gateway = await listenHttp({ fleet, clock: systemClock, logger: silentLogger, version: '0.0.0' }, { port: 0 });
  return {
    fleet,
    gateway,
    client: new PlainClient(gateway.url),
    began,
    close: async () => {
      await gateway.close();
      await fleet.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Asks until it is so; the time it took. Errors: when it is not so within the limit. */
async function until(what: () => Promise<boolean>, since: number, limitMs: number): Promise<number> {
  while (!(await what())) {
    if (performance.now() - since > limitMs) throw new Error(`not within ${limitMs} ms`);
    await pause(20);
  }
  return performance.now() - since;
}

const works = async (client: PlainClient, name: string): Promise<boolean> =>
  (await client.call(`${name}__echo`, { text: name })).ok;

async function othersServed({ client, began }: Stage, limitMs = 5_000): Promise<number> {
  await until(async () => (await works(client, 'one')) && (await works(client, 'three')), began, limitMs);
  const tools = await client.tools();
  if (!tools.includes('one__echo') || !tools.includes('three__echo')) throw new Error('the others are not listed');
  return performance.now() - began;
}

/** Looks at the list as clients do, without touching the server that was down; then calls it. */
async function pickedUp({ client }: Stage, since: number, limitMs: number): Promise<number> {
  await until(async () => (await client.tools()).includes('two__echo'), since, limitMs);
  return until(() => works(client, 'two'), since, limitMs);
}

/** Calls one after the other for a time. */
async function keepCalling(client: PlainClient, ms: number): Promise<{ calls: number; failed: number }> {
  const end = performance.now() + ms;
  let calls = 0;
  let failed = 0;
  while (performance.now() < end) {
    calls += 1;
    if (!(await works(client, 'two'))) failed += 1;
    await pause(50);
  }
  return { calls, failed };
}

async function withFaults<T>(work: (faults: FaultServer) => Promise<T>): Promise<T> {
  const faults = await startFaultServer();
  try {
    return await work(faults);
  } finally {
    await faults.close();
  }
}

async function staged<T>(servers: Servers, work: (on: Stage) => Promise<T>): Promise<T> {
  const on = await stage(servers);
  try {
    return await work(on);
  } finally {
    await on.close();
  }
}

const healthy = (faults: FaultServer, path: string): { url: string } => ({
  url: faults.mount(path, mcpServer().behaviour).url,
});

/** All are well: how long a start takes that has to load this program, which says nothing of any fault. */
export function nothingWrong(): Promise<number> {
  return withFaults((faults) =>
    staged({ one: healthy(faults, '/one'), three: healthy(faults, '/three') }, (on) => othersServed(on, 60_000)),
  );
}

/** No. 2 refuses connections at the start, and comes up after `downMs`. */
export function refusing(downMs: number): Promise<FaultReport> {
  return withFaults(async (faults) => {
    const early = await startFaultServer();
    const { url } = early.mount('/two', mcpServer().behaviour);
    const { port } = early;
    await early.close();
    const servers = { one: healthy(faults, '/one'), two: { url }, three: healthy(faults, '/three') };
    return staged(servers, async (on) => {
      const othersMs = await othersServed(on);
      await pause(downMs);
      const late = await startFaultServer({ port });
      try {
        late.mount('/two', mcpServer().behaviour);
        const backMs = await pickedUp(on, performance.now(), 95_000);
        return { fault: 'refuses at start', othersMs, backMs, calls: 0, failed: 0 };
      } finally {
        await late.close();
      }
    });
  });
}

/** No. 2 answers nothing at the start, and does after `downMs`. */
export function hanging(downMs: number): Promise<FaultReport> {
  return withFaults(async (faults) => {
    const two = faults.mount('/two', hang());
    const servers = { one: healthy(faults, '/one'), two: { url: two.url }, three: healthy(faults, '/three') };
    return staged(servers, async (on) => {
      const othersMs = await othersServed(on);
      await pause(downMs);
      two.set(mcpServer().behaviour);
      const backMs = await pickedUp(on, performance.now(), 60_000);
      return { fault: 'hangs at start', othersMs, backMs, calls: 0, failed: 0 };
    });
  });
}

/** No. 2 answers 401, and lets us in after `downMs`. It heals by itself, or at once where it is asked to reconnect. */
export function refusingCredentials(downMs: number, asked: boolean): Promise<FaultReport> {
  return withFaults(async (faults) => {
    const two = faults.mount('/two', unauthorized('Bearer'));
    const servers = { one: healthy(faults, '/one'), two: { url: two.url }, three: healthy(faults, '/three') };
    return staged(servers, async (on) => {
      const othersMs = await othersServed(on);
      await pause(downMs);
      two.set(mcpServer().behaviour);
      if (asked) await on.client.call('holdfast__reconnect', { server: 'two' });
      const backMs = await pickedUp(on, performance.now(), 60_000);
      return { fault: 'answers 401 at start', othersMs, backMs, calls: 0, failed: 0 };
    });
  });
}

/** No. 2 forgets its sessions every 200 ms. */
export function forgetting(ms: number): Promise<FaultReport> {
  return withFaults(async (faults) => {
    const two = mcpServer({ era: 'legacy' });
    const url = faults.mount('/two', two.behaviour).url;
    const servers = { one: healthy(faults, '/one'), two: { url }, three: healthy(faults, '/three') };
    return staged(servers, async (on) => {
      await on.fleet.settled({ timeoutMs: 10_000 });
      const timer = setInterval(() => two.loseSessions(), 200);
      try {
        return { fault: 'forgets its sessions', ...(await keepCalling(on.client, ms)) };
      } finally {
        clearInterval(timer);
      }
    });
  });
}

/** No. 2 is down for `downMs` and forgets everything; it is called all the time. */
export function restarting(downMs: number): Promise<FaultReport> {
  return withFaults(async (faults) => {
    const first = await startFaultServer();
    const { url } = first.mount('/two', mcpServer({ era: 'legacy' }).behaviour);
    const servers = { one: healthy(faults, '/one'), two: { url }, three: healthy(faults, '/three') };
    return staged(servers, async (on) => {
      await on.fleet.settled({ timeoutMs: 10_000 });
      const calling = keepCalling(on.client, downMs + 4_000);
      await pause(500);
      const { port } = first;
      await first.close();
      await pause(downMs);
      const second = await startFaultServer({ port });
      const up = performance.now();
      try {
        second.mount('/two', mcpServer({ era: 'legacy' }).behaviour);
        const backMs = await pickedUp(on, up, 40_000);
        return { fault: 'restarts', backMs, ...(await calling) };
      } finally {
        await second.close();
      }
    });
  });
}

/** The process of no. 2 is killed; it is called all the time. */
export function killed(ms: number): Promise<FaultReport> {
  return withFaults(async (faults) => {
    const two = { command: process.execPath, args: [serverFile('plain')] };
    const servers = { one: healthy(faults, '/one'), two, three: healthy(faults, '/three') };
    return staged(servers, async (on) => {
      await on.fleet.settled({ timeoutMs: 10_000 });
      const { result } = await on.client.call('two__pid');
      const pid = Number(/"text":"(\d+)"/.exec(JSON.stringify(result))?.[1]);
      const calling = keepCalling(on.client, ms);
      await pause(300);
      process.kill(pid, 'SIGKILL');
      const backMs = await pickedUp(on, performance.now(), 20_000);
      return { fault: 'its process is killed', backMs, ...(await calling) };
    });
  });
}
