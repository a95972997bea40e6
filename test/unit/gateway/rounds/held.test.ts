import { expect, test } from 'vitest';
import type { AskClient } from '../../../../src/core/relay.ts';
import { ROUND_MS } from '../../../../src/gateway/rounds/envelope.ts';
import { HeldCall, HeldCalls } from '../../../../src/gateway/rounds/held.ts';
import { readInputRequired, readResponses } from '../../../../src/gateway/rounds/input.ts';
import { success } from '../../../../src/gateway/rpc/answer.ts';
import { createVirtualClock } from '../../../../src/testing/virtual-clock.ts';

const never = new AbortController().signal;

function held(run: (ask: AskClient, signal: AbortSignal) => Promise<unknown>) {
  const clock = createVirtualClock();
  const call = new HeldCall(clock);
  call.begin(async (ask, signal) => success({ done: await run(ask, signal) }));
  return { clock, call };
}

test('[gateway.rounds] a call that asks nothing is answered in its first step', async () => {
  const { call } = held(async () => 1);
  expect(await call.step(never)).toEqual({ kind: 'answer', answer: success({ done: 1 }) });
});

test('[gateway.rounds] questions that come together are asked together, and their answers go where they belong', async () => {
  const { clock, call } = held((ask) =>
    Promise.all([ask('roots/list', {}, never), ask('elicitation/create', { message: 'who?' }, never)]),
  );
  const first = call.step(never);
  await clock.advance(100);
  const step = await first;
  expect(step).toEqual({
    kind: 'asks',
    questions: {
      q1: { method: 'roots/list', params: {} },
      q2: { method: 'elicitation/create', params: { message: 'who?' } },
    },
  });
  call.answer({ q2: { action: 'accept' }, nobody: {} });
  const second = call.step(never);
  await clock.advance(100);
  expect(await second).toMatchObject({ kind: 'asks', questions: { q1: { method: 'roots/list' } } });
  call.answer({ q1: { roots: [] } });
  expect(await call.step(never)).toEqual({
    kind: 'answer',
    answer: success({ done: [{ result: { roots: [] } }, { result: { action: 'accept' } }] }),
  });
});

test('[gateway.rounds] a client that leaves while it waits has cancelled the call', async () => {
  let heard: AbortSignal | undefined;
  const { call } = held((_ask, signal) => {
    heard = signal;
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  });
  const gone = new AbortController();
  const step = call.step(gone.signal);
  gone.abort(new Error('gone'));
  await expect(step).rejects.toThrow('gone');
  expect(heard?.aborted).toBe(true);
});

test('[gateway.rounds] a call whose client never comes back is given up, and can be taken up once', async () => {
  const { clock, call } = held((ask) => ask('roots/list', {}, never));
  const signals: boolean[] = [];
  const other = new HeldCall(clock);
  other.begin((_ask, signal) => {
    signal.addEventListener('abort', () => signals.push(true));
    return new Promise(() => {});
  });
  const calls = new HeldCalls(clock);
  calls.keep(call);
  calls.keep(other);
  expect(calls.take(call.id)).toBe(call);
  expect(calls.take(call.id)).toBeUndefined();
  await clock.advance(ROUND_MS);
  expect(signals).toEqual([true]);
  expect(calls.take(other.id)).toBeUndefined();
});

test.each([
  [{}, {}],
  [{ inputResponses: { a: { action: 'accept' } } }, { a: { action: 'accept' } }],
  [{ inputResponses: null }, { ok: false }],
  [{ inputResponses: [] }, { ok: false }],
  [{ inputResponses: { a: 1 } }, { ok: false }],
])('[gateway.rounds] responses are objects under keys: %j', (params, wanted) => {
  expect(readResponses(params)).toMatchObject(wanted);
});

test.each(['{', '[]', '{"inputRequests":1}', '{"inputRequests":{"a":{}}}'])(
  '[gateway.rounds] a result that asks unreadably asks nothing: %s',
  (text) => {
    expect(readInputRequired(Buffer.from(text))).toBeUndefined();
  },
);
