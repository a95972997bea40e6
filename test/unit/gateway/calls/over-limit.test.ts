/**
 * Calls of a server's tools above the limit of its entry.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readEntry } from '../../../../src/config/entry-read.ts';
import { Meter } from '../../../../src/core/meter.ts';
import { overLimit } from '../../../../src/gateway/calls/over-limit.ts';
import { silentLogger } from '../../../../src/base/logger.ts';
import { Endpoints } from '../../../../src/gateway/front/endpoints.ts';
import { TestConversation, textOf } from '../../../support/conversation.ts';
import type { Said } from '../../../support/conversation.ts';
import { memoryRig } from '../../../support/memory-rig.ts';
import type { MemoryRig } from '../../../support/memory-rig.ts';
import { snapshotOf } from '../../../support/recording-fleet.ts';

const URL = 'http://a.test/mcp';
let rig: MemoryRig;
let meter: Meter;
const open: (() => void)[] = [];

/** Changes the number of the entry, and gives the gateway the moment in which it takes changes together. */
async function allow(perMinute: number | undefined): Promise<void> {
  rig.world.config.put('a', { url: URL, gateway: { tools: perMinute === undefined ? {} : { perMinute } } });
  await rig.clock.advance(100);
}

beforeEach(async () => {
  meter = new Meter();
  rig = await memoryRig((world) => {
    world.add('a', { url: URL, gateway: { tools: { perMinute: 6 } } });
    world.add('b');
  });
});
afterEach(async () => {
  for (const close of open.splice(0)) close();
  await rig.end();
});

/** A client of an endpoint of its own, over the one fleet. */
async function client(server?: string, modern?: object): Promise<TestConversation> {
  const { fleet, clock } = rig;
  const of = new Endpoints({ fleet, clock, logger: silentLogger, version: '0', meter });
  const endpoint = server === undefined ? of.all() : await of.of(server);
  if (endpoint === undefined) throw new Error('there is no such endpoint');
  const talk = new TestConversation(fleet, clock, modern, { of, endpoint });
  open.push(() => talk.close());
  if (modern === undefined) await talk.begin();
  await talk.ask('tools/list');
  return talk;
}

/** Calls that reached the server with the limit. */
const sent = (): number =>
  rig.world.servers
    .filter(({ name }) => name === 'a')
    .flatMap(({ sessions }) => sessions.flatMap((session) => session.sent))
    .filter(({ method }) => method === 'tools/call').length;

const echo = (talk: TestConversation, name = 'a__echo'): Promise<Said> =>
  talk.ask('tools/call', { name, arguments: { x: 1 } });
const counted = (outcome: string): number =>
  [...meter.series('toolCalls')]
    .filter(({ values }) => values.join(' ') === `a echo ${outcome}`)
    .reduce((sum, { count }) => sum + count, 0);

describe('[gateway.rate-limit] a call above the limit', () => {
  test('is not sent, says to a model and to a program when to try again, and is counted', async () => {
    const talk = await client();
    expect((await echo(talk)).result?.['isError']).toBeUndefined();
    const refused = await echo(talk);
    expect(refused.error).toBeUndefined();
    expect(refused.result?.['isError']).toBe(true);
    expect(textOf(refused)).toBe(
      'a may get 6 tool calls a minute, from all clients together: "holdfast.tools.perMinute" of its entry (/memory/mcp.json:2). This one was not sent. Try again in 10 s.',
    );
    const meta = refused.result?.['_meta'] as Record<string, { retryAfterMs: number }> | undefined;
    const facts = meta?.['holdfast/error'];
    expect(facts).toMatchObject({ code: 'ERR_RATE_LIMITED', server: 'a', sent: 'no', perMinute: 6 });
    expect(facts?.retryAfterMs).toBeGreaterThan(9_000);
    expect(sent()).toBe(1);
    expect(counted('limited')).toBe(1);
    await rig.clock.advance(facts?.retryAfterMs ?? 0);
    expect((await echo(talk)).result?.['isError']).toBeUndefined();
    expect(sent()).toBe(2);
  });

  test('is one of any client at any endpoint, with or without a session', async () => {
    const [all, alone, stateless] = [await client(), await client('a'), await client(undefined, {})];
    expect((await echo(alone, 'echo')).result?.['isError']).toBeUndefined();
    for (const answer of [await echo(all), await echo(stateless), await echo(alone, 'echo')])
      expect(textOf(answer)).toContain('Try again in 10 s.');
    expect(sent()).toBe(1);
  });

  test('is none of another server, nor of a tool of the gateway itself, nor of one that is not there', async () => {
    const talk = await client();
    await echo(talk);
    for (let times = 0; times < 30; times += 1) {
      expect((await echo(talk, 'b__echo')).result?.['isError']).toBeUndefined();
      expect(textOf(await talk.ask('tools/call', { name: 'holdfast__status' }))).toContain('a: connected');
      expect((await echo(talk, 'a__nothing')).error?.message).toBe('Unknown tool: a__nothing');
    }
    const reconnected = await talk.ask('tools/call', { name: 'holdfast__reconnect', arguments: { server: 'a' } });
    expect(textOf(reconnected)).toContain('a: connected');
    expect(counted('limited')).toBe(0);
  });

  test('is none any more when the number is changed or taken away, without a new connection', async () => {
    const talk = await client();
    await echo(talk);
    expect(textOf(await echo(talk))).toContain('6 tool calls a minute');
    const changes = rig.told('server.status').length;
    await allow(600);
    expect((await echo(talk)).result?.['isError']).toBeUndefined();
    await allow(1);
    expect(textOf(await echo(talk))).toContain('1 tool call a minute');
    await allow(undefined);
    for (let times = 0; times < 20; times += 1) expect((await echo(talk)).result?.['isError']).toBeUndefined();
    await allow(1);
    await echo(talk);
    expect(textOf(await echo(talk))).toContain('1 tool call a minute');
    expect(rig.told('server.status')).toHaveLength(changes);
  });

  test('is told without a place where there is none, or where the server has gone meanwhile', async () => {
    const places = [
      async () => snapshotOf('a', { source: { client: 'library', scope: 'library', file: '', line: 0, pointer: 'a' } }),
      () => Promise.reject(new Error('gone')),
    ];
    for (const snapshot of places) {
      const answer = await overLimit(
        { fleet: { snapshot } },
        { server: 'a', name: 'echo' },
        { perMinute: 1, waitMs: 1 },
      );
      expect(answer.ok && String(answer.result)).toContain('of its entry. This one was not sent. Try again in 1 s.');
    }
  });
});

test.each([
  [0, 'holdfast.tools.perMinute: must be a whole number of at least 1'],
  [-1, 'holdfast.tools.perMinute: must be a whole number of at least 1'],
  [1.5, 'holdfast.tools.perMinute: must be a whole number of at least 1'],
  ['6', 'holdfast.tools.perMinute: must be a whole number of at least 1'],
  [null, 'holdfast.tools.perMinute: must be a whole number of at least 1'],
])('[gateway.rate-limit] a limit of %j is a mistake that is told with its place', (perMinute, wanted) => {
  const source = { client: 'holdfast', scope: 'own', file: '/f', line: 1, pointer: 'mcpServers.x' } as const;
  const found = readEntry('x', source, { command: 'x', holdfast: { tools: { perMinute } } });
  const issues = 'issues' in found ? found.issues.map(({ field, text }) => `${field.join('.')}: ${text}`) : [];
  expect(issues).toEqual([wanted]);
});
