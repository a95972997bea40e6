import { describe, expect, test } from 'vitest';
import { HoldfastError } from '../../../../src/base/errors.ts';
import { Bridge } from '../../../../src/gateway/front/bridge.ts';
import type { OwnerLines } from '../../../../src/gateway/front/bridge.ts';
import { createVirtualClock } from '../../../../src/testing/virtual-clock.ts';

/** An owner that a test speaks for. */
interface Owner extends OwnerLines {
  readonly got: string[];
  say(message: object): void;
  die(): void;
  ended: boolean;
}

function owner(): Owner {
  let hear: (line: string) => void = () => {};
  let over: () => void = () => {};
  const got: string[] = [];
  const made: Owner = {
    got,
    ended: false,
    send: (line) => void got.push(line),
    onLine: (listener) => void (hear = listener),
    onEnd: (listener) => void (over = listener),
    end: () => {
      made.ended = true;
    },
    say: (message) => hear(JSON.stringify(message)),
    die: () => over(),
  };
  return made;
}

interface Scene {
  readonly bridge: Bridge;
  readonly clock: ReturnType<typeof createVirtualClock>;
  /** Owners that were opened. */
  readonly owners: Owner[];
  readonly starts: boolean[];
  readonly answers: () => readonly Record<string, unknown>[];
  readonly said: string[];
  /** What the next tries to open meet; empty = an owner. */
  readonly failures: Error[];
  /** No owner runs: only with `start` there is one. */
  absent: boolean;
}

function scene(): Scene {
  const clock = createVirtualClock();
  const lines: string[] = [];
  const made: Scene = {
    clock,
    owners: [],
    starts: [],
    said: [],
    failures: [],
    absent: false,
    answers: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    bridge: new Bridge({
      clock,
      answer: (line) => void lines.push(line),
      say: (text) => void made.said.push(text),
      open: async ({ start }) => {
        made.starts.push(start);
        const failure = made.failures.shift();
        if (failure !== undefined) throw failure;
        if (made.absent && !start) throw new HoldfastError('ERR_DAEMON_UNREACHABLE', 'no daemon runs');
        const one = owner();
        made.owners.push(one);
        return one;
      },
    }),
  };
  return made;
}

const call = (id: number | string, method = 'tools/call', params: object = {}): string =>
  JSON.stringify({ method, params, jsonrpc: '2.0', id });
const INTERRUPTED = { code: 'ERR_INTERRUPTED', sent: 'maybe' };
const failed = (words: string, error: object): object => ({
  content: [{ type: 'text', text: expect.stringContaining(words) }],
  isError: true,
  _meta: { 'holdfast/error': error },
});
const HELLO = call(0, 'initialize', { protocolVersion: '2025-11-25' });
const last = (one: Scene): Owner => one.owners.at(-1) as Owner;
const methods = ({ got }: Owner): readonly unknown[] =>
  got.map((line) => (JSON.parse(line) as { method?: string }).method);

