import { expect, test } from 'vitest';
import { mayBeAsked, relayable } from '../../../src/core/relay.ts';

test.each([
  [{}, {}],
  [{ experimental: { x: {} } }, {}],
  [{ sampling: { tools: {} }, experimental: {} }, { sampling: { tools: {} } }],
  [{ elicitation: { form: {}, url: {} } }, { elicitation: { form: {}, url: {} } }],
  // A server that is promised news of roots would keep them, and the news is not passed on.
  [{ roots: { listChanged: true } }, { roots: {} }],
])('[gateway.relay] of a client that can %j a server hears %j', (capabilities, heard) => {
  expect(relayable(capabilities)).toEqual(heard);
});

const FORM = { message: 'Which one?', requestedSchema: {} };
const PAGE = { mode: 'url', url: 'https://bank.example/pay' };

test.each<[object, string, object, boolean]>([
  [{ elicitation: {} }, 'elicitation/create', FORM, true],
  [{ elicitation: {} }, 'elicitation/create', PAGE, false],
  [{ elicitation: { form: {} } }, 'elicitation/create', { ...FORM, mode: 'form' }, true],
  [{ elicitation: { url: {} } }, 'elicitation/create', PAGE, true],
  [{ elicitation: { url: {} } }, 'elicitation/create', FORM, false],
  [{ elicitation: { form: {}, url: {} } }, 'elicitation/create', FORM, true],
  [{ elicitation: { form: {}, url: {} } }, 'elicitation/create', PAGE, true],
  [{ sampling: {} }, 'sampling/createMessage', {}, true],
  [{ sampling: {} }, 'elicitation/create', FORM, false],
  [{ roots: {} }, 'toString', {}, false],
])('[gateway.relay] whether a client that can %j is asked %s with %j: %j', (capabilities, method, params, may) => {
  expect(mayBeAsked({ ...capabilities }, method, { ...params })).toBe(may);
});
