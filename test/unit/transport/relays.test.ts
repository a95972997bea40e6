import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { expect, test, vi } from 'vitest';
import type { RelayAnswer } from '../../../src/core/relay.ts';
import { Relays } from '../../../src/transport/forward/relays.ts';
import type { Asking } from '../../../src/transport/forward/relays.ts';
import { SideSessions } from '../../../src/transport/http/side-sessions.ts';
import { LineForwards } from '../../../src/transport/process/line-forwards.ts';

const question = (id: number, method = 'elicitation/create'): JSONRPCMessage => ({
  jsonrpc: '2.0',
  id,
  method,
  params: { message: 'who?' },
});
const CAN = { elicitation: {}, sampling: {}, roots: {} };
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function collected(): { answers: JSONRPCMessage[]; respond: (answer: JSONRPCMessage) => Promise<void> } {
  const answers: JSONRPCMessage[] = [];
  return {
    answers,
    respond: (answer) => {
      answers.push(answer);
      return Promise.resolve();
    },
  };
}

test('[gateway.relay] a question is answered under its own id, with what the client says', async () => {
  const { answers, respond } = collected();
  const asking: Asking = { capabilities: CAN, ask: async (method, params) => ({ result: { method, params } }) };
  expect(new Relays().take(question(7), asking, respond)).toBe(true);
  await settle();
  const result = { method: 'elicitation/create', params: { message: 'who?' } };
  expect(answers).toEqual([{ jsonrpc: '2.0', id: 7, result }]);
});

test.each([
  ['nobody can be asked', question(1), undefined],
  ['the client cannot be asked that', question(1, 'sampling/createMessage'), { elicitation: {} }],
  ['it is a ping', question(1, 'ping'), CAN],
  ['it is a notification', { jsonrpc: '2.0' as const, method: 'notifications/progress' }, CAN],
])('[gateway.relay] a message is left to others where %s', (_, message, capabilities) => {
  const ask = vi.fn<Asking['ask']>();
  const asking = capabilities === undefined ? undefined : { capabilities, ask };
  expect(new Relays().take(message, asking, collected().respond)).toBe(false);
  expect(ask).not.toHaveBeenCalled();
});

test('[gateway.relay] a client that fails is told to the server as an error without its words', async () => {
  const { answers, respond } = collected();
  const asking: Asking = { capabilities: CAN, ask: () => Promise.reject(new Error('secret')) };
  new Relays().take(question(1), asking, respond);
  await settle();
  expect(answers).toMatchObject([{ id: 1, error: { code: -32_603 } }]);
  expect(JSON.stringify(answers)).not.toContain('secret');
});

test('[gateway.relay] a question that the server takes back is taken back from the client, and not answered', async () => {
  const relays = new Relays();
  const { answers, respond } = collected();
  let heard: AbortSignal | undefined;
  const ask: Asking['ask'] = (_method, _params, signal) => {
    heard = signal;
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  };
  relays.take(question(3), { capabilities: CAN, ask }, respond);
  const cancel = (requestId: number): JSONRPCMessage => ({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId },
  });
  expect(relays.cancelled(cancel(4))).toBe(false);
  expect(relays.cancelled(cancel(3))).toBe(true);
  await settle();
  expect(heard?.aborted).toBe(true);
  expect(answers).toEqual([]);
});

test('[gateway.relay] a question that is taken back in one session is open in another, whatever its id', async () => {
  const relays = new Relays();
  const { answers, respond } = collected();
  const heard: AbortSignal[] = [];
  let answer: ((said: RelayAnswer) => void) | undefined;
  const ask: Asking['ask'] = (_method, _params, signal) => {
    heard.push(signal);
    return new Promise((resolve) => {
      answer = resolve;
    });
  };
  const sessions = [{}, {}];
  for (const session of sessions) relays.take(question(0), { capabilities: CAN, ask }, respond, session);
  const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 0 } } as const;
  expect(relays.cancelled(cancel)).toBe(false);
  expect(relays.cancelled(cancel, sessions[0])).toBe(true);
  expect(heard.map(({ aborted }) => aborted)).toEqual([true, false]);
  answer?.({ result: { action: 'accept' } });
  await settle();
  expect(answers).toEqual([{ jsonrpc: '2.0', id: 0, result: { action: 'accept' } }]);
  expect(relays.cancelled(cancel, sessions[1])).toBe(false);
});

