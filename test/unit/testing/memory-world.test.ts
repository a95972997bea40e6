import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DEFAULT_NUMBERS } from '../../../src/core/numbers.ts';
import type { EffectiveEntry } from '../../../src/core/entry.ts';
import type { OpenOutcome, Session, SessionEvent } from '../../../src/core/ports.ts';
import { createMemoryFleet, createMemoryWorld, createVirtualClock } from '../../../src/testing/index.ts';
import type { MemoryWorld, RawEntry, VirtualClock } from '../../../src/testing/index.ts';

interface Bench {
  readonly clock: VirtualClock;
  readonly world: MemoryWorld;
  readonly resolve: (name: string) => Promise<EffectiveEntry>;
  readonly open: (name: string, signal?: AbortSignal) => Promise<OpenOutcome>;
}

function bench(variables: Record<string, string> = {}): Bench {
  const clock = createVirtualClock(0);
  const world = createMemoryWorld({ clock, variables });
  const resolve = async (name: string): Promise<EffectiveEntry> => {
    const { servers } = await world.config.load(world.view);
    const server = servers.find((one) => one.name === name);
    if (server === undefined) throw new Error(`no entry ${name}`);
    const entry = await world.config.resolve(server, world.view);
    if ('reason' in entry) throw new Error(entry.reason);
    return entry;
  };
  const open = async (name: string, signal: AbortSignal = new AbortController().signal): Promise<OpenOutcome> => {
    const entry = await resolve(name);
    const headers = await world.credentials.headers(entry, {
      fresh: false,
      numbers: DEFAULT_NUMBERS,
      signal,
    });
    if (!headers.ok) throw new Error(headers.fault.reason);
    const opening = world.connector.open({ entry, headers: headers.headers, numbers: DEFAULT_NUMBERS, signal });
    await clock.advance(10);
    return opening;
  };
  return { clock, world, resolve, open };
}

function sessionOf(outcome: OpenOutcome): Session {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.answer));
  return outcome.session;
}

describe('servers in memory', () => {
  test('open a session that lists and answers calls', async () => {
    const { world, open, clock } = bench();
    const server = world.add('one');
    server.tools = { names: ['a', 'b'] };
    const session = sessionOf(await open('one'));
    expect(session.lists.tools).toHaveLength(2);
    const call = session.request('tools/call', { name: 'a', arguments: { x: 1 } });
    await clock.advance(10);
    expect(await call).toEqual({ ok: true, result: { content: [{ type: 'text', text: '{"x":1}' }] } });
    expect(server.sessions).toHaveLength(1);
    await session.close();
    expect(server.sessions).toHaveLength(0);
    expect(await session.request('ping', undefined)).toMatchObject({
      ok: false,
      fault: { kind: 'closed', sent: 'no' },
    });
  });

  test('meet what the script says first, then what they are', async () => {
    const { world, open } = bench();
    const server = world.add('one');
    const busy = { kind: 'http', status: 503, challenges: [] } as const;
    server.script(busy, busy);
    const seen = [await open('one'), await open('one'), await open('one')];
    expect(seen.map((outcome) => outcome.ok)).toEqual([false, false, true]);
    expect(server.opens.map(({ at, outcome }) => [at, outcome])).toEqual([
      [0, busy],
      [10, busy],
      [20, 'ok'],
    ]);
  });

  test.each([
    ['remote', { url: 'http://one.test/mcp' }, { kind: 'network', errno: 'ECONNREFUSED' }],
    ['stdio', { command: 'one' }, { kind: 'exit', exit: { code: 1 } }],
  ] as [string, RawEntry, object][])('that go down lose their sessions and answer so: %s', async (_, entry, answer) => {
    const { world, open } = bench();
    const server = world.add('one', entry);
    const session = sessionOf(await open('one'));
    const events: SessionEvent[] = [];
    session.onEvent = (event) => events.push(event);
    server.down();
    expect(events).toMatchObject([{ kind: 'lost', answer }]);
    expect(await open('one')).toMatchObject({ ok: false, answer });
    server.up();
    expect((await open('one')).ok).toBe(true);
  });

  test('that hang hold a try until it is ended from outside', async () => {
    const { world, open } = bench();
    world.add('one').down('hang');
    const deadline = new AbortController();
    const opening = open('one', deadline.signal);
    deadline.abort(new Error('deadline'));
    expect(await opening).toEqual({ ok: false, answer: { kind: 'timeout' } });
  });

  test('tell a contact what is wrong while a session is still open', async () => {
    const { world, open, clock } = bench();
    const server = world.add('one');
    const session = sessionOf(await open('one'));
    const ask = async (): Promise<unknown> => {
      const asking = session.contact(new AbortController().signal);
      await clock.advance(10);
      return asking;
    };
    expect(await ask()).toBeUndefined();
    server.down({ kind: 'http', status: 500, challenges: [] });
    expect(await ask()).toBeDefined();
  });

  test('an address that no server was added for does not resolve', async () => {
    const { world, open } = bench();
    world.config.put('lost', { url: 'http://lost.test' });
    world.config.put('gone', { command: 'gone' });
    expect(await open('lost')).toMatchObject({ answer: { errno: 'ENOTFOUND' } });
    expect(await open('gone')).toMatchObject({ answer: { kind: 'spawn', errno: 'ENOENT' } });
  });
});

