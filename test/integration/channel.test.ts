/**
 * A conversation in lines over a real socket whose other end does not read.
 */
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { channelOver } from '../../src/daemon/channel.ts';
import type { Channel } from '../../src/daemon/channel.ts';

const LINE = 'x'.repeat(1_048_576);

let server: Server;
let near: Channel;
let nearSocket: Socket;
let far: Channel;

beforeEach(async () => {
  server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const accepted = new Promise<Socket>((resolve) => {
    server.once('connection', resolve);
  });
  nearSocket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  near = channelOver(nearSocket);
  far = channelOver(await accepted);
});
afterEach(async () => {
  nearSocket.destroy();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

test('[gateway.slow] an end that does not read costs the other one 64 MB at most, and is then taken for gone', async () => {
  near.flow(false);
  const ended = vi.fn<() => void>();
  far.onEnd(ended);
  for (let count = 0; count < 200 && ended.mock.calls.length === 0; count += 1) {
    far.send(LINE);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  expect(ended).toHaveBeenCalledOnce();
  expect(process.memoryUsage().rss).toBeLessThan(1_024 * 1_048_576);
});

test('[gateway.slow] an end that is held back can be ended: what it had not read keeps nobody', async () => {
  near.flow(false);
  const [nearEnded, farEnded, heard] = [vi.fn<() => void>(), vi.fn<() => void>(), vi.fn<(line: string) => void>()];
  near.onEnd(nearEnded);
  near.onLine(heard);
  far.onEnd(farEnded);
  for (let count = 0; count < 20; count += 1) far.send(LINE);
  await new Promise((resolve) => {
    setTimeout(resolve, 100);
  });
  near.end();
  await expect.poll(() => [nearEnded.mock.calls.length, farEnded.mock.calls.length]).toEqual([1, 1]);
  expect(heard).not.toHaveBeenCalled();
});

test('[gateway.slow] an end that is held back for a while loses nothing', async () => {
  const heard: number[] = [];
  near.onLine((line) => heard.push(line.length));
  near.flow(false);
  for (let count = 0; count < 20; count += 1) far.send(LINE.slice(0, 100_000 + count));
  await new Promise((resolve) => {
    setTimeout(resolve, 200);
  });
  expect(heard.length).toBeLessThan(20);
  near.flow(true);
  await expect.poll(() => heard.length).toBe(20);
  expect(heard).toEqual(Array.from({ length: 20 }, (_, index) => 100_000 + index));
});
