/**
 * The control socket on this machine: who may use it, and what becomes of the requests on it.
 *
 * @module
 */
import { once } from 'node:events';
import { chmodSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HoldfastError } from '../../src/base/errors.ts';
import type { FleetEvent } from '../../src/core/events.ts';
import type { View } from '../../src/core/view.ts';
import { connectDaemon, greet } from '../../src/daemon/greet.ts';
import { recordingFleet, snapshotOf } from '../support/recording-fleet.ts';
import { Bench, GUARD } from '../support/control.ts';

const VIEW: View = { configDir: '/c', home: '/h', variables: { TOKEN: 'v' }, path: '/bin', projectRoot: '/p' };
let bench: Bench;

beforeEach(async () => {
  bench = await Bench.make();
});

afterEach(async () => {
  await bench.remove();
});

const mode = (path: string): string => (lstatSync(path).mode & 0o777).toString(8);

/** What a promise is rejected with, heard from the first moment. */
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable('it was to fail'),
    (error: unknown) => error,
  );

interface Raw {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

function raw(method: string, path: string, headers: Record<string, string>, body?: string | Buffer): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ socketPath: bench.socketPath, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };

describe('[security.socket] the socket', () => {
  test.each([0o000, 0o022, 0o077, 0o777])('is 0600 in a 0700 folder under umask %o', async (umask) => {
    const before = process.umask(umask);
    try {
      await bench.serve(recordingFleet().fleet);
    } finally {
      process.umask(before);
    }
    expect(mode(bench.socketPath)).toBe('600');
    expect(mode(dirname(bench.socketPath))).toBe('700');
    await expect(bench.client().snapshots()).resolves.toBeUndefined();
  });

  test('leaves nothing in its folder but itself and its lock, and goes with its server', async () => {
    const server = await bench.serve(recordingFleet().fleet);
    const folder = dirname(bench.socketPath);
    expect(readdirSync(folder).toSorted()).toEqual(['daemon.sock', 'daemon.sock.lock']);
    await server.close();
    await server.close();
    expect(readdirSync(folder)).toEqual(['daemon.sock.lock']);
  });

  test.each([
    ['its folder is open to others', () => chmodSync(dirname(bench.socketPath), 0o755), '0755'],
    ['it is open to others itself', () => chmodSync(bench.socketPath, 0o666), '0666'],
  ])('is not used when %s', async (_why, spoil, told) => {
    await bench.serve(recordingFleet().fleet);
    spoil();
    const error = await bench
      .client()
      .snapshots()
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'ERR_SOCKET_UNSAFE' });
    expect((error as HoldfastError).message).toContain(told);
    expect((error as HoldfastError).hint).toContain('chmod');
  });

  test('is not used when another user owns it', async () => {
    const { calls, fleet } = recordingFleet();
    await bench.serve(fleet);
    const stranger = { ...GUARD, uid: (GUARD.uid ?? 0) + 1 };
    await expect(bench.client(undefined, { guard: stranger }).snapshots()).rejects.toMatchObject({
      code: 'ERR_SOCKET_UNSAFE',
    });
    expect(calls).toEqual([]);
  });

  test.each(['the socket', 'its folder'])('is not used when %s is a symlink, even to a good one', async (what) => {
    await bench.serve(recordingFleet().fleet);
    const link = join(bench.folder, 'link');
    const socketPath = what === 'the socket' ? join(link, 'daemon.sock') : join(link, 'daemon.sock');
    if (what === 'its folder') symlinkSync(dirname(bench.socketPath), link);
    else {
      mkdirSync(link, { mode: 0o700 });
      symlinkSync(bench.socketPath, socketPath);
    }
    await expect(bench.client(undefined, { socketPath }).snapshots()).rejects.toMatchObject({
      code: 'ERR_SOCKET_UNSAFE',
      message: expect.stringContaining('symlink') as string,
    });
  });

  test.each([
    ['a symlink', (path: string) => symlinkSync('/tmp/nowhere', path)],
    ['a file', (path: string) => writeFileSync(path, 'mine', { mode: 0o600 })],
  ])('is not made in the place of %s', async (_what, plant) => {
    mkdirSync(dirname(bench.socketPath), { mode: 0o700 });
    plant(bench.socketPath);
    await expect(bench.serve(recordingFleet().fleet)).rejects.toMatchObject({ code: 'ERR_SOCKET_UNSAFE' });
    expect(lstatSync(bench.socketPath).isSocket()).toBe(false);
  });

  test('is not made in a folder that others may enter, and that folder is left as it is', async () => {
    mkdirSync(dirname(bench.socketPath), { mode: 0o755 });
    await expect(bench.serve(recordingFleet().fleet)).rejects.toMatchObject({ code: 'ERR_SOCKET_UNSAFE' });
    expect(mode(dirname(bench.socketPath))).toBe('755');
  });
});