describe('credentials in memory', () => {
  test('static headers reach the server, which refuses a try without the ones it requires', async () => {
    const { world, open } = bench();
    const server = world.add('one', { url: 'http://one.test', headers: { 'X-Api-Key': 'k1' } });
    server.requiredHeaders = { 'x-api-key': 'k2' };
    expect(await open('one')).toMatchObject({ ok: false, answer: { status: 401 } });
    server.requiredHeaders = { 'x-api-key': 'k1' };
    expect((await open('one')).ok).toBe(true);
    expect(server.opens[1]?.headers).toEqual({ 'x-api-key': 'k1' });
  });

  test('a helper is a function, lies over static headers, and its failures are faults', async () => {
    const { world, open, resolve } = bench();
    const server = world.add('one', { url: 'http://one.test', headers: { a: '1', b: '2' }, headersHelper: 'x' });
    server.helper = () => ({ b: '3' });
    expect((await resolve('one')).signIn).toBe('helper');
    await open('one');
    expect(server.opens[0]?.headers).toEqual({ a: '1', b: '3' });
    server.helper = () => 'helper-timeout';
    await expect(open('one')).rejects.toThrow('helper-timeout');
    expect(world.credentials.runs.map(({ run }) => [run.outcome, run.exitCode])).toEqual([
      ['ok', 0],
      ['helper-timeout', null],
    ]);
  });
});

describe('configuration in memory', () => {
  test('expands variables, and names the first that has neither value nor default', async () => {
    const { world, resolve } = bench({ HOST: 'a.test' });
    world.config.put('good', { url: 'http://${HOST}:${PORT:-80}/' });
    world.config.put('bad', { url: 'http://${NONE}/' });
    expect((await resolve('good')).endpoint).toMatchObject({ url: 'http://a.test:80/' });
    await expect(resolve('bad')).rejects.toThrow('variable-missing');
    expect((await world.config.load(world.view)).variables).toEqual(['HOST', 'PORT', 'NONE']);
  });

  test('an entry without url and command is invalid and hides no other', async () => {
    const { world, resolve } = bench();
    world.config.put('bad', {});
    world.add('good');
    const { servers } = await world.config.load(world.view);
    expect(servers.map(({ name, problem }) => [name, problem?.reason])).toEqual([
      ['bad', 'config-invalid'],
      ['good', undefined],
    ]);
    expect((await resolve('good')).name).toBe('good');
  });

  test('tells watchers of every change until they stop watching', async () => {
    const { world } = bench();
    let changes = 0;
    const stop = world.config.watch(world.view, () => (changes += 1));
    await world.config.add(world.view, { name: 'one', raw: { url: 'http://one.test' } });
    await world.config.edit(world.view, { name: 'one', change: { set: { url: 'http://two.test' }, unset: ['x'] } });
    await world.config.remove(world.view, { name: 'one' });
    stop();
    world.config.put('three', {});
    expect(changes).toBe(3);
    await expect(world.config.remove(world.view, { name: 'one' })).rejects.toMatchObject({
      code: 'ERR_SERVER_UNKNOWN',
    });
  });

  test('an approval with another hash is refused', async () => {
    const { world } = bench();
    world.add('one', { command: 'x' }, 'awaiting');
    const look = async () => (await world.config.load(world.view)).servers[0];
    const waiting = await look();
    if (waiting === undefined) throw new Error('no server');
    await expect(world.config.approve(world.view, waiting, 'other')).rejects.toMatchObject({
      code: 'ERR_APPROVAL_STALE',
    });
    await world.config.approve(world.view, waiting, waiting.approval.hash);
    expect((await look())?.approval.state).toBe('approved');
  });
});

async function lifeOf(options: { servers: number; hours: number; seed: number }): Promise<{
  trace: string;
  counts: Record<string, number>;
  tries: number;
}> {
  const clock = createVirtualClock();
  const world = createMemoryWorld({ clock, seed: options.seed });
  for (let index = 0; index < options.servers; index += 1)
    world.add(`s${index}`, index % 3 === 0 ? { command: `s${index}` } : { url: `http://s${index}.test/mcp` });
  const fleet = await createMemoryFleet(world);
  const trace = createHash('sha256');
  const stop = new AbortController();
  const reading = (async () => {
    for await (const event of fleet.events(stop.signal, { since: 0 }))
      trace.update(`${event.time} ${event.server ?? ''} ${event.event}\n`);
  })();
  const still = world.flap({ upMs: 20 * 60_000, downMs: 60_000 });
  for (let hour = 0; hour < options.hours; hour += 1) {
    await clock.advance(3_600_000);
    clock.jump(1_800_000);
  }
  still();
  for (const server of world.servers) server.up();
  await clock.advance(600_000);
  const counts: Record<string, number> = {};
  for (const { status } of await fleet.snapshots()) counts[status] = (counts[status] ?? 0) + 1;
  stop.abort();
  await reading;
  await fleet.close();
  return {
    trace: trace.digest('hex'),
    counts,
    tries: world.servers.reduce((sum, server) => sum + server.opens.length, 0),
  };
}

describe('a fleet in a memory world', () => {
  test('comes back whole after hours of drops and sleeps, the same way under the same seed', async () => {
    const first = await lifeOf({ servers: 30, hours: 3, seed: 3 });
    expect(first.counts).toEqual({ connected: 30 });
    expect(first.tries).toBeGreaterThan(150);
    expect((await lifeOf({ servers: 30, hours: 3, seed: 3 })).trace).toBe(first.trace);
    expect((await lifeOf({ servers: 30, hours: 3, seed: 4 })).trace).not.toBe(first.trace);
  });
});
