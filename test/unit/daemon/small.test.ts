/**
 * The small pure parts of the daemon: lines, versions, fields, places, idleness, what status prints.
 *
 * @module
 */
import { array, assert, asyncProperty, jsonValue, nat } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HoldfastError } from '../../../src/base/errors.ts';
import { maybeCount, maybeScope, viewOf } from '../../../src/daemon/fields.ts';
import { IdleWatch } from '../../../src/daemon/idle.ts';
import { lineOf, linesOf } from '../../../src/daemon/lines.ts';
import { SOCKET_PATH_LIMIT, controlSocketPath, daemonPaths } from '../../../src/daemon/socket-path.ts';
import { daemonLines } from '../../../src/daemon/status.ts';
import type { DaemonStatus } from '../../../src/daemon/status.ts';
import { compareVersions, sameMajor } from '../../../src/daemon/version.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';

async function all(chunks: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const stream = (async function* pieces(): AsyncGenerator<string> {
    yield* chunks;
  })();
  for await (const line of linesOf(stream)) found.push(line);
  return found;
}

describe('NDJSON', () => {
  test('comes out whole however it was cut', async () => {
    await assert(
      asyncProperty(array(jsonValue()), array(nat(50)), async (values, cuts) => {
        let text = values.map(lineOf).join('\n');
        const chunks: string[] = [];
        for (const cut of cuts) {
          chunks.push(text.slice(0, cut));
          text = text.slice(cut);
        }
        const lines = await all([...chunks, text]);
        expect(lines).toEqual(values.map((value) => JSON.stringify(value)));
      }),
    );
  });

  test('keeps a last line without an end', async () => {
    expect(await all(['{"a":1}\n', '{"b"', ':2}'])).toEqual(['{"a":1}', '{"b":2}']);
  });
});

describe('[daemon.version] versions', () => {
  test.each([
    ['1.2.3', '1.2.3', 0],
    ['1.2.3', '1.2.4', -1],
    ['1.10.0', '1.9.9', 1],
    ['2.0.0', '1.99.99', 1],
    ['1.0.0-rc.1', '1.0.0', -1],
    ['1.0.0-rc.2', '1.0.0-rc.10', -1],
    ['1.0.0-alpha', '1.0.0-alpha.1', -1],
    ['1.0.0-1', '1.0.0-alpha', -1],
    ['1.0.0-beta', '1.0.0-alpha', 1],
    ['1.0.0+a', '1.0.0+b', 0],
  ])('%s against %s', (a, b, expected) => {
    expect(Math.sign(compareVersions(a, b))).toBe(expected);
    expect(Math.sign(compareVersions(b, a))).toBe(expected === 0 ? 0 : -expected);
  });

  test('of one major number speak with each other', () => {
    expect(sameMajor('1.0.0', '1.9.0')).toBe(true);
    expect(sameMajor('1.0.0', '2.0.0')).toBe(false);
  });
});

const VIEW = { configDir: '/c', home: '/h', variables: { A: '1' }, path: '/bin' };

describe('the view of a request', () => {
  test('is taken as it is, without fields that nobody knows', () => {
    const view = {
      ...VIEW,
      projectRoot: '/p',
      files: ['/f'],
      profile: 'x',
      claudeConfigDir: '/cc',
      workingFolder: '/p/w',
    };
    expect(viewOf({ view: { ...view, later: true } })).toEqual(view);
    expect(viewOf({})).toBeUndefined();
    expect(viewOf({ view: VIEW })).toEqual(VIEW);
  });

  test.each([
    { view: 'x' },
    { view: [] },
    { view: null },
    { view: { ...VIEW, home: 1 } },
    { view: { ...VIEW, path: undefined } },
    { view: { ...VIEW, variables: { A: 1 } } },
    { view: { ...VIEW, variables: [] } },
    { view: { ...VIEW, files: [1] } },
    { view: { ...VIEW, files: '/x' } },
  ])('is refused where it is none: %j', (fields) => {
    expect(() => viewOf(fields)).toThrow(HoldfastError);
  });

  test.each([{ n: -1 }, { n: '5' }, { n: null }])('numbers are checked: %j', (fields) => {
    expect(() => maybeCount(fields, 'n')).toThrow('at least 0');
  });

  test.each(['toString', 'constructor', 'Local', ''])('"%s" is no scope', (scope) => {
    expect(() => maybeScope({ scope }, 'scope')).toThrow(HoldfastError);
  });
});

