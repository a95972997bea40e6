import { expect, test } from 'vitest';
import { relayable } from '../../../src/core/relay.ts';

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
