/**
 * The life of the daemon in virtual time, on a real socket: why it ends, and what it leaves.
 *
 * @module
 */
import { existsSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { greet } from '../../src/daemon/greet.ts';
import { openChannel } from '../../src/daemon/open-channel.ts';
import { runDaemon } from '../../src/daemon/run.ts';
import type { EndCause, RunOptions } from '../../src/daemon/run.ts';
import { createLocks } from '../../src/system/locks.ts';
import { createVirtualClock } from '../../src/testing/virtual-clock.ts';
import type { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { Bench, GUARD } from '../support/control.ts';
import { recordingFleet } from '../support/recording-fleet.ts';

const SERVERS = { connected: 0, pending: 0, 'needs-auth': 0, failed: 0, disabled: 1 };
let bench: Bench;
let clock: VirtualClock;
let stop: AbortController;

beforeEach(async () => {
  bench = await Bench.make();
  clock = createVirtualClock();
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await bench.remove();
});

interface Life {
  readonly ended: Promise<EndCause>;
  /** How it ended, once it has. */
  readonly cause: () => EndCause | undefined;
  readonly ledger: string;
}

async function live(fleet: Fleet, enabled: () => number, more: Partial<RunOptions> = {}): Promise<Life> {
  const ledger = join(bench.folder, 'state', 'daemon.json');
  let cause: EndCause | undefined;
  const ended = runDaemon({
    paths: { socket: bench.socketPath, log: join(bench.folder, 'state', 'daemon.log'), ledger },
    guard: GUARD,
    locks: createLocks({ clock: systemClock, platform: process.platform }),
    unique: 'virtual',
    clock,
    logger: silentLogger,
    pid: process.pid,
    version: '1.2.3',
    makeFleet: () =>
      Promise.resolve({ fleet, figures: () => ({ views: 1, connections: 0, enabled: enabled(), servers: SERVERS }) }),
    memory: () => ({ rssBytes: 1, heapUsedBytes: 1 }),
    signal: stop.signal,
    ...more,
  });
  void ended.then(
    (found) => {
      cause = found;
      return undefined;
    },
    () => undefined,
  );
  await vi.waitFor(() => expect(existsSync(ledger)).toBe(true));
  return { ended, cause: () => cause, ledger };
}

describe('a daemon', () => {
  test('stays for days while one server is enabled, and ends 10 min after the last one is not', async () => {
    let enabled = 1;
    const { fleet, calls } = recordingFleet();
    const life = await live(fleet, () => enabled);
    await clock.advance(48 * 3_600_000);
    expect(life.cause()).toBeUndefined();
    enabled = 0;
    await clock.advance(9 * 60_000);
    expect(life.cause()).toBeUndefined();
    await clock.advance(2 * 60_000);
    expect(await life.ended).toBe('idle');
    expect(calls).toEqual([{ method: 'close', args: [] }]);
    expect(existsSync(bench.socketPath)).toBe(false);
    expect(existsSync(life.ledger)).toBe(false);
  });

  test('stays while a client is connected', async () => {
    const life = await live(recordingFleet({ request: () => new Promise(() => {}) }).fleet, () => 0);
    const client = bench.client();
    const call = client.request('a', 'm').catch(() => 'over');
    await vi.waitFor(async () => expect((await bench.client().daemon()).clients).toBe(2));
    await clock.advance(3_600_000);
    expect(life.cause()).toBeUndefined();
    await client.close();
    await call;
    await vi.waitFor(async () => expect((await bench.client().daemon()).clients).toBe(1));
    await clock.advance(3_600_000);
    expect(await life.ended).toBe('idle');
  });

  test('lives on when a conversation cannot be opened: a machine with no file descriptor left may have one later', async () => {
    const crashes: unknown[] = [];
    const met = (error: unknown): void => void crashes.push(error);
    process.on('unhandledRejection', met);
    let tries = 0;
    const { fleet } = recordingFleet();
    const errors = vi.fn<(fields: object, message: string) => void>();
    const shortage = Object.assign(new Error('too many open files'), { code: 'EMFILE' });
    const life = await live(fleet, () => 1, {
      logger: { ...silentLogger, error: errors },
      makeFleet: () =>
        Promise.resolve({
          fleet,
          figures: () => ({ views: 1, connections: 0, enabled: 1, servers: SERVERS }),
          converse: async (channel) => {
            await Promise.resolve();
            tries += 1;
            if (tries === 1) throw shortage;
            channel.send('here');
          },
        }),
    });
    const lost = await openChannel(bench.caller());
    await new Promise<void>((resolve) => {
      lost.onEnd(resolve);
    });
    expect(errors).toHaveBeenCalledExactlyOnceWith({ error: shortage }, 'a channel could not be opened');
    const next = await openChannel(bench.caller());
    expect(await new Promise((resolve) => next.onLine(resolve))).toBe('here');
    next.end();
    process.off('unhandledRejection', met);
    expect(crashes).toEqual([]);
    expect(life.cause()).toBeUndefined();
  });

  test('[daemon.one-owner] ends when its socket was swept away: the next command would start another', async () => {
    const { fleet, calls } = recordingFleet();
    const life = await live(fleet, () => 1);
    unlinkSync(bench.socketPath);
    await clock.advance(6_000);
    expect(await life.ended).toBe('lost');
    expect(calls.map(({ method }) => method)).toEqual(['close']);
  });

  test('[daemon.one-owner] ends in order too where nothing of its folder can be looked at any more', async () => {
    const life = await live(recordingFleet().fleet, () => 1);
    const aside = `${bench.folder}.aside`;
    renameSync(bench.folder, aside);
    writeFileSync(bench.folder, 'a file where the folder was');
    try {
      await clock.advance(6_000);
      expect(await life.ended).toBe('lost');
    } finally {
      rmSync(bench.folder);
      rmSync(aside, { recursive: true });
    }
  });

  test('[daemon.stop] ends within 10 s though its fleet does not close', async () => {
    const life = await live(recordingFleet({ close: () => new Promise(() => {}) }).fleet, () => 1);
    const stopped = bench.client().stop();
    await vi.waitFor(async () => expect(await greet(bench.caller())).toEqual({ state: 'stopping' }));
    expect(life.cause()).toBeUndefined();
    await clock.advance(10_000);
    expect(await life.ended).toBe('stop');
    await clock.advance(1_000);
    await stopped;
  });

  test('ends in order when its fleet fails to close', async () => {
    const life = await live(recordingFleet({ close: () => Promise.reject(new Error('no')) }).fleet, () => 1);
    stop.abort();
    expect(await life.ended).toBe('signal');
    expect(existsSync(bench.socketPath)).toBe(false);
  });

  test('whose fleet cannot be made gives the socket up, and those who wait hear of it', async () => {
    let fail: ((error: Error) => void) | undefined;
    const ended = live(recordingFleet().fleet, () => 0, {
      makeFleet: () =>
        new Promise((_resolve, reject) => {
          fail = reject;
        }),
    }).catch(() => undefined);
    await vi.waitFor(() => expect(existsSync(bench.socketPath)).toBe(true));
    const waiting = bench
      .client()
      .snapshots()
      .catch((error: unknown) => error);
    await vi.waitFor(() => expect(fail).toBeDefined());
    fail?.(new Error('no fleet'));
    expect(await waiting).toMatchObject({ code: expect.stringMatching(/^ERR_/) as string });
    await vi.waitFor(() => expect(existsSync(bench.socketPath)).toBe(false));
    expect(existsSync(dirname(bench.socketPath))).toBe(true);
    await ended;
  });
});
