import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import type { CallOutcome, SessionEvent } from '../../../src/core/ports.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';
import { ListKeeper } from '../../../src/transport/list-keeper.ts';
import type { KeeperPlan } from '../../../src/transport/list-keeper.ts';

const NEVER = new AbortController().signal;
const broken: CallOutcome = {
  ok: false,
  fault: { kind: 'http', sent: 'maybe', answer: { kind: 'http', status: 403, challenges: [] }, text: '' },
};

function setUp(rest: Partial<KeeperPlan> = {}) {
  const clock = createVirtualClock();
  const server = { tools: ['a'], prompts: ['p'], fails: new Set<string>(), asked: [] as string[] };
  const events: SessionEvent[] = [];
  const keeper = new ListKeeper({
    ask: async (method) => {
      server.asked.push(method);
      await clock.sleep(10);
      if (server.fails.has(method)) return broken;
      if (method === 'tools/list') return { ok: true, result: { tools: server.tools.map((name) => ({ name })) } };
      return { ok: true, result: { prompts: server.prompts.map((name) => ({ name })) } };
    },
    capabilities: () => ({ tools: {}, prompts: {} }),
    admit: (_, items) => items,
    emit: (event) => events.push(event),
    clock,
    random: seededRandom(1),
    retries: 0,
    ...rest,
  });
  const open = async () => {
    const reading = keeper.readAll(NEVER);
    await clock.advance(10);
    return reading;
  };
  return { clock, server, events, keeper, open };
}

describe('[transport.list-changed] the lists of a session', () => {
  test('only those that the server declares are read at first', async () => {
    const { keeper, server, open } = setUp();
    expect(await open()).toEqual({ failures: [], any: true });
    expect(server.asked).toEqual(['tools/list', 'prompts/list']);
    expect(keeper.lists).toEqual({
      tools: [{ name: 'a' }],
      prompts: [{ name: 'p' }],
      resources: [],
      resourceTemplates: [],
    });
  });

  test('many announcements at once are one reading', async () => {
    const { keeper, server, clock, events, open } = setUp();
    await open();
    server.tools = ['a', 'b'];
    for (let times = 0; times < 50; times += 1) keeper.changed('tools');
    await clock.advance(400);
    expect(server.asked.slice(2)).toEqual(['tools/list']);
    expect(events).toEqual([{ kind: 'lists', list: 'tools', count: 2 }]);
  });

  test('an announcement during a reading is not lost', async () => {
    const { keeper, server, clock, open } = setUp();
    await open();
    keeper.changed('tools');
    await clock.advance(305);
    server.tools = ['late'];
    keeper.changed('tools');
    await clock.advance(1_000);
    expect(keeper.lists.tools).toEqual([{ name: 'late' }]);
    expect(server.asked.slice(2)).toEqual(['tools/list', 'tools/list']);
  });

  test('an announcement of resources reads both of their lists, declared or not', async () => {
    const { keeper, server, clock, open } = setUp();
    await open();
    keeper.changed('resources');
    await clock.advance(400);
    expect(server.asked.slice(2)).toEqual(['resources/list', 'resources/templates/list']);
  });

  test('after a gap everything declared is read again, but not more often than every five minutes', async () => {
    const { keeper, server, clock, open } = setUp();
    await open();
    for (let times = 0; times < 5; times += 1) {
      keeper.missed('gap');
      await clock.advance(30_000);
    }
    expect(server.asked.slice(2)).toEqual(['tools/list', 'prompts/list']);
    await clock.advance(300_000);
    keeper.missed('gap');
    await clock.advance(1_000);
    expect(server.asked).toHaveLength(6);
  });
});

describe('[call.lists-failed] when reading fails', () => {
  test('the last good list stands, and it is read again later by itself', async () => {
    const last = { tools: [{ name: 'old' }], prompts: [], resources: [], resourceTemplates: [] };
    const { keeper, server, clock, events, open } = setUp({ last });
    server.fails.add('tools/list');
    const { failures, any } = await open();
    expect([failures.length, any]).toEqual([1, true]);
    expect(keeper.lists).toMatchObject({ tools: [{ name: 'old' }], prompts: [{ name: 'p' }] });
    expect(events.map(({ kind }) => kind)).toEqual(['lists-failed']);
    server.fails.clear();
    await clock.advance(31_000);
    expect(keeper.lists.tools).toEqual([{ name: 'a' }]);
    expect(events.map(({ kind }) => kind)).toEqual(['lists-failed', 'lists-ok', 'lists']);
  });

  test('the wait between readings grows to five minutes', async () => {
    const { server, clock, open } = setUp();
    server.fails.add('tools/list');
    await open();
    await clock.advance(3_600_000);
    const readings = server.asked.filter((method) => method === 'tools/list').length;
    expect(readings).toBeGreaterThan(12);
    expect(readings).toBeLessThan(35);
  });

  test('a closed keeper reads and says nothing more', async () => {
    const { keeper, server, clock, events, open } = setUp();
    server.fails.add('tools/list');
    await open();
    keeper.changed('prompts');
    keeper.close();
    await clock.advance(3_600_000);
    expect(server.asked).toHaveLength(2);
    expect(events).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});
