/**
 * The order in which messages reach the protocol client.
 *
 * @module
 */
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { InOrder } from '../../../src/transport/in-order.ts';

const progress = (step: number): JSONRPCMessage => ({ jsonrpc: '2.0', method: 'progress', params: { step } });
const reply = (id: number): JSONRPCMessage => ({ jsonrpc: '2.0', id, result: {} });
const nameOf = (message: JSONRPCMessage): string =>
  'method' in message
    ? `progress ${String(message.params?.['step'])}`
    : `reply ${String('id' in message && message.id)}`;

/** A client that hears answers at once and notifications a turn later, as the SDK's does. */
function client() {
  const heard: string[] = [];
  const errors: Error[] = [];
  const hear = (message: JSONRPCMessage): void => {
    if ('method' in message) void Promise.resolve().then(() => heard.push(nameOf(message)));
    else heard.push(nameOf(message));
  };
  return { heard, errors, hear };
}

describe('messages that arrive together', () => {
  test('[transport.progress] an answer does not overtake the progress before it', async () => {
    const { heard, hear } = client();
    const order = new InOrder(hear, () => {});
    for (const message of [progress(1), progress(2), reply(1), reply(2), progress(3), reply(3)]) order.push(message);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(heard).toEqual(['progress 1', 'progress 2', 'reply 1', 'reply 2', 'progress 3', 'reply 3']);
  });

  test('an answer alone is delivered at once', () => {
    const { heard, hear } = client();
    new InOrder(hear, () => {}).push(reply(1));
    expect(heard).toEqual(['reply 1']);
  });

  test('what waits is delivered when the link ends', () => {
    const { heard, hear } = client();
    const order = new InOrder(hear, () => {});
    order.push(progress(1));
    order.push(reply(1));
    expect(heard).toEqual([]);
    order.flush();
    expect(heard).toEqual(['reply 1']);
  });

  test('a client that throws hears the next message all the same', async () => {
    const heard: string[] = [];
    const errors: string[] = [];
    const order = new InOrder(
      (message) => {
        heard.push(nameOf(message));
        throw new Error(nameOf(message));
      },
      (error) => errors.push(error.message),
    );
    for (const message of [progress(1), reply(1)]) order.push(message);
    await Promise.resolve();
    expect(heard).toEqual(['progress 1', 'reply 1']);
    expect(errors).toEqual(heard);
  });
});