test('[gateway.relay] a server that asks without end asks so much and no more, until it is answered', async () => {
  const relays = new Relays();
  const { answers, respond } = collected();
  const waiting: (() => void)[] = [];
  const ask: Asking['ask'] = () =>
    new Promise((resolve) => {
      waiting.push(() => resolve({ result: {} }));
    });
  for (let id = 0; id < 5_000; id += 1)
    expect(relays.take(question(id), { capabilities: CAN, ask }, respond)).toBe(true);
  expect(waiting).toHaveLength(1_000);
  for (const answer of waiting) answer();
  await settle();
  expect(answers).toHaveLength(1_000);
  relays.take(question(7), { capabilities: CAN, ask }, respond);
  expect(waiting).toHaveLength(1_001);
});

function line(client: object | undefined, asked: string[], name: string): Parameters<LineForwards['send']>[0] {
  return {
    message: { jsonrpc: '2.0', id: `hf-${name}`, method: 'tools/call' },
    headers: {},
    cut: new AbortController(),
    onbegin: () => {},
    onnotification: () => {},
    client,
    asking: {
      capabilities: CAN,
      ask: async () => {
        asked.push(name);
        return { result: {} };
      },
    },
  };
}

test('[gateway.relay] over one shared connection a question is for the only client with calls under way, and of several for none', async () => {
  const asked: string[] = [];
  const { answers, respond } = collected();
  const forwards = new LineForwards(respond);
  const [one, other] = [{}, {}];
  void forwards.send(line(one, asked, 'a'));
  void forwards.send(line(one, asked, 'b'));
  answers.length = 0;
  expect(forwards.read(question(1))).toBe(true);
  await settle();
  expect(asked).toEqual(['b']);
  expect(answers).toMatchObject([{ id: 1, result: {} }]);
  void forwards.send(line(other, asked, 'c'));
  forwards.read(question(2));
  await settle();
  expect(asked).toEqual(['b']);
  expect(answers.at(-1)).toMatchObject({ id: 2, error: { code: -32_603 } });
});

function sides(): { made: SideSessions; opened: unknown[]; left: string[]; fail: { next: boolean } } {
  const opened: unknown[] = [];
  const left: string[] = [];
  const fail = { next: false };
  const made = new SideSessions({
    open: async (capabilities) => {
      opened.push(capabilities);
      if (fail.next) throw new Error('refused');
      return { id: `s${opened.length}`, after400: false, proved: false };
    },
    leave: async ({ id }) => {
      left.push(id ?? '');
    },
  });
  return { made, opened, left, fail };
}
const never = new AbortController().signal;

test('[gateway.relay] clients that can the same share a session, others get their own, and a lost one is made anew', async () => {
  const { made, opened, left } = sides();
  const [first, second] = await Promise.all([made.of({ roots: {} }, never), made.of({ roots: {} }, never)]);
  expect(second).toBe(first);
  const third = await made.of({ sampling: {} }, never);
  expect(third).not.toBe(first);
  expect(made.lose({})).toBe(false);
  expect(made.lose(first)).toBe(true);
  expect(made.lose(first)).toBe(true);
  expect(await made.of({ roots: {} }, never)).not.toBe(first);
  expect(opened).toEqual([{ roots: {} }, { sampling: {} }, { roots: {} }]);
  await made.end();
  expect(left).toEqual(['s2', 's3']);
});

test('[gateway.relay] a session that could not be opened is tried again by the next call, and their number is bounded', async () => {
  const { made, opened, left, fail } = sides();
  fail.next = true;
  await expect(made.of({ roots: {} }, never)).rejects.toThrow('refused');
  fail.next = false;
  expect((await made.of({ roots: {} }, never)).id).toBe('s2');
  for (let at = 0; at < 8; at += 1) await made.of({ sampling: { at } }, never);
  expect(opened).toHaveLength(10);
  expect(left).toEqual(['s2']);
});

test('[gateway.relay] whoever gives up does not wait for a session', async () => {
  const made = new SideSessions({ open: () => new Promise(() => {}), leave: async () => {} });
  const cut = new AbortController();
  const waiting = made.of({ roots: {} }, cut.signal);
  cut.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
});
