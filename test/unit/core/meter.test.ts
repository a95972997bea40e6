/**
 * Counting, and that it stays small.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { Meter } from '../../../src/core/meter.ts';
import { BUCKETS, METRICS, OTHER } from '../../../src/core/metrics.ts';

describe('[watch.figures] a meter', () => {
  test('adds up by label values', () => {
    const meter = new Meter();
    meter.count('reconnects', { server: 'a', cause: 'reset' });
    meter.count('reconnects', { server: 'a', cause: 'reset' }, 2);
    meter.count('reconnects', { cause: 'exited', server: 'a' });
    expect([...meter.series('reconnects')].map(({ values, count }) => [...values, count])).toEqual([
      ['a', 'reset', 3],
      ['a', 'exited', 1],
    ]);
  });

  test.each([
    [0, 0],
    [0.01, 0],
    [0.010_1, 1],
    [300, BUCKETS.length - 1],
    [300.5, BUCKETS.length],
  ])('puts %d s into bucket %d: a bound belongs to its bucket', (seconds, at) => {
    const meter = new Meter();
    meter.observe('serverSessions', {}, seconds);
    const [series] = meter.series('serverSessions');
    expect(series).toMatchObject({ count: 1, sum: seconds });
    expect(series?.buckets.map((count, index) => (count === 0 ? -1 : index)).filter((index) => index >= 0)).toEqual([
      at,
    ]);
  });

  test('tells apart only so many series; the rest is counted all the same', () => {
    const meter = new Meter();
    const { most } = METRICS.toolCalls;
    for (let at = 0; at < most + 100; at += 1)
      meter.count('toolCalls', { server: 'a', 'gen_ai.tool.name': `tool-${at}`, outcome: 'ok' });
    const all = [...meter.series('toolCalls')];
    expect(all).toHaveLength(most + 1);
    expect(all.at(-1)).toMatchObject({ values: [OTHER, OTHER, OTHER], count: 100 });
  });

  test('keeps no long text of others', () => {
    const meter = new Meter();
    for (const letter of ['x', 'y'])
      meter.count('toolCalls', { server: 'a', 'gen_ai.tool.name': letter.repeat(10_000), outcome: 'ok' });
    expect([...meter.series('toolCalls')].map(({ values, count }) => [...values, count])).toEqual([
      ['a', OTHER, 'ok', 2],
    ]);
  });
});

test('[watch.figures] the table has each name once, and the buckets of the conventions', () => {
  const names = Object.values(METRICS).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^(?:mcp\.(?:client|server)|holdfast)(?:\.[a-z_]+)+$/);
  expect(BUCKETS).toEqual([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]);
});