describe('[security.socket] the place of the socket', () => {
  const place = { runtimeDir: '/run/user/7/holdfast', stateDir: '/s', tmpDir: '/tmp', uid: 7, windows: false };

  test('is our runtime folder', () => {
    expect(controlSocketPath(place)).toBe('/run/user/7/holdfast/daemon.sock');
    expect(daemonPaths(place)).toMatchObject({ log: '/s/daemon.log', ledger: '/s/daemon.json' });
  });

  test.each([
    [{ sessionDir: '/run/user/7' }, /^\/run\/user\/7\/holdfast\/[0-9a-f]{16}\.sock$/],
    [{}, /^\/tmp\/holdfast-7\/[0-9a-f]{16}\.sock$/],
    [{ tmpDir: `/${'t'.repeat(90)}` }, /^\/tmp\/holdfast-7\/[0-9a-f]{16}\.sock$/],
    [{ sessionDir: `/${'é'.repeat(40)}` }, /^\/tmp\/holdfast-7\/[0-9a-f]{16}\.sock$/],
  ])('is a short one where that path is too long: %j', (more, expected) => {
    const path = controlSocketPath({ ...place, runtimeDir: `/${'r'.repeat(90)}`, ...more });
    expect(path).toMatch(expected);
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(SOCKET_PATH_LIMIT);
  });

  test('differs for every runtime folder, and is the same each time', () => {
    const at = (name: string): string => controlSocketPath({ ...place, runtimeDir: `/${'r'.repeat(100)}/${name}` });
    const names = Array.from({ length: 500 }, (_, index) => at(String(index)));
    expect(new Set(names).size).toBe(500);
    expect(at('1')).toBe(names[1]);
  });

  test('is a pipe with a key on Windows', () => {
    const paths = daemonPaths({ ...place, uid: undefined, windows: true });
    expect(paths.socket).toMatch(/^\\\\\.\\pipe\\holdfast-[0-9a-f]{16}$/);
    expect(paths.key).toBeDefined();
  });
});

describe('a daemon that nobody needs', () => {
  test('ends after the whole time without need, counted from the last need', async () => {
    const clock = createVirtualClock();
    let needed = true;
    let ended = 0;
    const watch = new IdleWatch(clock, 600_000, () => {
      ended += 1;
    });
    watch.watch(() => needed);
    await clock.advance(3_600_000);
    expect(ended).toBe(0);
    needed = false;
    await clock.advance(400_000);
    needed = true;
    await clock.advance(100_000);
    needed = false;
    await clock.advance(560_000);
    expect(ended).toBe(0);
    await clock.advance(100_000);
    expect(ended).toBe(1);
    await clock.advance(3_600_000);
    expect(ended).toBe(1);
  });

  test('stays when the watch is stopped', async () => {
    const clock = createVirtualClock();
    let ended = 0;
    const watch = new IdleWatch(clock, 1_000, () => {
      ended += 1;
    });
    watch.watch(() => false);
    watch.stop();
    await clock.advance(10_000);
    expect(ended).toBe(0);
  });
});

test('[daemon.owner-told] the status of the daemon tells owner, socket, servers by status and memory', () => {
  const status: DaemonStatus = {
    schema: 'daemon/v1',
    owner: { kind: 'daemon', pid: 42, version: '0.1.0', startedAt: '2026-01-01T00:00:00.000Z' },
    socket: '/run/s',
    log: '/s/daemon.log',
    uptimeMs: 3_661_000,
    views: 2,
    connections: 3,
    enabled: 3,
    servers: { connected: 2, pending: 0, 'needs-auth': 1, failed: 0, disabled: 1 },
    clients: 1,
    memory: { rssBytes: 52_428_800, heapUsedBytes: 1 },
    stopping: false,
  };
  expect(daemonLines(status).join('\n')).toBe(
    [
      'daemon 0.1.0, pid 42',
      'started  2026-01-01T00:00:00.000Z (1 h 1 min ago)',
      'socket   /run/s',
      'log      /s/daemon.log',
      'servers  1 needs-auth, 2 connected, 1 disabled',
      'projects 2, connections 3',
      'clients  1',
      'memory   50 MiB',
    ].join('\n'),
  );
});
