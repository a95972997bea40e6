import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import type { CallFault } from '../../../src/core/fault.ts';
import type { CallOutcome } from '../../../src/core/ports.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';
import { readList } from '../../../src/transport/read-list.ts';
import type { ListName } from '../../../src/transport/read-list.ts';

const ok = (result: unknown): CallOutcome => ({ ok: true, result });
const failed = (fault: Partial<CallFault>): CallOutcome => ({
  ok: false,
  fault: { kind: 'http', sent: 'maybe', text: '', ...fault },
});
const http = (status: number, retryAfterMs?: number): CallOutcome =>
  failed({
    answer: { kind: 'http', status, challenges: [], ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  });
const rpc = (code: number): CallOutcome => failed({ kind: 'rpc', rpc: { code, message: 'x' } });
const tool = (name: string) => ({ name, inputSchema: {} });

interface Run {
  readonly outcome: Awaited<ReturnType<typeof readList>>;
  readonly cursors: readonly unknown[];
  readonly tookMs: number;
}

/** Reads a list from a server that answers with `answers`, one after the other, the last one for ever. */
async function run(answers: readonly CallOutcome[], name: ListName = 'tools'): Promise<Run> {
  const clock = createVirtualClock();
  const cursors: unknown[] = [];
  const reading = readList(name, {
    clock,
    random: seededRandom(1),
    retries: 3,
    signal: new AbortController().signal,
    ask: (_, params) => {
      cursors.push(params?.['cursor']);
      return Promise.resolve(answers[Math.min(cursors.length - 1, answers.length - 1)] ?? ok({}));
    },
  });
  const tookMs = await clock.runUntilIdle();
  return { outcome: await reading, cursors, tookMs };
}

describe('[transport.paging] a list', () => {
  test('follows cursors until none comes; an empty string is a cursor', async () => {
    const { outcome, cursors } = await run([
      ok({ tools: [tool('a')], nextCursor: '' }),
      ok({ tools: [tool('b')], nextCursor: 'opaque=1' }),
      ok({ tools: [], nextCursor: 'opaque=2' }),
      ok({ tools: [tool('c')] }),
    ]);
    expect(outcome).toEqual({ ok: true, items: [tool('a'), tool('b'), tool('c')] });
    expect(cursors).toEqual([undefined, '', 'opaque=1', 'opaque=2']);
  });

  test('that leads in a circle ends with what was read', async () => {
    const { outcome, cursors } = await run([ok({ tools: [tool('a')], nextCursor: 'same' })]);
    expect(outcome.ok && outcome.items).toHaveLength(2);
    expect(cursors).toHaveLength(2);
  });

  test('that never ends is cut at 500 pages', async () => {
    let page = 0;
    const cursors: unknown[] = [];
    const outcome = await readList('tools', {
      clock: createVirtualClock(),
      random: seededRandom(1),
      retries: 3,
      signal: new AbortController().signal,
      ask: (_, params) => {
        cursors.push(params);
        page += 1;
        return Promise.resolve(ok({ tools: [tool(String(page))], nextCursor: String(page) }));
      },
    });
    expect(outcome.ok && outcome.items).toHaveLength(500);
    expect(cursors).toHaveLength(500);
  });

  test('keeps its good items when some are broken', async () => {
    const { outcome } = await run([ok({ tools: [tool('a'), null, { name: 7 }, 'x', tool('b')] })]);
    expect(outcome).toEqual({ ok: true, items: [tool('a'), tool('b')] });
  });

  test('that the server does not know is empty, not broken', async () => {
    expect(await run([rpc(-32_601)])).toMatchObject({ outcome: { ok: true, items: [] }, cursors: [undefined] });
  });

  test.each([
    ['resources', { resources: [{ uri: 'a' }, { name: 'no uri' }] }, 1],
    ['resourceTemplates', { resourceTemplates: [{ uriTemplate: 'a' }] }, 1],
    ['prompts', { prompts: [{ name: 'a' }] }, 1],
  ] as const)('of %s is read by its own field', async (name, result, count) => {
    const { outcome } = await run([ok(result)], name);
    expect(outcome.ok && outcome.items).toHaveLength(count);
  });
});

describe('[call.lists-failed] a list that fails', () => {
  test.each([
    ['HTTP 500', http(500), 4],
    ['HTTP 503', http(503), 4],
    ['HTTP 429', http(429), 4],
    ['a reset', failed({ kind: 'network', answer: { kind: 'network', errno: 'ECONNRESET' } }), 4],
    ['a time-out', failed({ kind: 'timeout', answer: { kind: 'timeout' } }), 4],
    ['an internal error', rpc(-32_603), 4],
    ["a server's own error", rpc(-32_050), 4],
    ['bad parameters', rpc(-32_602), 1],
    ['HTTP 401', http(401), 1],
    ['HTTP 403', http(403), 1],
    ['HTTP 404', http(404), 1],
    ['no list in the answer', ok({ tools: 'none' }), 1],
    ['a wait of an hour', http(429, 3_600_000), 1],
  ])('by %s is tried so often', async (_, answer, tries) => {
    const { outcome, cursors } = await run([answer]);
    expect(outcome.ok).toBe(false);
    expect(cursors).toHaveLength(tries);
  });

  test('waits a little longer each time, and as long as the server asks', async () => {
    const quick = await run([http(500)]);
    expect(quick.tookMs).toBeGreaterThanOrEqual(125 + 250 + 500);
    expect(quick.tookMs).toBeLessThanOrEqual(250 + 500 + 1_000);
    expect((await run([http(429, 2_000), ok({ tools: [] })])).tookMs).toBe(2_000);
  });

  test('in the middle begins again with the first page', async () => {
    const { outcome, cursors } = await run([
      ok({ tools: [tool('a')], nextCursor: '1' }),
      http(503),
      ok({ tools: [tool('a')], nextCursor: '1' }),
      ok({ tools: [tool('b')] }),
    ]);
    expect(outcome).toEqual({ ok: true, items: [tool('a'), tool('b')] });
    expect(cursors).toEqual([undefined, '1', undefined, '1']);
  });

  test('is told by its JSON-RPC code', async () => {
    expect((await run([rpc(-32_602)])).outcome).toEqual({
      ok: false,
      answer: { kind: 'protocol', text: 'JSON-RPC error -32602' },
    });
  });
});
