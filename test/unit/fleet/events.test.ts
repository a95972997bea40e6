/**
 * What the stream of events tells: each thing once, in order, to the place it belongs to, and nothing is lost between
 * reading again and living on.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import type { FleetEvent } from '../../../src/core/events.ts';
import { REFUSED, VIEW, http, rig, script, started } from '../../support/scripted-fleet.ts';
import type { Rig } from '../../support/scripted-fleet.ts';

/** When the clock of the rig begins, and with it the numbers of events. */
const BORN = 1_767_225_600_000;

const LOST = { kind: 'lost', answer: { kind: 'network', errno: 'ECONNRESET' } } as const;

interface Reader {
  readonly seen: FleetEvent[];
  readonly names: () => readonly string[];
  stop(): Promise<void>;
}

function read(r: Rig, options?: Parameters<Rig['fleet']['events']>[1]): Reader {
  const seen: FleetEvent[] = [];
  const end = new AbortController();
  const reading = (async () => {
    for await (const event of r.fleet.events(end.signal, options)) seen.push(event);
  })();
  return {
    seen,
    names: () => seen.map(({ event }) => event),
    stop: () => {
      end.abort();
      return reading;
    },
  };
}

const statusOf = (events: readonly FleetEvent[]): readonly string[] =>
  events.flatMap((one) =>
    one.event === 'server.status'
      ? [`${one.from ?? 'none'} → ${one.to}${one.reason === undefined ? '' : ` · ${one.reason}`}`]
      : [],
  );

describe('[events.ndjson] a reader', () => {
  test('hears what happens while its own view is being opened', async () => {
    const r = rig({ a: script(['ok']) });
    const reader = read(r);
    await r.clock.advance(1);
    expect(statusOf(reader.seen)).toEqual(['none → pending', 'pending → connected']);
    await reader.stop();
    await r.fleet.close();
  });

  test('of another place hears nothing of this one', async () => {
    const r = rig({ a: script(['ok'], { content: (view) => view.projectRoot ?? 'none' }) });
    await started(r, 1);
    const other = { ...VIEW, projectRoot: '/other' };
    await r.fleet.snapshots(other);
    await r.clock.advance(1);
    const [here, there] = [read(r), read(r, { view: other })];
    await r.clock.settle();
    r.scripts['a']!.sessions[0]!.onEvent!(LOST);
    await r.clock.settle();
    expect(here.names()).toContain('server.status');
    expect(there.seen).toEqual([]);
    await Promise.all([here.stop(), there.stop()]);
    await r.fleet.close();
  });

  test('that leaves while it reads kept events leaves nothing behind, and waits for nothing', async () => {
    const r = rig({ a: script(['ok']) });
    await started(r, 1);
    const reading = (async () => {
      for await (const event of r.fleet.events(new AbortController().signal, { since: 0 })) return event.seq;
      return undefined;
    })();
    await r.clock.settle();
    expect(await Promise.race([reading, r.clock.settle().then(() => 'waits')])).toBe(BORN + 1);
    await r.fleet.close();
  });

  test('that leaves in the middle of the live events leaves at once', async () => {
    const r = rig({ a: script(['ok']) });
    await started(r, 1);
    const reading = (async () => {
      for await (const event of r.fleet.events(new AbortController().signal)) return event.event;
      return undefined;
    })();
    await r.clock.settle();
    r.scripts['a']!.sessions[0]!.onEvent!(LOST);
    await r.clock.settle();
    expect(await Promise.race([reading, r.clock.settle().then(() => 'waits')])).toBe('server.retry_scheduled');
    await r.fleet.close();
  });

  test.each([
    ['an earlier owner', 1_000_000],
    ['an owner whose clock was ahead', BORN * 2],
  ])('[events.gap] that comes with a number of %s is told so, and gets what is kept', async (_, since) => {
    const r = rig({ a: script(['ok']) });
    await started(r, 1);
    const reader = read(r, { since });
    await r.clock.settle();
    expect(reader.seen[0]).toMatchObject({ event: 'events.gap', seq: BORN, after: since, next: BORN + 1 });
    expect(reader.seen[1]?.seq).toBe(BORN + 1);
    r.scripts['a']!.sessions[0]!.onEvent!(LOST);
    await r.clock.settle();
    expect(reader.names()).toContain('server.retry_scheduled');
    await reader.stop();
    await r.fleet.close();
  });

  test('[events.since] that reads slowly loses nothing between the kept events and the live ones', async () => {
    const r = rig({ a: script(['ok'], { numbers: { reconnectTries: 1_000 } }) });
    await started(r, 1);
    const seen: number[] = [];
    const events = r.fleet.events(new AbortController().signal, { since: 0 });
    for (let round = 0; round < 40; round += 1) {
      const { value } = await events.next();
      seen.push((value as FleetEvent).seq);
      r.scripts['a']!.sessions.at(-1)!.onEvent?.(LOST);
      await r.clock.advance(35_000);
    }
    expect(seen).toEqual(seen.map((_, index) => BORN + index + 1));
    await events.return(undefined);
    await r.fleet.close();
  });
});