describe('one owner', () => {
  test('[daemon.dead-socket] a socket left from a dead daemon is replaced', async () => {
    mkdirSync(dirname(bench.socketPath), { mode: 0o700 });
    const dead = createServer();
    // Bound under another name and renamed: closing the server then does not remove it.
    dead.listen(`${bench.socketPath}.old`);
    await once(dead, 'listening');
    const { renameSync } = await import('node:fs');
    renameSync(`${bench.socketPath}.old`, bench.socketPath);
    chmodSync(bench.socketPath, 0o600);
    dead.close();
    expect(await greet(bench.caller())).toEqual({ state: 'absent' });
    await bench.serve(recordingFleet({ snapshots: () => Promise.resolve([snapshotOf('a')]) }).fleet);
    expect(await bench.client().snapshots()).toMatchObject([{ name: 'a' }]);
  });

  test('[daemon.one-owner] of ten servers started at once one wins, the others say that a daemon runs', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => bench.serve(recordingFleet().fleet)));
    const losers = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(losers).toHaveLength(9);
    for (const loser of losers) expect(loser.reason).toMatchObject({ code: 'ERR_DAEMON_RUNNING' });
    await expect(bench.client().snapshots()).resolves.toBeUndefined();
  });

  test('a server that ends late does not remove the socket of its successor', async () => {
    const first = await bench.serve(recordingFleet().fleet);
    const { unlinkSync } = await import('node:fs');
    unlinkSync(bench.socketPath);
    await bench.serve(recordingFleet({ snapshots: () => Promise.resolve([snapshotOf('second')]) }).fleet);
    await first.close();
    expect(await bench.client().snapshots()).toMatchObject([{ name: 'second' }]);
  });

  test('without a daemon there is nothing to connect to, and that is no error', async () => {
    expect(await connectDaemon(bench.caller())).toBeUndefined();
    await expect(bench.client().snapshots()).rejects.toMatchObject({
      code: 'ERR_DAEMON_UNREACHABLE',
      data: { absent: true },
    });
  });

  test('[daemon.version] a daemon of another major version is not used', async () => {
    const owner = { kind: 'daemon', pid: 1, version: '2.0.0', startedAt: '' } as const;
    await bench.serve(recordingFleet({ owner: () => Promise.resolve(owner) }).fleet, { owner });
    expect(await greet(bench.caller())).toMatchObject({ age: 'newer', compatible: false });
    await expect(connectDaemon(bench.caller())).rejects.toMatchObject({ code: 'ERR_DAEMON_VERSION' });
    expect(await greet(bench.caller({ version: '2.1.0' }))).toMatchObject({ age: 'older', compatible: true });
    expect(await connectDaemon(bench.caller({ version: '2.1.0' }))).toBeDefined();
  });
});

