/**
 * The context of a trace on its way through the gateway, and what is counted of a request.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../../src/base/clock.ts';
import { Meter } from '../../../../src/core/meter.ts';
import { watchedAnswer, withHeaderContext } from '../../../../src/gateway/observe/watch.ts';
import { failure, success } from '../../../../src/gateway/rpc/answer.ts';
import type { Answer } from '../../../../src/gateway/rpc/answer.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('[watch.traces] the headers of a request', () => {
  test('become the context of a message that has none, whether or not anybody traces', () => {
    const headers = { traceparent, tracestate: 'a=1', baggage: 'who=me', authorization: 'Bearer x' };
    expect(withHeaderContext({ name: 'x', _meta: { progressToken: 1 } }, headers)).toEqual({
      name: 'x',
      _meta: { progressToken: 1, traceparent, tracestate: 'a=1', baggage: 'who=me' },
    });
    expect(withHeaderContext(undefined, headers)).toHaveProperty('_meta.traceparent', traceparent);
  });

  test('give way to the context that a message has', () => {
    const params = { _meta: { traceparent: 'own' } };
    expect(withHeaderContext(params, { traceparent })).toBe(params);
  });

  test('without a trace change nothing, and what is too long is left out', () => {
    const params = { name: 'x' };
    expect(withHeaderContext(params, { baggage: 'who=me' })).toBe(params);
    const carried = withHeaderContext(params, { traceparent, baggage: 'b'.repeat(8_193) });
    expect(carried).toEqual({ name: 'x', _meta: { traceparent } });
  });
});

describe('[watch.figures] a request of a client', () => {
  const CASES: readonly (readonly [string, string, Answer, string, string])[] = [
    ['done', 'tools/call', success({ content: [] }), 'tools/call', ''],
    ['of a tool that failed', 'tools/call', success({ content: [], isError: true }), 'tools/call', 'tool_error'],
    [
      'whose text only speaks of a failure',
      'tools/call',
      success({ content: [{ type: 'text', text: '"isError":true' }] }),
      'tools/call',
      '',
    ],
    ['refused', 'prompts/get', failure(-32_602, 'x'), 'prompts/get', '-32602'],
    ['of a made-up method', 'x/y', failure(-32_601, 'x'), '_OTHER', '-32601'],
  ];
  test.each(CASES)('that was %s is counted as that', async (_what, method, answer, label, errorType) => {
    const meter = new Meter();
    const watchers = { clock: systemClock, meter };
    await expect(watchedAnswer(watchers, { method, params: undefined }, async () => answer)).resolves.toBe(answer);
    const seen = [...meter.series('serverOperations')].map(({ values, count }) => [...values, count]);
    expect(seen).toEqual([[label, errorType, 1]]);
  });
});