describe('a change of status', () => {
  test('tells from what: nothing for a new server, the old word for one that was edited, switched or approved', async () => {
    const r = rig({ a: script(['ok']) });
    await started(r, 1);
    const reader = read(r, { since: 0 });
    r.scripts['a']!.content = '2';
    await r.changed();
    await r.clock.advance(1);
    await r.fleet.disable('a');
    await r.fleet.enable('a');
    await r.clock.advance(1);
    expect(statusOf(reader.seen)).toEqual([
      'none → pending',
      'pending → connected',
      'connected → pending',
      'pending → connected',
      'connected → disabled · disabled-by-user',
      'disabled → pending',
      'pending → connected',
    ]);
    await reader.stop();
    await r.fleet.close();
  });

  test('of a server with two names is told under both', async () => {
    const same = 'one#connection';
    const r = rig({ a: script(['ok'], { content: same }), b: script(['ok'], { content: same }) });
    const reader = read(r, { since: 0 });
    await r.clock.advance(1);
    const connected = reader.seen.filter((one) => one.event === 'server.status' && one.to === 'connected');
    expect(connected.map(({ server }) => server)).toEqual(['a', 'b']);
    expect((await r.fleet.snapshots()).map(({ name, status }) => [name, status])).toEqual([
      ['a', 'connected'],
      ['b', 'connected'],
    ]);
    await reader.stop();
    await r.fleet.close();
  });
});

describe('auth.required', () => {
  test('is told once for a spell, again after a recovery, and not by probes that find the same', async () => {
    const r = rig({ a: script([http(401)], { signIn: 'headers' }) });
    const reader = read(r, { since: 0 });
    await r.clock.advance(3_600_000);
    expect(r.scripts['a']!.opened.length).toBeGreaterThan(5);
    expect(reader.names().filter((name) => name === 'auth.required')).toHaveLength(1);
    r.scripts['a']!.tries = ['ok'];
    await r.fleet.reconnect('a');
    r.scripts['a']!.tries = [http(401)];
    await r.fleet.reconnect('a');
    await r.clock.settle();
    expect(reader.names().filter((name) => name === 'auth.required')).toHaveLength(2);
    await reader.stop();
    await r.fleet.close();
  });
});

describe('approval.required', () => {
  test('is told again when another entry waits for approval, and not when the file is only read again', async () => {
    const r = rig({ a: script(['ok'], { approval: 'awaiting' }) });
    const reader = read(r, { since: 0 });
    await r.clock.advance(1);
    await r.changed();
    r.scripts['a']!.hash = 'sha256:other';
    await r.changed();
    const asked = reader.seen.flatMap((one) => (one.event === 'approval.required' ? [one.hash] : []));
    expect(asked).toEqual(['sha256:abc', 'sha256:other']);
    await reader.stop();
    await r.fleet.close();
  });
});