describe('[daemon.remote-fleet] the remote fleet', () => {
  const view = expect.objectContaining({ projectRoot: '/p' }) as View;

  test.each([
    ['owner', [], []],
    ['snapshots', [], [view]],
    ['snapshot', ['a/b'], ['a/b', view]],
    ['reconnect', ['a'], ['a', view]],
    ['retryNow', ['a'], ['a', view]],
    ['stopTrying', ['a'], ['a', view]],
    ['reset', ['a', { client: true }], ['a', { client: true, credentials: false }, view]],
    ['reset', ['a'], ['a', { client: false, credentials: false }, view]],
    ['enable', ['a'], ['a', view]],
    ['disable', ['a'], ['a', view]],
    ['approve', ['a', 'hash'], ['a', 'hash', view]],
    ['approve', ['a'], ['a', undefined, view]],
    ['reject', ['..'], ['..', view]],
    ['approval', ['a'], ['a', view]],
    [
      'add',
      [{ name: 'n', raw: { url: 'u' }, scope: 'own' }],
      [{ name: 'n', raw: { url: 'u' }, scope: 'own', replace: false }, view],
    ],
    [
      'edit',
      [{ name: 'n', scope: 'user', change: { set: { url: 'u' }, unset: ['headers'] } }],
      [{ name: 'n', scope: 'user', change: { set: { url: 'u' }, unset: ['headers'] } }, view],
    ],
    ['remove', [{ name: 'n' }], [{ name: 'n' }, view]],
    ['sources', [], [view]],
    ['logs', ['a'], ['a', view]],
    ['helperRun', ['a'], ['a', view]],
    ['doctor', [], [undefined, view]],
    ['doctor', ['a'], ['a', view]],
    ['lists', ['a'], ['a', view]],
    ['startLogin', ['a'], ['a', {}, view]],
    [
      'startLogin',
      ['a', { scopes: ['x'], method: 'device', byHand: true, callbackPort: 4_000, remoteShell: true }],
      ['a', { scopes: ['x'], method: 'device', byHand: true, callbackPort: 4_000, remoteShell: true }, view],
    ],
    ['finishLogin', ['flow', 'http://localhost/callback?code=1'], ['flow', 'http://localhost/callback?code=1', view]],
    ['logout', ['a'], ['a', { local: false, client: false }, view]],
    ['logout', ['a', { local: true, client: true }], ['a', { local: true, client: true }, view]],
    ['grantStepUp', ['a', { scopes: ['x'] }], ['a', { scopes: ['x'] }, view]],
    ['declineStepUp', ['a'], ['a', view]],
    ['setProfile', ['a', 'work'], ['a', 'work', view]],
    ['setProfile', ['a', undefined], ['a', undefined, view]],
    ['credentials', [], []],
  ] as const)('%s(%j) reaches the fleet with the view, and its answer comes back', async (method, given, arrived) => {
    const answer = { deep: [1, 'zwei', null, { drei: true }] };
    const { fleet, calls } = recordingFleet({ [method]: () => Promise.resolve(answer) });
    await bench.serve(fleet);
    const client = bench.client(VIEW) as unknown as Record<string, (...args: readonly unknown[]) => Promise<unknown>>;
    expect(await client[method]?.(...given)).toEqual(answer);
    expect(calls).toEqual([{ method, args: arrived }]);
  });

  test('settled carries its limit and names, and its wait ends with the caller', async () => {
    const ended = vi.fn<() => void>();
    const { fleet, calls } = recordingFleet({
      settled: ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            ended();
            reject(new Error('aborted'));
          });
        }),
    });
    await bench.serve(fleet);
    const stop = new AbortController();
    const waiting = bench.client(VIEW).settled({ timeoutMs: 5_000, names: ['a'], signal: stop.signal });
    await vi.waitFor(() => expect(calls).toHaveLength(1));
    expect(calls[0]?.args[0]).toMatchObject({ timeoutMs: 5_000, names: ['a'], view: { projectRoot: '/p' } });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce());
  });

  test('the wait for a sign-in carries its limit, and ends with the caller', async () => {
    const ended = vi.fn<() => void>();
    const { fleet, calls } = recordingFleet({
      loginResult: (_flow, options) =>
        new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => {
            ended();
            reject(new Error('aborted'));
          });
        }),
      cancelLogin: () => Promise.resolve(),
    });
    await bench.serve(fleet);
    const stop = new AbortController();
    const client = bench.client(VIEW);
    const waiting = client.loginResult('flow 1', { timeoutMs: 5_000, signal: stop.signal });
    await vi.waitFor(() => expect(calls).toHaveLength(1));
    expect(calls[0]?.args).toMatchObject(['flow 1', { timeoutMs: 5_000, view: { projectRoot: '/p' } }]);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce());
    await expect(client.cancelLogin('flow 1')).resolves.toBeUndefined();
    expect(calls[1]).toMatchObject({ method: 'cancelLogin', args: ['flow 1', { projectRoot: '/p' }] });
  });

  test('an error keeps code, sentence, hint and data', async () => {
    const thrown = new HoldfastError('ERR_SERVER_UNKNOWN', 'no', { hint: 'Did you mean b?', data: { nearest: ['b'] } });
    await bench.serve(
      recordingFleet({ snapshot: () => Promise.reject(thrown), request: () => Promise.reject(thrown) }).fleet,
    );
    for (const answer of [bench.client().snapshot('a'), bench.client().request('a', 'tools/call')]) {
      const error = await answer.catch((caught: unknown) => caught);
      expect((error as HoldfastError).toJSON()).toEqual(thrown.toJSON());
    }
  });

  test('a call brings progress, then its result, whatever its size', async () => {
    const big = 'x'.repeat(3_000_000);
    const { fleet, calls } = recordingFleet({
      request: (_name, _method, _params, call) => {
        for (const progress of [1, 2, 3]) call?.onProgress?.({ progress, total: 3, message: `step\n${progress}` });
        return Promise.resolve({ big });
      },
    });
    await bench.serve(fleet);
    const seen: unknown[] = [];
    const result = await bench.client(VIEW).request(
      'srv',
      'tools/call',
      { name: 't', arguments: { a: 1 } },
      {
        onProgress: (progress) => seen.push(progress),
        timeoutMs: 9_000,
        interaction: 'url',
      },
    );
    expect(result).toEqual({ big });
    expect(seen.map((progress) => (progress as { progress: number }).progress)).toEqual([1, 2, 3]);
    expect(calls[0]?.args.slice(0, 3)).toEqual(['srv', 'tools/call', { name: 't', arguments: { a: 1 } }]);
    expect(calls[0]?.args[3]).toMatchObject({ timeoutMs: 9_000, interaction: 'url', view: { projectRoot: '/p' } });
  });

  test('a call without a listener asks for no progress', async () => {
    const { fleet, calls } = recordingFleet({ request: () => Promise.resolve(null) });
    await bench.serve(fleet);
    await bench.client().request('srv', 'ping');
    expect(calls[0]?.args[3]).toMatchObject({ interaction: 'none' });
    expect(calls[0]?.args[3]).not.toHaveProperty('onProgress');
  });

  test.each(['aborts', 'vanishes'])('a call is cancelled at the server when its client %s', async (how) => {
    const heard = vi.fn<() => void>();
    const { fleet, calls } = recordingFleet({
      request: (_name, _method, _params, call) =>
        new Promise((_resolve, reject) => {
          call?.signal?.addEventListener('abort', () => {
            heard();
            reject(new HoldfastError('ERR_CALL_CANCELLED', 'cancelled'));
          });
        }),
    });
    await bench.serve(fleet);
    if (how === 'aborts') {
      const stop = new AbortController();
      const call = bench.client().request('a', 'tools/call', {}, { signal: stop.signal });
      await vi.waitFor(() => expect(calls).toHaveLength(1));
      stop.abort();
      await expect(call).rejects.toMatchObject({ code: 'ERR_CALL_CANCELLED' });
    } else {
      const socket = connect(bench.socketPath);
      socket.write(
        'POST /v1/servers/a/request HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{"method":"m"}',
      );
      await vi.waitFor(() => expect(calls).toHaveLength(1));
      socket.destroy();
    }
    await vi.waitFor(() => expect(heard).toHaveBeenCalledOnce());
  });

  test('closing a client ends what it waits for, and only that', async () => {
    const { fleet, calls } = recordingFleet({
      request: () => new Promise(() => {}),
      close: () => Promise.reject(new Error('no')),
    });
    await bench.serve(fleet);
    const client = bench.client();
    const call = client.request('a', 'm');
    const failure = failureOf(call);
    await vi.waitFor(() => expect(calls).toHaveLength(1));
    await client.close();
    expect(await failure).toMatchObject({ code: 'ERR_CLOSED' });
    await expect(client.snapshots()).rejects.toMatchObject({ code: 'ERR_CLOSED' });
    await expect(bench.client().snapshots()).resolves.toBeUndefined();
    expect(calls.map(({ method }) => method)).toEqual(['request', 'snapshots']);
  });

  test('a call whose daemon goes away is interrupted; another question finds it unreachable', async () => {
    const { fleet, calls } = recordingFleet({
      request: () => new Promise(() => {}),
      reconnect: () => new Promise(() => {}),
    });
    const server = await bench.serve(fleet);
    const client = bench.client();
    const outcomes = Promise.allSettled([client.request('a', 'm'), client.reconnect('a')]);
    await vi.waitFor(() => expect(calls).toHaveLength(2));
    await server.close();
    expect(await outcomes).toMatchObject([
      { reason: { code: 'ERR_INTERRUPTED' } },
      { reason: { code: 'ERR_DAEMON_UNREACHABLE' } },
    ]);
  });

  test('50 clients with 20 calls each get each its own answers', async () => {
    await bench.serve(recordingFleet({ request: (name, method) => Promise.resolve(`${name}:${method}`) }).fleet);
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, client) => {
        const fleet = bench.client();
        return Promise.all(Array.from({ length: 20 }, (__, call) => fleet.request(`s${client}`, `m${call}`)));
      }),
    );
    for (const [client, calls] of answers.entries())
      expect(calls).toEqual(Array.from({ length: 20 }, (_, call) => `s${client}:m${call}`));
  });

  test('the daemon reads the files of a place for its callers, where it can', async () => {
    const names = { variables: ['TOKEN'], entries: [{ scope: 'own', pointer: 'mcpServers.a' }] } as const;
    const asked: View[] = [];
    const server = await bench.serve(recordingFleet().fleet, {
      names: (given) => {
        asked.push(given);
        return Promise.resolve(names);
      },
    });
    expect(await bench.client().names(VIEW)).toMatchObject(names);
    expect(asked).toEqual([VIEW]);
    await server.close();
    await bench.serve(recordingFleet().fleet);
    await expect(bench.client().names(VIEW)).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });

  test('a name that is no text is refused here', async () => {
    await bench.serve(recordingFleet().fleet);
    await expect(bench.client().snapshot('\uD800')).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });
});

