/**
 * Requests that are passed on over lines: how each of them ends, and what is said of those that were not sent.
 *
 * @module
 */
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { AnswerError } from '../../../../src/transport/answer-error.ts';
import { LineForwards } from '../../../../src/transport/process/line-forwards.ts';
import type { Untold } from '../../../../src/transport/process/line-forwards.ts';
import type { RawReply } from '../../../../src/transport/link.ts';

type Told = (failure?: Untold) => void;

const ENDED = { kind: 'protocol', text: 'it ended' } as const;

function opened(): {
  readonly forwards: LineForwards;
  readonly told: Told[];
  readonly notified: JSONRPCMessage[];
  readonly send: (name: string, cut?: AbortController) => Promise<RawReply>;
  readonly begun: string[];
} {
  const told: Told[] = [];
  const notified: JSONRPCMessage[] = [];
  const begun: string[] = [];
  const forwards = new LineForwards(
    async (message) => {
      notified.push(message);
    },
    (_, each) => told.push(each),
  );
  const send = (name: string, cut = new AbortController()): Promise<RawReply> =>
    forwards.send({
      message: { jsonrpc: '2.0', id: `hf-${name}`, method: 'tools/call' },
      headers: {},
      cut,
      onbegin: () => begun.push(name),
      onnotification: () => {},
    });
  return { forwards, told, notified, send, begun };
}

const answer = (name: string, result = '{"content":[]}'): Buffer =>
  Buffer.from(`{"jsonrpc":"2.0","id":"hf-${name}","result":${result}}`);
const resultOf = async (reply: Promise<RawReply>): Promise<string> => {
  const came = await reply;
  return 'result' in came ? came.result.toString() : '';
};

describe('answers', () => {
  test('each goes to its own request, in whatever order they come', async () => {
    const { forwards, told, send, begun } = opened();
    const [a, b] = [send('a'), send('b')];
    for (const each of told) each();
    expect(begun).toEqual(['a', 'b']);
    expect(forwards.take(answer('b', '{"n":2}'))).toBe(true);
    expect(forwards.take(answer('a', '{"n":1}'))).toBe(true);
    expect(forwards.take(answer('a'))).toBe(false);
    expect(await Promise.all([resultOf(a), resultOf(b)])).toEqual(['{"n":1}', '{"n":2}']);
  });

  test('a request that is cut is told to the server once, and its answer is nobody’s', async () => {
    const { forwards, notified, send } = opened();
    const cut = new AbortController();
    const waiting = send('a', cut);
    cut.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(notified).toEqual([{ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'hf-a' } }]);
    expect(forwards.take(answer('a'))).toBe(false);
  });

  test('one that was answered is not told to be cut', async () => {
    const { forwards, notified, send } = opened();
    const cut = new AbortController();
    const waiting = send('a', cut);
    forwards.take(answer('a'));
    cut.abort();
    expect(await resultOf(waiting)).toBe('{"content":[]}');
    expect(notified).toEqual([]);
  });
});

describe('[call.never-twice] whether it was sent', () => {
  test.each([
    ['surely not', 'no'],
    ['perhaps', 'maybe'],
  ] as const)('a line that was %s written is told so when the process ends', async (_, sent) => {
    const { forwards, told, send } = opened();
    const waiting = send('a');
    told[0]?.({ sent, error: new Promise(() => {}) });
    forwards.end((said) => new AnswerError(ENDED, { sent: said }));
    await expect(waiting).rejects.toMatchObject({ sent, answer: ENDED });
  });

  test('a line that was written, or of which nothing is known yet, may have been sent', async () => {
    const { forwards, told, send } = opened();
    const waiting = [send('a'), send('b')];
    told[0]?.();
    forwards.end((said) => new AnswerError(ENDED, { sent: said }));
    for (const each of waiting) await expect(each).rejects.toMatchObject({ sent: 'maybe' });
  });

  test('a line that was not written fails by itself where the process had ended before', async () => {
    const { told, send } = opened();
    const waiting = send('a');
    told[0]?.({ sent: 'no', error: Promise.resolve(new AnswerError(ENDED, { sent: 'no' })) });
    await expect(waiting).rejects.toMatchObject({ sent: 'no' });
  });
});
