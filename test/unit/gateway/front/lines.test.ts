import { expect, test } from 'vitest';
import { Emitter } from '../../../../src/base/emitter.ts';
import type { ListName } from '../../../../src/gateway/catalogue/catalogue.ts';
import type { Endpoint } from '../../../../src/gateway/front/endpoints.ts';
import { LineConversation } from '../../../../src/gateway/front/lines.ts';
import { success } from '../../../../src/gateway/rpc/answer.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function conversation() {
  const changed = new Emitter<readonly ListName[]>(() => {});
  const heard: unknown[] = [];
  let introduce = (): void => {};
  const endpoint = {
    keeper: { changed },
    dispatcher: {
      initialize: () =>
        new Promise((resolve) => {
          introduce = () => resolve(success({ serverInfo: {} }));
        }),
      answer: async (method: string) => success({ method }),
    },
    news: { welcome: () => {}, farewell: () => {}, watch: async () => success({}) },
  };
  const lines = new LineConversation(endpoint as unknown as Endpoint, (line) => heard.push(JSON.parse(line)));
  const say = (message: object): void => void lines.receive(JSON.stringify({ jsonrpc: '2.0', ...message }));
  return { changed, heard, lines, say, introduce: () => introduce() };
}
const HELLO = { id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {} } };

test('[gateway.messages] nothing that a client is told comes before the answer to its initialize', async () => {
  const { changed, heard, say, introduce } = conversation();
  changed.emit(['tools']);
  say(HELLO);
  changed.emit(['tools']);
  await settle();
  expect(heard).toEqual([]);
  introduce();
  await settle();
  changed.emit(['tools', 'resources', 'resourceTemplates']);
  expect(heard).toMatchObject([
    { id: 1, result: {} },
    { method: 'notifications/tools/list_changed' },
    { method: 'notifications/resources/list_changed' },
  ]);
});

test('[gateway.messages] a client that does not begin with initialize is told to; requests behind it need not wait for it', async () => {
  const { heard, say, introduce, lines } = conversation();
  say({ id: 7, method: 'tools/list' });
  say({ id: 'there?', method: 'ping' });
  say(HELLO);
  say({ id: 8, method: 'tools/list' });
  await settle();
  introduce();
  await settle();
  expect(heard).toMatchObject([
    { id: 7, error: { code: -32_600 } },
    { id: 'there?', result: {} },
    { id: 8, result: { method: 'tools/list' } },
    { id: 1, result: {} },
  ]);
  lines.close();
});
