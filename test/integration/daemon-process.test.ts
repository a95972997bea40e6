/**
 * The daemon as a process: found, started, replaced, stopped, killed; and the mutual challenge of its pipe.
 *
 * @module
 */
import { once } from 'node:events';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { challengeServer, pipeKey } from '../../src/daemon/challenge.ts';
import { connectDaemon, greet } from '../../src/daemon/greet.ts';
import { readLedger } from '../../src/daemon/ledger.ts';
import { LogFile, fileLogger } from '../../src/daemon/log-file.ts';
import { socketFiles } from '../../src/daemon/socket-files.ts';
import type { DaemonPaths } from '../../src/daemon/socket-path.ts';
import { launcher } from '../../src/daemon/spawn-daemon.ts';
import { ensureDaemon } from '../../src/daemon/start.ts';
import type { StartOptions } from '../../src/daemon/start.ts';
import { stopDaemon } from '../../src/daemon/stop.ts';
import { createLocks } from '../../src/system/locks.ts';
import { builtDist } from '../support/build.ts';
import { Bench } from '../support/control.ts';
import { recordingFleet } from '../support/recording-fleet.ts';

const PROGRAM = fileURLToPath(new URL('../support/servers/tiny-daemon.mjs', import.meta.url));
const locks = createLocks({ clock: systemClock, platform: process.platform });
let dist: string;
let bench: Bench;
let paths: DaemonPaths;
const pids = new Set<number>();

beforeAll(async () => {
  dist = await builtDist();
});

