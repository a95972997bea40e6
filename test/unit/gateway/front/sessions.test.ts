/**
 * The sessions of legacy clients: how many there may be, and when one is forgotten.
 */
import { describe, expect, test } from 'vitest';
import type { EventStream } from '../../../../src/gateway/front/reply.ts';
import { Sessions } from '../../../../src/gateway/front/sessions.ts';
import { createVirtualClock } from '../../../../src/testing/virtual-clock.ts';

const LIMITS = { most: 3, idleMs: 60_000 };

describe('[gateway.limits] sessions', () => {
  test('beyond the bound take the place of the one that was idle for longest; where none is idle, there is no further one', async () => {
    const clock = createVirtualClock();
    const sessions = new Sessions(clock, { limits: LIMITS });
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      ids.push(sessions.begin('/mcp', {})?.id ?? '');
      await clock.advance(2_000);
    }
    sessions.use(ids[0] ?? '', '/mcp');
    const fourth = sessions.begin('/mcp', {});
    expect(fourth).toBeDefined();
    expect(sessions.size).toBe(3);
    expect(sessions.use(ids[1] ?? '', '/mcp')).toBeUndefined();
    for (const id of [ids[0], ids[2], fourth?.id]) {
      const session = sessions.use(id ?? '', '/mcp');
      session?.calls.set(1, new AbortController());
      expect(session).toBeDefined();
    }
    expect(sessions.begin('/mcp', {})).toBeUndefined();
  });

  test('that nobody uses are forgotten; one with a stream or a call is not', async () => {
    const clock = createVirtualClock();
    const sessions = new Sessions(clock, { limits: LIMITS });
    const [idle, calling, listening] = [0, 1, 2].map(() => sessions.begin('/mcp', {}));
    calling?.calls.set(1, new AbortController());
    if (listening !== undefined) listening.stream = { end: () => undefined } as EventStream;
    await clock.advance(LIMITS.idleMs + 1);
    sessions.sweep();
    expect(sessions.use(idle?.id ?? '', '/mcp')).toBeUndefined();
    expect(sessions.size).toBe(2);
  });

  test('have ids that cannot be guessed, and open no other endpoint', () => {
    const sessions = new Sessions(createVirtualClock());
    const ids = Array.from({ length: 100 }, () => sessions.begin('/mcp', {})?.id ?? '');
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(sessions.use(ids[0] ?? '', '/mcp/one')).toBeUndefined();
  });
});
