import { expect, test } from 'vitest';
import { Questions } from '../../../../src/gateway/front/questions.ts';

const never = new AbortController().signal;
const question = { method: 'roots/list', params: {} };
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('[gateway.relay] each question has an id of its own, and its answer goes to who asked', async () => {
  const questions = new Questions();
  const sent: { id: string; method: string }[] = [];
  const send = (text: string): void => void sent.push(JSON.parse(text) as { id: string; method: string });
  const first = questions.ask(question, never, send);
  const second = questions.ask({ method: 'elicitation/create', params: { message: 'who?' } }, never, send);
  expect(sent).toMatchObject([{ method: 'roots/list' }, { method: 'elicitation/create', params: { message: 'who?' } }]);
  const [a = '', b = ''] = sent.map(({ id }) => id);
  expect(a).not.toBe(b);
  questions.answered({ kind: 'response', id: b, error: { code: -1, message: 'no', data: 7 } });
  questions.answered({ kind: 'response', id: a, result: { roots: [] } });
  questions.answered({ kind: 'response', id: a, result: { roots: ['again'] } });
  questions.answered({ kind: 'response', id: 'never asked', result: {} });
  expect(await first).toEqual({ result: { roots: [] } });
  expect(await second).toEqual({ error: { code: -1, message: 'no', data: 7 } });
});

test('[gateway.relay] a question that is taken back is taken back from the client, too', async () => {
  const questions = new Questions();
  const sent: string[] = [];
  const cut = new AbortController();
  const asked = questions.ask(question, cut.signal, (text) => void sent.push(text));
  cut.abort(new Error('over'));
  await expect(asked).rejects.toThrow('over');
  const { id } = JSON.parse(sent[0] ?? '') as { id: string };
  expect(JSON.parse(sent[1] ?? '')).toMatchObject({ method: 'notifications/cancelled', params: { requestId: id } });
  await expect(questions.ask(question, cut.signal, () => {})).rejects.toThrow('over');
});

test('[gateway.relay] a client that cannot hear a question, or has gone, answers none', async () => {
  const questions = new Questions();
  const deaf = questions.ask(question, never, () => {
    throw new Error('no stream');
  });
  await expect(deaf).rejects.toThrow('no stream');
  const asked = questions.ask(question, never, () => {});
  questions.end();
  await expect(asked).rejects.toThrow('gone');
  await settle();
});