describe('config.changed and server.removed', () => {
  test('name what changed, and are silent where nothing did', async () => {
    const r = rig({ same: script(['ok']), edited: script(['ok']), gone: script(['ok']) });
    await started(r, 1);
    const reader = read(r);
    await r.clock.settle();
    await r.changed();
    expect(reader.seen).toEqual([]);
    r.scripts['edited']!.content = '2';
    r.scripts['new'] = script(['ok']);
    delete r.scripts['gone'];
    await r.changed();
    expect(reader.seen.find(({ event }) => event === 'config.changed')).toMatchObject({
      added: ['new'],
      removed: ['gone'],
      changed: ['edited'],
    });
    expect(reader.seen.filter(({ event }) => event === 'server.removed')).toMatchObject([{ server: 'gone' }]);
    await reader.stop();
    await r.fleet.close();
  });
});

describe('tools.changed', () => {
  const told = (reader: Reader): readonly unknown[] =>
    reader.seen.flatMap((one) => (one.event === 'tools.changed' ? [[one.kind, one.count]] : []));

  test('is told when a server has other tools after a reconnect, and not when it has the same', async () => {
    const r = rig({ a: script(['ok']) });
    await started(r, 1);
    const reader = read(r);
    await r.clock.settle();
    await r.fleet.reconnect('a');
    await r.clock.settle();
    expect(told(reader)).toEqual([]);
    r.scripts['a']!.tools = [{ name: 'echo' }, { name: 'add' }];
    await r.fleet.reconnect('a');
    await r.clock.settle();
    expect(told(reader)).toEqual([['tools', 2]]);
    r.scripts['a']!.tools = [{ name: 'echo' }, { name: 'add', description: 'other words' }];
    await r.fleet.reconnect('a');
    await r.clock.settle();
    expect(told(reader)).toEqual([
      ['tools', 2],
      ['tools', 2],
    ]);
    await reader.stop();
    await r.fleet.close();
  });

  test('is told when the server announces a change, and not when it announces the same list again', async () => {
    const r = rig({ a: script(['ok']) });
    await started(r, 1);
    const reader = read(r);
    await r.clock.settle();
    const session = r.scripts['a']!.sessions[0]!;
    session.lists = { ...session.lists, tools: [{ name: 'echo' }] };
    session.onEvent!({ kind: 'lists', list: 'tools', count: 1 });
    session.lists = { ...session.lists, tools: [{ name: 'other' }] };
    session.onEvent!({ kind: 'lists', list: 'tools', count: 1 });
    await r.clock.settle();
    expect(told(reader)).toEqual([['tools', 1]]);
    await reader.stop();
    await r.fleet.close();
  });
});

describe('server.gave_up and server.retry_scheduled', () => {
  test('are told once for each wait and once for the end of the quick tries; each further probe with its time and no limit', async () => {
    const r = rig({ a: script([REFUSED]) });
    const reader = read(r, { since: 0 });
    await r.clock.advance(3_600_000);
    const scheduled = reader.seen.filter((event) => event.event === 'server.retry_scheduled');
    expect(scheduled.filter(({ max }) => max === 4)).toHaveLength(3);
    const probes = scheduled.filter(({ max }) => max === 0);
    expect(probes.length).toBeGreaterThan(10);
    for (const { delayMs, transient } of probes) expect([delayMs <= 300_000, transient]).toEqual([true, true]);
    expect(reader.names().filter((name) => name === 'server.attempt')).toHaveLength(4);
    expect(reader.names().filter((name) => name === 'server.gave_up')).toHaveLength(1);
    await reader.stop();
    await r.fleet.close();
  });
});

test('helper.run is told once for a run that several calls waited for', async () => {
  const about = script(['ok'], { signIn: 'helper' });
  const r = rig({ a: about });
  await started(r, 1);
  const reader = read(r);
  await r.clock.settle();
  const rejected = { kind: 'http', sent: 'rejected', answer: http(401), text: '401' } as const;
  about.calls = [rejected, rejected, rejected];
  await Promise.all([1, 2, 3].map(() => r.fleet.request('a', 'tools/call')));
  await r.clock.settle();
  expect(about.helperRuns).toBe(2);
  expect(reader.names().filter((name) => name === 'helper.run')).toHaveLength(1);
  await reader.stop();
  await r.fleet.close();
});