describe('[serve.bridge] a bridge', () => {
  test('passes lines as they are in both directions', async () => {
    const one = scene();
    await one.bridge.start();
    await one.bridge.receive(HELLO);
    await one.bridge.receive('this is no JSON');
    expect(last(one).got).toEqual([HELLO, 'this is no JSON']);
    last(one).say({ jsonrpc: '2.0', result: { a: 1 }, id: 0 });
    expect(one.answers()).toEqual([{ jsonrpc: '2.0', result: { a: 1 }, id: 0 }]);
  });

  test('keeps the order of what came before the way was open, and begins the conversation once', async () => {
    const one = scene();
    await Promise.all([one.bridge.receive(HELLO), one.bridge.receive(call(1)), one.bridge.receive(call(2))]);
    expect(one.owners).toHaveLength(1);
    expect(last(one).got).toEqual([HELLO, call(1), call(2)]);
  });

  test('answers what was under way honestly when the owner goes, and once: a tool with a result that a model reads', async () => {
    const one = scene();
    await one.bridge.receive(call(1));
    await one.bridge.receive(call('b'));
    await one.bridge.receive(call('c', 'prompts/get'));
    last(one).say({ jsonrpc: '2.0', result: {}, id: 1 });
    last(one).die();
    await one.clock.settle();
    expect(one.answers().slice(1)).toEqual([
      { jsonrpc: '2.0', id: 'b', result: { resultType: 'complete', ...failed('it may have been done', INTERRUPTED) } },
      {
        jsonrpc: '2.0',
        id: 'c',
        error: { code: -32_603, message: expect.stringContaining('it may have been done'), data: INTERRUPTED },
      },
    ]);
    expect(one.said[0]).toContain('has gone');
  });

  test('does not answer what the client has cancelled', async () => {
    const one = scene();
    await one.bridge.receive(call(1));
    await one.bridge.receive('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}');
    last(one).die();
    await one.clock.settle();
    expect(one.answers()).toEqual([]);
  });

  test('opens the way for the next message and begins the conversation again without the client', async () => {
    const one = scene();
    await one.bridge.receive(HELLO);
    last(one).say({ jsonrpc: '2.0', result: {}, id: 0 });
    await one.bridge.receive(call(1, 'logging/setLevel', { level: 'info' }));
    await one.bridge.receive(call(2, 'resources/subscribe', { uri: 'a:1' }));
    await one.bridge.receive(call(3, 'resources/subscribe', { uri: 'a:2' }));
    await one.bridge.receive(call(4, 'resources/unsubscribe', { uri: 'a:1' }));
    for (const id of [1, 2, 3, 4]) last(one).say({ jsonrpc: '2.0', result: {}, id });
    last(one).die();
    await one.bridge.receive(call(5));
    expect(one.owners).toHaveLength(2);
    expect(methods(last(one))).toEqual([
      'initialize',
      'notifications/initialized',
      'logging/setLevel',
      'resources/subscribe',
      'tools/call',
    ]);
    const before = one.answers().length;
    for (const line of last(one).got) {
      const { id } = JSON.parse(line) as { id?: unknown };
      if (id !== undefined) last(one).say({ jsonrpc: '2.0', result: { again: true }, id });
    }
    // Nobody could tell it what changed while there was no owner.
    expect(one.answers().slice(before)).toEqual([
      ...['tools', 'prompts', 'resources'].map((kind) => ({
        jsonrpc: '2.0',
        method: `notifications/${kind}/list_changed`,
      })),
      { jsonrpc: '2.0', result: { again: true }, id: 5 },
    ]);
  });

  test('renews a subscription under its id, and keeps the second acknowledgement to itself', async () => {
    const one = scene();
    const listen = call(7, 'subscriptions/listen', { notifications: { toolsListChanged: true } });
    const meta = { 'io.modelcontextprotocol/subscriptionId': 7 };
    const params = { notifications: { toolsListChanged: true }, _meta: meta };
    const acknowledged = { jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params };
    await one.bridge.receive(listen);
    last(one).say(acknowledged);
    last(one).die();
    await one.bridge.receive(call(8));
    expect(last(one).got).toEqual([listen, call(8)]);
    last(one).say(acknowledged);
    last(one).say({ jsonrpc: '2.0', method: 'notifications/prompts/list_changed' });
    expect(one.answers()).toEqual([
      acknowledged,
      // It may have changed while there was no owner.
      { jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: { _meta: meta } },
      { jsonrpc: '2.0', method: 'notifications/prompts/list_changed' },
    ]);
  });

  test('takes back what the owner had asked, and keeps late answers from the next owner', async () => {
    const one = scene();
    await one.bridge.receive(call(1));
    last(one).say({ jsonrpc: '2.0', id: 'q1', method: 'elicitation/create', params: {} });
    last(one).die();
    await one.clock.settle();
    expect(one.answers()).toContainEqual({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: 'q1', reason: expect.any(String) },
    });
    await one.bridge.receive(call(2));
    await one.bridge.receive('{"jsonrpc":"2.0","id":"q1","result":{}}');
    expect(last(one).got).toEqual([call(2)]);
    last(one).say({ jsonrpc: '2.0', id: 'q1', method: 'elicitation/create', params: {} });
    await one.bridge.receive('{"jsonrpc":"2.0","id":"q1","result":{}}');
    expect(last(one).got).toHaveLength(2);
  });

  test('joins a new owner by itself, and starts none that nobody asked for', async () => {
    const one = scene();
    await one.bridge.receive(HELLO);
    one.absent = true;
    last(one).die();
    await one.clock.advance(120_000);
    expect(one.owners).toHaveLength(1);
    expect(one.starts.slice(1).every((start) => !start)).toBe(true);
    one.absent = false;
    await one.clock.advance(20_000);
    expect(one.owners).toHaveLength(2);
    expect(methods(last(one))).toEqual(['initialize', 'notifications/initialized']);
  });

  test('uses one way where a message and its own look open two', async () => {
    const one = scene();
    await one.bridge.receive(HELLO);
    last(one).die();
    await Promise.all([one.clock.advance(250), one.bridge.receive(call(1))]);
    await one.clock.settle();
    const open = one.owners.slice(1).filter(({ ended }) => !ended);
    expect(open).toHaveLength(1);
    expect(methods(open[0] as Owner)).toContain('tools/call');
  });

  test.each([
    ['tries again what may pass', 'ERR_DAEMON_UNREACHABLE', 3, true],
    ['gives up after some tries', 'ERR_DAEMON_UNREACHABLE', 9, false],
    ['does not try again what is a fact', 'ERR_SERVER_UNKNOWN', 1, false],
  ] as const)('%s', async (_what, code, times, works) => {
    const one = scene();
    one.failures.push(...Array.from({ length: times }, () => new HoldfastError(code, 'no way')));
    const received = one.bridge.receive(call(1));
    await one.clock.advance(60_000);
    await received;
    expect(one.owners).toHaveLength(works ? 1 : 0);
    expect(one.answers()).toEqual(
      works
        ? []
        : [{ jsonrpc: '2.0', id: 1, result: { resultType: 'complete', ...failed('no way', { code, sent: 'no' }) } }],
    );
    expect(one.starts).toHaveLength({ ERR_DAEMON_UNREACHABLE: 4, ERR_SERVER_UNKNOWN: 1 }[code]);
  });

  test('is idle when every request is answered; a subscription does not count', async () => {
    const one = scene();
    let idle = false;
    await one.bridge.receive(call(1));
    await one.bridge.receive(call(2, 'subscriptions/listen'));
    void one.bridge.idle().then(() => (idle = true));
    await one.clock.settle();
    expect(idle).toBe(false);
    last(one).say({ jsonrpc: '2.0', result: {}, id: 1 });
    await one.clock.settle();
    expect(idle).toBe(true);
  });

  test('ends its conversation when the client goes, and opens nothing any more', async () => {
    const one = scene();
    await one.bridge.receive(HELLO);
    const first = last(one);
    one.bridge.close();
    first.die();
    await one.clock.advance(60_000);
    expect(first.ended).toBe(true);
    expect(one.owners).toHaveLength(1);
  });
});
