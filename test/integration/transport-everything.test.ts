import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { systemRandom } from '../../src/base/random.ts';
import { Redactor } from '../../src/base/secret.ts';
import type { Connector, Progress, SessionEvent } from '../../src/core/ports.ts';
import { createHttp } from '../../src/net/dispatcher.ts';
import { createConnector } from '../../src/transport/connector.ts';
import { remoteRequest } from '../support/remote.ts';
import { publishedServer } from '../support/stdio.ts';

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  return port;
}

async function startEverything(mode: 'streamableHttp' | 'sse', port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [publishedServer('everything'), mode], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.resume();
  child.stdout.resume();
  for (let tries = 0; !(await accepts(port)); tries += 1) {
    if (tries > 200) throw new Error('the server does not listen');
    await pause(25);
  }
  return child;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

describe.each([
  ['http', 'streamableHttp', '/mcp'],
  ['sse', 'sse', '/sse'],
] as const)('the published server "everything" over %s', (transport, mode, path) => {
  let port: number;
  let child: ChildProcess;
  let connector: Connector;
  const url = (): string => `http://127.0.0.1:${port}${path}`;

  beforeAll(async () => {
    port = await freePort();
    child = await startEverything(mode, port);
    connector = createConnector({
      clock: systemClock,
      random: systemRandom,
      redactor: new Redactor(),
      logger: silentLogger,
      env: {},
      platform: process.platform,
      http: createHttp({ env: {} }),
    });
  });
  afterAll(async () => {
    await connector.close();
    await stop(child);
  });

  async function open() {
    const outcome = await connector.open(remoteRequest(url(), { kind: 'auto', projectRoot: '/tmp' }));
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.answer));
    return outcome.session;
  }

  test('is found by its url alone; its lists, tools and progress work', async () => {
    const session = await open();
    expect(session).toMatchObject({ transport, era: 'legacy', protocolVersion: '2025-11-25' });
    expect(session.lists.tools.length).toBeGreaterThan(5);
    expect(session.lists.prompts.length).toBeGreaterThan(1);
    expect(session.lists.resources.length).toBeGreaterThan(1);
    const sum = await session.request('tools/call', { name: 'get-sum', arguments: { a: 2, b: 3 } });
    expect(sum).toMatchObject({ ok: true, result: { content: [{ type: 'text' }] } });
    const seen: Progress[] = [];
    const long = { name: 'trigger-long-running-operation', arguments: { duration: 0.3, steps: 3 } };
    const outcome = await session.request('tools/call', long, { onProgress: (progress) => seen.push(progress) });
    expect(outcome.ok).toBe(true);
    expect(seen.length).toBeGreaterThanOrEqual(2);
    expect(await session.contact(AbortSignal.timeout(5_000))).toBeUndefined();
    await session.close();
  });

  test('killed and started again on its port, it is connected again', async () => {
    const session = await open();
    const events: SessionEvent[] = [];
    session.onEvent = (event) => events.push(event);
    await stop(child);
    expect(await session.contact(AbortSignal.timeout(5_000))).toMatchObject({ kind: 'network' });
    child = await startEverything(mode, port);
    if (transport === 'http') {
      // The new process does not know the old session: it is renewed under the call.
      const call = await session.request('tools/call', { name: 'echo', arguments: { message: 'again' } });
      expect(call).toMatchObject({ ok: true });
      expect(events.some((event) => event.kind === 'renewed')).toBe(true);
    } else {
      expect(events.some((event) => event.kind === 'lost')).toBe(true);
    }
    await session.close();
    const next = await open();
    expect(next.lists.tools.length).toBeGreaterThan(5);
    await next.close();
  });
});