function event(seq: number): FleetEvent {
  return { seq, time: '2026-01-01T00:00:00.000Z', server: 's', event: 'server.removed' };
}

describe('the event stream', () => {
  test('resumes after the number given, and brings later ones as they come', async () => {
    let more: ((seq: number) => void) | undefined;
    const { fleet, calls } = recordingFleet({
      async *events(signal, options) {
        for (let seq = (options?.since ?? 0) + 1; seq <= 5; seq += 1) yield event(seq);
        while (!signal.aborted) {
          const seq = await new Promise<number>((resolve) => {
            more = resolve;
            signal.addEventListener('abort', () => resolve(-1));
          });
          if (seq > 0) yield event(seq);
        }
      },
    });
    await bench.serve(fleet);
    const seen: number[] = [];
    const stop = new AbortController();
    const reading = (async () => {
      for await (const { seq } of bench.client(VIEW).events(stop.signal, { since: 3 })) seen.push(seq);
    })();
    await vi.waitFor(() => expect(seen).toEqual([4, 5]));
    expect(calls[0]?.args[1]).toMatchObject({ since: 3, view: { projectRoot: '/p' } });
    more?.(6);
    await vi.waitFor(() => expect(seen).toEqual([4, 5, 6]));
    stop.abort();
    await reading;
  });

  test('carries an event that has a field named error', async () => {
    const failed: FleetEvent = {
      ...event(1),
      event: 'auth.failed',
      reason: 'sign-in-required',
      error: 'access_denied',
    };
    await bench.serve(
      recordingFleet({
        async *events() {
          yield failed;
        },
      }).fleet,
    );
    const seen: FleetEvent[] = [];
    for await (const one of bench.client().events(new AbortController().signal)) seen.push(one);
    expect(seen).toEqual([failed]);
  });

  test('ends at the daemon when its reader leaves the loop', async () => {
    let signal: AbortSignal | undefined;
    await bench.serve(
      recordingFleet({
        async *events(given) {
          signal = given;
          for (let seq = 1; !given.aborted; seq += 1) {
            yield event(seq);
            await new Promise((resolve) => {
              setTimeout(resolve, 1);
            });
          }
        },
      }).fleet,
    );
    for await (const { seq } of bench.client().events(new AbortController().signal)) if (seq === 3) break;
    await vi.waitFor(() => expect(signal?.aborted).toBe(true));
  });

  test('tells the error that ended it', async () => {
    await bench.serve(
      recordingFleet({
        // eslint-disable-next-line require-yield
        async *events() {
          throw new HoldfastError('ERR_CONFIG_UNREADABLE', 'unreadable', { data: { file: 'f' } });
        },
      }).fleet,
    );
    const stream = bench.client().events(new AbortController().signal)[Symbol.asyncIterator]();
    await expect(stream.next()).rejects.toMatchObject({ code: 'ERR_CONFIG_UNREADABLE', data: { file: 'f' } });
  });

  test('does not pile up at the daemon when its reader is slow', async () => {
    let made = 0;
    await bench.serve(
      recordingFleet({
        async *events(signal) {
          while (!signal.aborted && made < 100_000) {
            made += 1;
            yield { ...event(made), server: 'x'.repeat(1_000) };
          }
        },
      }).fleet,
    );
    const stream = bench.client().events(new AbortController().signal)[Symbol.asyncIterator]();
    await stream.next();
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });
    expect(made).toBeLessThan(5_000);
    await stream.return?.(undefined);
  });
});