beforeEach(async () => {
  bench = await Bench.make();
  const state = join(bench.folder, 'state');
  paths = { socket: bench.socketPath, log: join(state, 'daemon.log'), ledger: join(state, 'daemon.json') };
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // Where nobody collects the dead they stay in the table.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

afterEach(async () => {
  for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  pids.clear();
  await bench.remove();
});

function commandOf(version: string, mode = 'ok') {
  const args = [PROGRAM, JSON.stringify({ dist, paths, version, mode })];
  return { execPath: process.execPath, args, env: { PATH: process.env['PATH'] }, cwd: '/' };
}

function start(version = '1.2.3', mode = 'ok', more: Partial<StartOptions> = {}): ReturnType<typeof ensureDaemon> {
  const launch = launcher(commandOf(version, mode));
  return ensureDaemon({
    ...bench.caller({ version }),
    files: socketFiles,
    locks,
    logPath: paths.log,
    launch: (fd) => {
      const child = launch(fd);
      if (child.pid !== undefined) pids.add(child.pid);
      return child;
    },
    ...more,
  });
}

const stop = (): ReturnType<typeof stopDaemon> => stopDaemon(bench.caller());

async function runningPid(): Promise<number> {
  const found = await greet(bench.caller());
  return found.state === 'running' ? found.owner.pid : expect.unreachable(found.state);
}

describe('starting', () => {
  test('brings a daemon that outlives its starter, with a private log and a note of its pid', async () => {
    const { fleet, started } = await start();
    expect(started).toBe(true);
    expect(await fleet.owner()).toMatchObject({ kind: 'daemon', version: '1.2.3' });
    await vi.waitFor(() => expect(existsSync(paths.ledger)).toBe(true));
    expect(JSON.parse(readFileSync(paths.ledger, 'utf8'))).toMatchObject({ pid: await runningPid() });
    for (const path of [paths.log, paths.ledger, paths.socket]) expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect((await start()).started).toBe(false);
  });

  test('[daemon.one-owner] by eight at once ends with one daemon for all', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => start()));
    expect(all.filter(({ started }) => started)).toHaveLength(1);
    const owners = await Promise.all(all.map(({ fleet }) => fleet.owner()));
    expect(new Set(owners.map(({ pid }) => pid)).size).toBe(1);
  });

  test('[daemon.one-owner] of four daemons that are run directly, one stays and the others leave in peace', async () => {
    mkdirSync(dirname(paths.log), { recursive: true });
    const log = new LogFile(paths.log);
    const launch = launcher(commandOf('1.2.3'));
    const children = Array.from({ length: 4 }, () => launch(log.fd));
    for (const { pid } of children) pids.add(pid as number);
    await vi.waitFor(() => expect(children.filter((child) => child.ended() === 'exit code 0')).toHaveLength(3), 10_000);
    const stayed = children.find((child) => child.ended() === undefined);
    expect(await runningPid()).toBe(stayed?.pid);
    log.close();
  });

  test('tells the end of the log when the daemon dies at its start', async () => {
    const begun = performance.now();
    await expect(start('1.2.3', 'dies')).rejects.toMatchObject({
      code: 'ERR_DAEMON_UNREACHABLE',
      message: expect.stringMatching(/exit code 3.*the reason of its death/) as string,
      data: { log: paths.log, tail: ['a first line', 'the reason of its death'] },
    });
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  test('waits for a daemon that does not answer as long as it may, and no longer', async () => {
    await expect(start('1.2.3', 'mute', { waitMs: 700 })).rejects.toMatchObject({
      code: 'ERR_DAEMON_UNREACHABLE',
      message: expect.stringContaining('did not answer') as string,
    });
  });

  test('says so when there is no place for the daemon', async () => {
    writeFileSync(join(bench.folder, 'file'), '');
    const logPath = join(bench.folder, 'file', 'state', 'daemon.log');
    await expect(start('1.2.3', 'ok', { logPath })).rejects.toMatchObject({
      code: 'ERR_DAEMON_UNREACHABLE',
      hint: expect.stringContaining('--no-daemon') as string,
    });
  });

  test('[daemon.dead-socket] [daemon.kill] after kill -9 brings a fresh one', async () => {
    await start();
    const first = await runningPid();
    process.kill(first, 'SIGKILL');
    await vi.waitFor(() => expect(isAlive(first)).toBe(false));
    expect(existsSync(paths.socket)).toBe(true);
    const { started } = await start();
    expect(started).toBe(true);
    expect(await runningPid()).not.toBe(first);
    await vi.waitFor(() => expect(readFileSync(paths.log, 'utf8')).toContain('did not end in order'));
  });
});

test('[daemon.dead-socket] one that dies while it is asked who it is makes way for a fresh one', async () => {
  mkdirSync(dirname(paths.socket), { recursive: true, mode: 0o700 });
  let cut = 0;
  const dying = createServer((socket) => {
    cut += 1;
    socket.destroy();
    if (cut === 3) dying.close();
  });
  dying.listen(paths.socket);
  await once(dying, 'listening');
  chmodSync(paths.socket, 0o600);
  expect((await start()).started).toBe(true);
  expect(cut).toBe(3);
});

describe('[daemon.version] a newer program', () => {
  test('lets an older daemon finish what it does, then takes its place', async () => {
    const { fleet: old } = await start('1.2.3');
    const first = await runningPid();
    const call = old.request('slow', 'tools/call');
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
    const { fleet, started } = await start('1.3.0');
    expect(started).toBe(true);
    expect(await call).toBe(first);
    expect(await fleet.owner()).toMatchObject({ version: '1.3.0' });
    expect(isAlive(first)).toBe(false);
  });

  test('of the next major version does the same', async () => {
    await start('1.2.3');
    expect((await start('2.0.0')).started).toBe(true);
  });

  test('is used by an older program of the same major version, and not by one of an earlier', async () => {
    await start('1.3.0');
    const first = await runningPid();
    expect((await start('1.2.3')).started).toBe(false);
    await expect(start('0.9.0')).rejects.toMatchObject({ code: 'ERR_DAEMON_VERSION' });
    expect(await runningPid()).toBe(first);
  });
});

describe('stopping', () => {
  test('[daemon.stop] waits until the process has gone, and says whom it stopped', async () => {
    await start();
    const pid = await runningPid();
    expect(await stop()).toMatchObject({ pid });
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(paths.socket)).toBe(false);
    expect(existsSync(paths.ledger)).toBe(false);
    expect(await stop()).toBeUndefined();
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('by %s leaves no socket and no note', async (signal) => {
    await start();
    const pid = await runningPid();
    process.kill(pid, signal);
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 5_000);
    expect(existsSync(paths.socket)).toBe(false);
    expect(existsSync(paths.ledger)).toBe(false);
  });

  test('by an exception that nobody caught is in order too, and is logged', async () => {
    const { fleet } = await start();
    const pid = await runningPid();
    await fleet.request('crash', 'm').catch(() => {});
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 5_000);
    expect(existsSync(paths.socket)).toBe(false);
    expect(readFileSync(paths.log, 'utf8')).toContain('nobody catches this');
  });

  test('a daemon that hangs is named by its pid', async () => {
    await start();
    const pid = await runningPid();
    await vi.waitFor(() => expect(existsSync(paths.ledger)).toBe(true));
    process.kill(pid, 'SIGSTOP');
    const pidOf = (): number | undefined => readLedger(paths.ledger, socketFiles)?.pid;
    await expect(stopDaemon(bench.caller({ silenceMs: 500, pid: pidOf }))).rejects.toMatchObject({
      code: 'ERR_DAEMON_UNREACHABLE',
      hint: expect.stringContaining(String(pid)) as string,
    });
    process.kill(pid, 'SIGCONT');
  });
});

test('[daemon.owner-told] the daemon tells of itself', async () => {
  await start();
  const fleet = await connectDaemon(bench.caller());
  const record = await fleet?.daemon();
  expect(record).toMatchObject({
    schema: 'daemon/v1',
    owner: { kind: 'daemon', pid: await runningPid(), version: '1.2.3' },
    socket: paths.socket,
    log: paths.log,
    views: 1,
    servers: { connected: 1 },
    stopping: false,
    memory: { rssBytes: expect.any(Number) as number },
  });
});

