/**
 * What a fleet counts of its connections and calls.
 *
 * @module
 */
import { expect, test } from 'vitest';
import { Meter } from '../../../src/core/meter.ts';
import type { MetricId } from '../../../src/core/metrics.ts';
import { REFUSED, http, rig, script, started } from '../../support/scripted-fleet.ts';

const counted = (meter: Meter, id: MetricId): (string | number)[][] =>
  [...meter.series(id)].map(({ values, count }) => [...values, count]);

test('[watch.figures] tries are counted by phase and reason, and a connection that stands again by its loss', async () => {
  const meter = new Meter();
  const r = rig({ a: script([REFUSED, 'ok']), b: script([http(401)]) }, { meter });
  await started(r, 5_000);
  expect(counted(meter, 'connectionAttempts')).toEqual(
    expect.arrayContaining([
      ['a', 'startup', 'error', 'refused', 1],
      ['a', 'startup', 'ok', '', 1],
      ['b', 'startup', 'error', 'credentials-required', 1],
    ]),
  );
  expect(counted(meter, 'reconnects')).toEqual([]);
  const [session] = r.scripts['a']?.sessions ?? [];
  session?.onEvent?.({ kind: 'notification', method: 'notifications/message', params: {} });
  expect(counted(meter, 'clientSessions')).toEqual([]);
  session?.onEvent?.({ kind: 'lost', answer: { kind: 'network', errno: 'ECONNRESET' } });
  session?.onEvent?.({ kind: 'renewed' });
  await r.clock.advance(10_000);
  expect(counted(meter, 'reconnects')).toEqual([['a', 'reset', 1]]);
  expect(counted(meter, 'clientSessions')).toEqual([['a', 1]]);
  r.scripts['a']?.sessions.at(-1)?.onEvent?.({ kind: 'renewed' });
  expect(counted(meter, 'reconnects')).toContainEqual(['a', 'session-renewed', 1]);
  await r.fleet.close();
  expect(counted(meter, 'clientSessions')).toEqual([['a', 2]]);
  expect(counted(meter, 'connectDurations')).toContainEqual(['a', 'ok', 2]);
});

test('[watch.figures] calls are counted by server, method and outcome, and tools by name', async () => {
  const meter = new Meter();
  const calls = [
    { result: { content: [] } },
    { result: { content: [], isError: true } },
    { kind: 'rpc', sent: 'maybe', rpc: { code: -32_602, message: 'x' }, text: 'x' } as const,
    { kind: 'rpc', sent: 'maybe', rpc: { code: 42, message: 'x' }, text: 'x' } as const,
    { kind: 'http', sent: 'maybe', answer: http(500), text: '500' } as const,
  ];
  const r = rig({ a: script(['ok'], { calls: [...calls] }) }, { meter });
  await started(r, 1);
  for (const name of calls.map(() => 'echo')) await r.fleet.request('a', 'tools/call', { name }).catch(() => undefined);
  await r.fleet.request('a', 'x/made-up').catch(() => undefined);
  await r.fleet.request('nobody', 'tools/call', { name: 'echo' }).catch(() => undefined);
  expect(counted(meter, 'clientOperations')).toEqual([
    ['a', 'tools/call', '', 1],
    ['a', 'tools/call', 'tool_error', 1],
    ['a', 'tools/call', '-32602', 1],
    ['a', 'tools/call', '_OTHER', 1],
    ['a', 'tools/call', 'ERR_UNREACHABLE', 1],
    ['a', '_OTHER', '', 1],
  ]);
  expect(counted(meter, 'toolCalls')).toEqual([
    ['a', 'echo', 'ok', 1],
    ['a', 'echo', 'tool_error', 1],
    ['a', 'echo', 'error', 3],
  ]);
  await r.fleet.close();
});