describe('a request that is refused', () => {
  let calls: { readonly method: string }[];
  beforeEach(async () => {
    const recording = recordingFleet();
    calls = recording.calls;
    await bench.serve(recording.fleet, { bodyLimitBytes: 100_000 });
  });

  test.each([
    ['GET', '/v1/nothing', {}, undefined, 404],
    ['GET', '/v1/servers/a/reconnect', {}, undefined, 405],
    ['PUT', '/v1/servers', {}, undefined, 405],
    ['POST', '/v1/servers/a/reconnect', { 'content-type': 'text/plain' }, '{}', 415],
    ['POST', '/v1/servers/a/reconnect', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=b', 415],
    ['POST', '/v1/servers/a/reconnect', { 'content-type': 'application/jsonp' }, '{}', 415],
    ['POST', '/v1/servers/a/reconnect', { 'content-length': '2' }, '{}', 415],
    ['POST', '/v1/servers/a/reconnect', JSON_TYPE, '{', 400],
    ['POST', '/v1/servers/a/reconnect', JSON_TYPE, '[]', 400],
    ['POST', '/v1/servers/a/reconnect', JSON_TYPE, '"x"', 400],
    ['POST', '/v1/servers/a/reconnect', JSON_TYPE, '{"view":{"home":1}}', 400],
    ['POST', '/v1/servers/a/reconnect', { ...JSON_TYPE, origin: 'http://localhost' }, '{}', 403],
    ['POST', '/v1/servers/a/reconnect', { ...JSON_TYPE, origin: 'null' }, '{}', 403],
    ['POST', '/v1/servers/a/reconnect', { ...JSON_TYPE, 'holdfast-protocol': '2' }, '{}', 426],
    ['POST', '/v1/servers/a/reconnect', JSON_TYPE, JSON.stringify({ x: 'y'.repeat(100_000) }), 413],
    ['POST', '/v1/servers/a/reconnect', { ...JSON_TYPE, 'transfer-encoding': 'chunked' }, 'z'.repeat(300_000), 413],
    ['POST', '/v1/servers', JSON_TYPE, '{"entry":{"name":"a","raw":{},"scope":"everywhere"}}', 400],
    ['POST', '/v1/servers', JSON_TYPE, '{"entry":{"name":"a","raw":[]}}', 400],
    ['POST', '/v1/servers/a/request', JSON_TYPE, '{}', 400],
    ['GET', '/v1/events', { ...JSON_TYPE, 'content-length': '13' }, '{"since":"x"}', 400],
  ])('%s %s %j: %s', async (method, path, headers, body, status) => {
    const answer = await raw(method, path, headers, body);
    expect(answer.status).toBe(status);
    const told = JSON.parse(answer.body) as { error: { code: string; message: string } };
    expect(told.error.code).toBe(status === 426 ? 'ERR_DAEMON_VERSION' : 'ERR_USAGE');
    expect(told.error.message).not.toBe('');
    expect(answer.headers['content-type']).toBe('application/json');
    expect(calls).toEqual([]);
    await expect(bench.client().snapshots()).resolves.toBeUndefined();
  });

  test('a head that is too large is refused', async () => {
    const answer = await raw('GET', '/v1/owner', { 'x-large': 'y'.repeat(20_000) });
    expect(answer.status).toBe(431);
    expect(calls).toEqual([]);
  });

  test('a body over 16 MiB is refused before it leaves the client', async () => {
    const params = { text: 'x'.repeat(16 * 1_024 * 1_024) };
    await expect(bench.client().request('a', 'm', params)).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });

  test.each(['', 'GET / HTTP/1.1\r\n\r\n', '\u0000\u0001\u0002', 'x'.repeat(50_000)])(
    'bytes that are no request do the daemon no harm: %j',
    async (bytes) => {
      const socket = connect(bench.socketPath);
      socket.on('error', () => {});
      socket.end(bytes);
      socket.resume();
      await once(socket, 'close');
      await expect(bench.client().snapshots()).resolves.toBeUndefined();
    },
  );

  test('who speaks without a protocol number is heard: people use curl', async () => {
    const answer = await raw('GET', '/v1/servers', {});
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'holdfast-protocol': '1', 'holdfast-version': '1.2.3' });
  });
});