describe('the log', () => {
  test('is emptied into PATH.1 beyond its limit, and every writer goes on in the same file', () => {
    const path = join(bench.folder, 'a.log');
    const log = new LogFile(path, 1_000);
    const other = new LogFile(path, 1_000);
    for (let line = 0; line < 100; line += 1) (line % 2 === 0 ? log : other).append(`line ${line} ${'x'.repeat(30)}\n`);
    expect(log.size()).toBeLessThanOrEqual(1_050);
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(lstatSync(`${path}.1`).mode & 0o777).toBe(0o600);
    expect(log.tail(2)).toEqual([`line 98 ${'x'.repeat(30)}`, `line 99 ${'x'.repeat(30)}`]);
    log.close();
    other.close();
  });

  test('is made private, and never through a symlink', () => {
    const path = join(bench.folder, 'b.log');
    writeFileSync(path, 'old\n');
    chmodSync(path, 0o644);
    new LogFile(path).close();
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    const link = join(bench.folder, 'link.log');
    symlinkSync(path, link);
    expect(() => new LogFile(link)).toThrow('ELOOP');
  });

  test('[security.canaries] passes every line through the redaction', () => {
    const path = join(bench.folder, 'c.log');
    const log = new LogFile(path);
    const logger = fileLogger(log, systemClock, (text) => text.replaceAll('hunter2', '[secret]'));
    logger.error(
      { error: new Error('hunter2', { cause: new Error('hunter2') }), url: 'https://x/?t=hunter2' },
      'hunter2',
    );
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    logger.warn(circular, 'round');
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain('hunter2');
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { level: string }).level),
    ).toEqual(['error', 'warn']);
    log.close();
  });
});

describe('[security.socket] the mutual challenge', () => {
  const KEY = 'k'.repeat(64);

  test('lets those in who know the key, and their requests work', async () => {
    const { fleet, calls } = recordingFleet({ request: () => Promise.resolve('x'.repeat(200_000)) });
    await bench.serve(fleet, { key: KEY });
    const client = bench.client(undefined, { key: () => KEY });
    expect(await client.request('a', 'm', { text: 'y'.repeat(200_000) })).toHaveLength(200_000);
    await Promise.all(Array.from({ length: 20 }, () => client.snapshots()));
    expect(calls).toHaveLength(21);
  });

  test('keeps those out who do not', async () => {
    const { fleet, calls } = recordingFleet();
    await bench.serve(fleet, { key: KEY });
    await expect(bench.client(undefined, { key: () => 'other' }).snapshots()).rejects.toMatchObject({
      code: 'ERR_SOCKET_UNSAFE',
    });
    await expect(bench.client(undefined, { key: () => undefined }).snapshots()).rejects.toMatchObject({
      data: { absent: true },
    });
    const socket = connect(bench.socketPath);
    socket.on('error', () => {});
    socket.write(`${'0'.repeat(64)}\n`);
    socket.once('data', () => socket.write(`${'0'.repeat(64)}\nGET /v1/servers HTTP/1.1\r\nhost: x\r\n\r\n`));
    await once(socket, 'close');
    expect(calls).toEqual([]);
  });

  test('tells a client that an impostor listens, before it has sent a request', async () => {
    let heard = '';
    const impostor = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (part) => {
        heard += String(part);
        // The proof that it was just sent, played back.
        socket.write(`${heard.trim()} ${'0'.repeat(64)}\n`);
      });
    });
    mkdirSync(dirname(bench.socketPath), { mode: 0o700 });
    impostor.listen(bench.socketPath);
    await once(impostor, 'listening');
    chmodSync(bench.socketPath, 0o600);
    await expect(bench.client(undefined, { key: () => KEY }).snapshots()).rejects.toMatchObject({
      code: 'ERR_SOCKET_UNSAFE',
    });
    expect(heard).toMatch(/^[0-9a-f]{64}\n$/);
    impostor.close();
  });

  test('gives up on a line without an end', async () => {
    const endless = createServer((socket) => {
      socket.on('error', () => {});
      socket.write('x'.repeat(10_000));
    });
    const path = join(bench.folder, 'endless.sock');
    endless.listen(path);
    await once(endless, 'listening');
    const socket = connect(path);
    await once(socket, 'connect');
    await expect(challengeServer(socket, KEY, systemClock)).rejects.toMatchObject({ code: 'ERR_SOCKET_UNSAFE' });
    expect(socket.destroyed).toBe(true);
    endless.close();
  });

  test('has one key for all who ask', () => {
    const path = join(bench.folder, 'daemon.key');
    const key = pipeKey(path, socketFiles);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(pipeKey(path, socketFiles)).toBe(key);
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
  });
});
