import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import { AnswerError } from '../../../src/transport/answer-error.ts';
import { Relays } from '../../../src/transport/forward/relays.ts';
import { SideTalks } from '../../../src/transport/http/side-talks.ts';
import type { RawRequest } from '../../../src/transport/link.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const HELLO: JSONRPCRequest = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: { roots: {} } },
};

function request(asked: string[], name: string, client: object): RawRequest {
  return {
    message: { jsonrpc: '2.0', id: `hf-${name}`, method: 'tools/call' },
    headers: {},
    cut: new AbortController(),
    onbegin: () => {},
    onnotification: () => {},
    client,
    asking: {
      capabilities: { sampling: {} },
      ask: async () => {
        asked.push(name);
        return { result: { from: name } };
      },
    },
  };
}

function talks(answer: 'opens' | 'gives none' | AnswerError = 'opens') {
  const told: [JSONRPCMessage, string | undefined][] = [];
  const streams: { deliver: (message: JSONRPCMessage) => void; stopped: boolean }[] = [];
  const seen: unknown[] = [];
  const passed: JSONRPCMessage[] = [];
  const notes: string[] = [];
  const made = new SideTalks({
    hello: () => HELLO,
    initialize: async (hello, opened) => {
      seen.push(hello.params?.['capabilities']);
      if (answer instanceof AnswerError) throw answer;
      opened(answer === 'opens' ? `s${seen.length}` : undefined);
      return { id: 0, result: {} };
    },
    tell: async (message, { id }) => void told.push([message, id]),
    listen: (_session, deliver) => {
      const stream = { deliver, stopped: false };
      streams.push(stream);
      return { stop: () => void (stream.stopped = true) };
    },
    leave: async () => {},
    relays: new Relays(),
    onmessage: (message) => passed.push(message),
    note: (text) => notes.push(text),
  });
  return { made, told, streams, seen, passed, notes };
}
const question = (id: number): JSONRPCMessage => ({ jsonrpc: '2.0', id, method: 'sampling/createMessage', params: {} });

test('[gateway.relay] a question on the stream of a session goes to the client whose call is under way in it', async () => {
  const { made, told, streams, seen } = talks();
  const asked: string[] = [];
  const one = request(asked, 'one', {});
  const session = await made.of(one);
  if (session === undefined) throw new Error('no session');
  expect(seen).toEqual([{ roots: {}, sampling: {} }]);
  expect(told).toEqual([[{ jsonrpc: '2.0', method: 'notifications/initialized' }, 's1']]);
  let done = (): void => {};
  const call = made.during(session, one, new Promise<void>((resolve) => (done = resolve)));
  streams[0]?.deliver(question(7));
  await settle();
  expect(told.at(-1)).toEqual([{ jsonrpc: '2.0', id: 7, result: { from: 'one' } }, 's1']);
  const second = made.during(session, request(asked, 'two', {}), new Promise(() => {}));
  void second;
  streams[0]?.deliver(question(8));
  await settle();
  expect(told.at(-1)?.[0]).toMatchObject({ id: 8, error: { code: -32_603 } });
  done();
  await call;
  streams[0]?.deliver(question(9));
  await settle();
  expect(told.at(-1)?.[0]).toMatchObject({ id: 9, result: { from: 'two' } });
  expect(asked).toEqual(['one', 'two']);
});

test('[gateway.relay] what is asked when nobody is there is answered all the same, and other news are heard elsewhere', async () => {
  const { made, told, streams, passed } = talks();
  await made.of(request([], 'one', {}));
  const [stream] = streams;
  stream?.deliver(question(1));
  stream?.deliver({ jsonrpc: '2.0', id: 2, method: 'ping' });
  stream?.deliver({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
  const complete = { jsonrpc: '2.0', method: 'notifications/elicitation/complete', params: {} } as const;
  stream?.deliver(complete);
  await settle();
  expect(told.slice(1).map(([message]) => message)).toMatchObject([
    { id: 1, error: { code: -32_601 } },
    { id: 2, result: {} },
  ]);
  expect(passed).toEqual([complete]);
});

test('[gateway.relay] the stream of a session ends with it', async () => {
  const { made, streams } = talks();
  const session = await made.of(request([], 'one', {}));
  expect(made.lose(session ?? {})).toBe(true);
  expect(streams.map(({ stopped }) => stopped)).toEqual([true]);
  await made.of(request([], 'one', {}));
  await made.end();
  expect(streams.map(({ stopped }) => stopped)).toEqual([true, true]);
});

test('[gateway.relay] a server that gives no second session is used without; one that wants other credentials says so', async () => {
  const none = talks('gives none');
  expect(await none.made.of(request([], 'one', {}))).toBeUndefined();
  expect(none.notes).toHaveLength(1);
  const refused = talks(new AnswerError({ kind: 'http', status: 401, challenges: [] }, { sent: 'rejected' }));
  await expect(refused.made.of(request([], 'one', {}))).rejects.toBeInstanceOf(AnswerError);
});

test('[gateway.relay] the level of log messages is told in every session, also in those that begin later', async () => {
  const { made, told } = talks();
  const level = { jsonrpc: '2.0', id: 5, method: 'logging/setLevel', params: { level: 'info' } } as const;
  const one = request([], 'one', {});
  await made.of(one);
  made.heard({ jsonrpc: '2.0', id: 4, method: 'tools/list' });
  expect(told).toHaveLength(1);
  made.heard(level);
  await made.of({
    ...request([], 'two', {}),
    asking: { capabilities: { elicitation: {} }, ask: async () => ({ result: {} }) },
  });
  const levels = told.filter(([message]) => 'method' in message && message.method === 'logging/setLevel');
  expect(levels).toEqual([
    [{ ...level, id: 'level-1' }, 's1'],
    [{ ...level, id: 'level-2' }, 's2'],
  ]);
});
