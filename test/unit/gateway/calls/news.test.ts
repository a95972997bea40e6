import { beforeEach, expect, test, vi } from 'vitest';
import { Emitter } from '../../../../src/base/emitter.ts';
import { HoldfastError } from '../../../../src/base/errors.ts';
import { silentLogger } from '../../../../src/base/logger.ts';
import type { ForwardingFleet, ServerNotification } from '../../../../src/core/fleet.ts';
import { News } from '../../../../src/gateway/calls/news.ts';
import type { Peer } from '../../../../src/gateway/calls/peer.ts';
import { Catalogue } from '../../../../src/gateway/catalogue/catalogue.ts';
import type { CatalogueKeeper } from '../../../../src/gateway/catalogue/keeper.ts';

const NO_LISTS = { tools: [], prompts: [], resources: [], resourceTemplates: [] };
const peerOf = () => ({ tell: vi.fn<Peer['tell']>() });
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let said: Emitter<ServerNotification>;
let asked: string[];
let refuses: boolean;
let connected: (server: string) => void;
let news: News;
/** URIs that the rules of an entry hide. */
let hidden: Set<string>;

function fakeFleet(): ForwardingFleet {
  const waiting: ((server: string) => void)[] = [];
  connected = (server) => waiting.splice(0).forEach((resolve) => resolve(server));
  const fleet = {
    snapshots: async () => [
      { name: 'one', status: 'connected', era: 'legacy' },
      { name: 'two', status: 'failed' },
    ],
    snapshot: async () => ({ era: 'legacy' }),
    lists: async () => ({ ...NO_LISTS, capabilities: { logging: {} } }),
    listen: async (listener: (one: ServerNotification) => void) => said.on(listener),
    async *events() {
      for (;;) {
        const server = await new Promise<string>((resolve) => {
          waiting.push(resolve);
        });
        yield { event: 'server.status', to: 'connected', server };
      }
    },
    request: async (server: string, method: string, params: unknown) => {
      asked.push(`${server} ${method} ${JSON.stringify(params)}`);
      if (refuses) throw new HoldfastError('ERR_RPC', 'no', { data: { rpc: { code: -32_601, message: 'no' } } });
      return {};
    },
  };
  return fleet as unknown as ForwardingFleet;
}

beforeEach(() => {
  said = new Emitter(() => {});
  asked = [];
  refuses = false;
  hidden = new Set();
  const catalogue = new Catalogue([{ server: 'one', lists: NO_LISTS }], { names: 'prefixed' });
  const keeper = {
    current: async () => catalogue,
    isShown: (server: string, uri: string) => !hidden.has(`${server} ${uri}`),
  } as unknown as CatalogueKeeper;
  news = new News({ fleet: fakeFleet(), keeper, logger: silentLogger });
});

const updated = { server: 'one', method: 'notifications/resources/updated', params: { uri: 'file:///a' } };

test('[gateway.news] a watched resource is asked for once, told to everybody who watches it, and given up with the last', async () => {
  const [first, second, third] = [peerOf(), peerOf(), peerOf()];
  expect(await news.watch(first, 'one+file:///a')).toMatchObject({ ok: true });
  expect(await news.watch(second, 'one+file:///a')).toMatchObject({ ok: true });
  await settle();
  expect(asked).toEqual(['one resources/subscribe {"uri":"file:///a"}']);
  said.emit(updated);
  said.emit({ ...updated, params: { uri: 'file:///b' } });
  said.emit({ ...updated, server: 'two' });
  expect(first.tell.mock.calls).toEqual([['notifications/resources/updated', { uri: 'one+file:///a' }]]);
  expect(second.tell).toHaveBeenCalledTimes(1);
  expect(third.tell).not.toHaveBeenCalled();
  await news.unwatch(first, 'one+file:///a');
  news.farewell(second);
  await settle();
  expect(asked).toHaveLength(2);
  expect(asked[1]).toBe('one resources/unsubscribe {"uri":"file:///a"}');
});

test('[gateway.uri-rules] nobody hears of a watched resource while the rules hide it', async () => {
  const peer = peerOf();
  await news.watch(peer, 'one+file:///a');
  await settle();
  hidden.add('one file:///a');
  said.emit(updated);
  expect(peer.tell).not.toHaveBeenCalled();
  hidden.clear();
  said.emit(updated);
  expect(peer.tell).toHaveBeenCalledTimes(1);
});

test('[gateway.news] a server that refuses is believed, and an unknown resource reaches no server', async () => {
  refuses = true;
  const peer = peerOf();
  expect(await news.watch(peer, 'one+file:///a')).toMatchObject({ ok: false, error: { code: -32_601 } });
  asked = [];
  expect(await news.watch(peer, 'nobody+file:///a')).toMatchObject({ ok: false });
  expect(await news.watch(peer, 7)).toMatchObject({ ok: false });
  expect(asked).toEqual([]);
});

test('[gateway.news] log messages reach a client from its level on, under the name of their server; the servers hear the lowest level', async () => {
  const [quiet, loud, none] = [peerOf(), peerOf(), peerOf()];
  news.welcome(none);
  await news.setLevel(quiet, 'error');
  await news.setLevel(loud, 'info');
  expect(asked).toEqual(['one logging/setLevel {"level":"error"}', 'one logging/setLevel {"level":"info"}']);
  expect(await news.setLevel(quiet, 'shout')).toMatchObject({ ok: false, error: { code: -32_602 } });
  const message = { server: 'one', method: 'notifications/message' };
  said.emit({ ...message, params: { level: 'warning', logger: 'db', data: 1 } });
  said.emit({ ...message, params: { level: 'alert', data: 2 } });
  expect(loud.tell.mock.calls.map(([, params]) => params)).toEqual([
    { level: 'warning', logger: 'one/db', data: 1 },
    { level: 'alert', logger: 'one', data: 2 },
  ]);
  expect(quiet.tell).toHaveBeenCalledTimes(1);
  expect(none.tell).not.toHaveBeenCalled();
});

test('[gateway.news] a server that comes back hears again what is wanted of it', async () => {
  const peer = peerOf();
  await news.setLevel(peer, 'info');
  await news.watch(peer, 'one+file:///a');
  await settle();
  asked = [];
  connected('one');
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  expect(asked).toEqual(['one logging/setLevel {"level":"info"}', 'one resources/subscribe {"uri":"file:///a"}']);
  news.farewell(peer);
});

test('[gateway.news] that an address was opened is told to the client that was asked to, and to no other', async () => {
  const [one, other, gone] = [peerOf(), peerOf(), peerOf()];
  for (const peer of [one, other, gone]) news.welcome(peer);
  news.asks(one, 'one', { mode: 'url', elicitationId: 'a' });
  news.asks(other, 'two', { mode: 'url', elicitationId: 'a' });
  news.asks(gone, 'one', { elicitationId: 'b' });
  news.asks(other, 'one', { message: 'a form' });
  news.farewell(gone);
  await settle();
  const method = 'notifications/elicitation/complete';
  for (const id of ['a', 'b', 'c', undefined]) said.emit({ server: 'one', method, params: { elicitationId: id } });
  said.emit({ server: 'one', method, params: { elicitationId: 'a' } });
  expect(one.tell.mock.calls).toEqual([[method, { elicitationId: 'a' }]]);
  expect(other.tell).not.toHaveBeenCalled();
  expect(gone.tell).not.toHaveBeenCalled();
  said.emit({ server: 'two', method, params: { elicitationId: 'a' } });
  expect(other.tell).toHaveBeenCalledOnce();
});