describe('an exception in the fleet', () => {
  test('[security.canaries] is told without its text, and logged', async () => {
    const error = vi.fn<(fields: object, message: string) => void>();
    const logger = { debug: vi.fn<() => void>(), info: vi.fn<() => void>(), warn: vi.fn<() => void>(), error };
    await bench.serve(
      recordingFleet({
        snapshots: () => {
          throw new TypeError('canary-7f3a');
        },
      }).fleet,
      { logger },
    );
    const told = (await bench
      .client()
      .snapshots()
      .catch((caught: unknown) => caught)) as HoldfastError;
    expect(told.code).toBe('ERR_INTERNAL');
    expect(JSON.stringify(told)).not.toContain('canary');
    expect(error).toHaveBeenCalledOnce();
  });
});

describe('a daemon that is slow', () => {
  test('is waited for while it gives signs of life, and given up when it gives none', async () => {
    const { createVirtualClock } = await import('../../src/testing/virtual-clock.ts');
    const clock = createVirtualClock();
    const { fleet, calls } = recordingFleet({
      reconnect: () => new Promise(() => {}),
      request: () => new Promise(() => {}),
    });
    await bench.serve(fleet, { clock });
    const patient = bench.client(undefined, { clock });
    const outcomes = Promise.allSettled([patient.reconnect('a'), patient.request('a', 'm')]);
    let over = false;
    void outcomes.then(() => {
      over = true;
      return undefined;
    });
    await vi.waitFor(() => expect(calls).toHaveLength(2));
    for (let beat = 0; beat < 60; beat += 1) {
      await clock.advance(4_000);
      // The beat has to come over the real socket.
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    }
    expect(over).toBe(false);

    const mute = createServer(() => {});
    const socketPath = join(bench.folder, 'run', 'mute.sock');
    mute.listen(socketPath);
    await once(mute, 'listening');
    chmodSync(socketPath, 0o600);
    const asked = bench.client(undefined, { clock, socketPath }).snapshots();
    const failure = failureOf(asked);
    await once(mute, 'connection');
    await clock.advance(22_000);
    expect(await failure).toMatchObject({ code: 'ERR_DAEMON_UNREACHABLE' });
    mute.close();
    await patient.close();
    await outcomes;
  });
});

