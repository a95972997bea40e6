/**
 * The text of the figures, read back by a strict reader.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { Meter } from '../../../../src/core/meter.ts';
import { METRICS } from '../../../../src/core/metrics.ts';
import { expose, promName } from '../../../../src/gateway/observe/exposition.ts';
import { serverReadings } from '../../../../src/gateway/observe/readings.ts';
import { readPrometheus, valueOf } from '../../../support/prometheus.ts';
import { snapshotOf } from '../../../support/recording-fleet.ts';

const all = (): boolean => true;

describe('[watch.metrics] the text of the figures', () => {
  test('says what was counted', () => {
    const meter = new Meter();
    const labels = { server: 'a', 'mcp.method.name': 'tools/call', 'error.type': '' };
    for (const seconds of [0.005, 0.03, 400]) meter.observe('clientOperations', labels, seconds);
    meter.count('toolCalls', { server: 'a', 'gen_ai.tool.name': 'echo', outcome: 'ok' }, 3);
    const read = readPrometheus(expose(meter, {}, all));
    const name = 'mcp_client_operation_duration_seconds';
    expect(read.get(name)).toMatchObject({ type: 'histogram' });
    expect(valueOf(read, `${name}_bucket`, { server: 'a', le: '0.01' })).toBe(1);
    expect(valueOf(read, `${name}_bucket`, { server: 'a', le: '300' })).toBe(2);
    expect(valueOf(read, `${name}_bucket`, { server: 'a', le: '+Inf' })).toBe(3);
    expect(valueOf(read, `${name}_sum`, { mcp_method_name: 'tools/call', error_type: '' })).toBeCloseTo(400.035);
    expect(valueOf(read, 'holdfast_tool_calls_total', { gen_ai_tool_name: 'echo' })).toBe(3);
  });

  test.each(['say "hi"', 'back\\slash', 'two\nlines', 'a,b="c"}', 'ünï\u0000côde 🦊'])(
    'keeps the name %j of a server',
    (server) => {
      const meter = new Meter();
      meter.count('reconnects', { server, cause: 'reset' });
      const read = readPrometheus(expose(meter, {}, all));
      expect(valueOf(read, 'holdfast_reconnects_total', { server, cause: 'reset' })).toBe(1);
    },
  );

  test('shows of each server its state, its reason and what it waits for', () => {
    const now = Date.parse('2026-01-01T00:00:00.000Z');
    const servers = [
      snapshotOf('up', { expiresAt: '2026-01-01T01:00:00.000Z' }),
      snapshotOf('down', { status: 'failed', reason: 'refused', nextRetryAt: '2026-01-01T00:00:30.500Z' }),
    ];
    const read = readPrometheus(expose(new Meter(), serverReadings(servers, now), all));
    expect(valueOf(read, 'holdfast_connection_state', { server: 'up', state: 'connected' })).toBe(1);
    expect(valueOf(read, 'holdfast_connection_state', { server: 'down', state: 'connected' })).toBe(0);
    expect(valueOf(read, 'holdfast_connection_reason', { server: 'down', reason: 'refused' })).toBe(1);
    expect(valueOf(read, 'holdfast_retry_next_seconds', { server: 'down' })).toBe(30.5);
    expect(valueOf(read, 'holdfast_auth_token_expires_seconds', { server: 'up' })).toBe(3_600);
  });

  test('has nothing of servers that its reader may not know', () => {
    const meter = new Meter();
    for (const server of ['ours', 'theirs', '_OTHER']) meter.count('reconnects', { server, cause: 'reset' });
    const text = expose(meter, {}, (server) => server === 'ours');
    expect(text).toContain('ours');
    expect(text).toContain('_OTHER');
    expect(text).not.toContain('theirs');
  });

  test('has names that end as their kind and unit demand', () => {
    for (const metric of Object.values(METRICS)) {
      const name = promName(metric);
      expect(name.endsWith('_total')).toBe(metric.kind === 'counter');
      expect(/_seconds(?:_total)?$/.test(name)).toBe(metric.unit === 's');
    }
  });
});

describe('[watch.metrics] the strict reader refuses', () => {
  const head = '# HELP a x\n# TYPE a counter\n';
  test.each([
    ['a text without an end', `${head}a 1`],
    ['a sample before its type', 'a 1\n'],
    ['a series twice', `${head}a 1\na 2\n`],
    ['a value that is none', `${head}a one\n`],
    ['a label that is not closed', `${head}a{b="c} 1\n`],
    ['an escape that is none', `${head}a{b="\\t"} 1\n`],
    ['a foreign sample', `${head}b 1\n`],
    [
      'buckets that fall',
      '# HELP h x\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
    ],
    ['buckets without an end', '# HELP h x\n# TYPE h histogram\nh_bucket{le="1"} 1\nh_sum 1\nh_count 1\n'],
  ])('%s', (_what, text) => {
    expect(() => readPrometheus(text)).toThrow(Error);
  });
});