describe('stopping', () => {
  test('lets calls finish, ends streams and polls, refuses what comes, and tells the asker when all is over', async () => {
    let finish: ((value: string) => void) | undefined;
    const { fleet, calls } = recordingFleet({
      request: () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
      async *events(signal) {
        yield event(1);
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
      },
      settled: ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    });
    const order: string[] = [];
    const server = await bench.serve(fleet, {
      onStop: async ({ drainMs }) => {
        await server.drain(drainMs);
        order.push('drained');
      },
    });
    const client = bench.client();
    const call = client.request('a', 'm').then((value) => {
      order.push('call');
      return value;
    });
    const seen: number[] = [];
    const stream = (async () => {
      for await (const { seq } of client.events(new AbortController().signal)) seen.push(seq);
    })();
    const poll = client.settled({ timeoutMs: 60_000 }).catch((error: unknown) => error);
    await vi.waitFor(() => {
      expect(calls).toHaveLength(3);
      expect(seen).toEqual([1]);
    });
    const stopped = bench.client().stop({ drainMs: 20_000 });
    expect(await poll).toMatchObject({ code: 'ERR_CLOSED' });
    await stream;
    await expect(bench.client().snapshots()).rejects.toMatchObject({ code: 'ERR_CLOSED', data: { stopping: true } });
    expect(await greet(bench.caller())).toEqual({ state: 'stopping' });
    finish?.('done');
    expect(await call).toBe('done');
    await vi.waitFor(() => expect(order).toContain('drained'));
    await server.close();
    await stopped;
    expect(await greet(bench.caller())).toEqual({ state: 'absent' });
  });

  test('interrupts a call that does not finish in time', async () => {
    const { fleet, calls } = recordingFleet({
      request: (_name, _method, _params, call) =>
        new Promise((_resolve, reject) => {
          call?.signal?.addEventListener('abort', () => reject(new HoldfastError('ERR_CALL_CANCELLED', 'cancelled')));
        }),
    });
    const server = await bench.serve(fleet);
    const call = bench.client().request('a', 'm');
    const failure = failureOf(call);
    await vi.waitFor(() => expect(calls).toHaveLength(1));
    await server.drain(20);
    expect(await failure).toMatchObject({ code: 'ERR_INTERRUPTED' });
  });
});
