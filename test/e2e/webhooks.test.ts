/**
 * Webhooks of the built program: a receiver on loopback hears from a daemon and from a run, and checks the signature.
 *
 * @module
 */
import { createHmac } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startFaultServer, status } from '../../src/testing/index.ts';
import type { FaultServer } from '../../src/testing/index.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';

const SECRET = 'whsec_Y2FuYXJ5LW9mLXRoZS13ZWJob29rcw==';

interface Heard {
  readonly type: string;
  readonly server: string | undefined;
  readonly good: boolean;
  readonly id: string;
}

let servers: FaultServer;
let receiver: Server;
let place: Place;
let heard: Heard[] = [];
let failures = 0;
let hookUrl: string;
let goneUrl: string;

beforeAll(async () => {
  servers = await startFaultServer();
  goneUrl = servers.mount('/gone', status(404)).url;
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (data) => {
      body += String(data);
    });
    request.on('end', () => {
      const id = String(request.headers['webhook-id']);
      const signed = `${id}.${String(request.headers['webhook-timestamp'])}.${body}`;
      const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
      const good =
        request.headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
      const { type, data } = JSON.parse(body) as { type: string; data: { server?: string } };
      heard.push({ type, server: data.server, good, id });
      failures -= 1;
      response.writeHead(failures >= 0 ? 503 : 204).end();
    });
  });
  await new Promise<void>((resolve) => {
    receiver.listen(0, '127.0.0.1', resolve);
  });
  hookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  place = await makePlace();
});
afterAll(async () => {
  await place.run(['daemon', 'stop']);
  await place.remove();
  await servers.close();
  receiver.closeAllConnections();
  receiver.close();
});

const config = (): string =>
  JSON.stringify({
    mcpServers: { gone: { type: 'http', url: goneUrl } },
    webhooks: [{ url: hookUrl, events: ['server.status'], secret: '${HOOK_SECRET}' }],
  });
const env = { HOOK_SECRET: SECRET };

describe('[webhook.test] webhooks test', () => {
  test('arrives signed, once, and ends with 0 only when the receiver has taken it', async () => {
    const file = join(place.project, 'tried.json');
    await writeFile(file, config());
    heard = [];
    failures = 0;
    const good = await place.run(['webhooks', 'test', '--config', file], { env });
    expect({ code: good.code, stderr: good.stderr }).toEqual({ code: 0, stderr: '1 of 1 took the test.\n' });
    expect(good.stdout).toMatch(/taken +HTTP 204 +\d+ms +.*tried\.json:1/);
    failures = 1;
    const bad = await place.run(['webhooks', 'test', '1', '--json', '--config', file], { env });
    expect(bad.code).toBe(4);
    expect(JSON.parse(bad.stdout)).toMatchObject({ ok: false, webhooks: [{ took: false, httpStatus: 503 }] });
    expect(heard.map(({ type, good: signed }) => [type, signed])).toEqual([
      ['webhook.test', true],
      ['webhook.test', true],
    ]);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(2);
    expect((await place.run(['webhooks', 'test', '--config', file])).code).toBe(2);
    for (const ran of [good, bad]) expect(ran.stdout + ran.stderr).not.toContain(SECRET);
  });
});

describe('[webhook.owner] a receiver', () => {
  test('hears from a run before that ends, though it answered 503 at first', async () => {
    heard = [];
    failures = 1;
    const file = join(place.project, 'hooked.json');
    await writeFile(file, config());
    const ran = await place.run(
      ['run', '--config', file, '--wait-for', 'gone', '--', process.execPath, '-e', 'setTimeout(() => {}, 2500)'],
      { env },
    );
    expect(ran.code).toBe(0);
    const failed = heard.filter(({ type, server }) => type === 'server.status' && server === 'gone');
    expect(failed.length).toBeGreaterThanOrEqual(2);
    expect(heard.every(({ good }) => good)).toBe(true);
    expect(ran.stdout + ran.stderr).not.toContain(SECRET);
  });

  test('hears from the daemon, also after a webhook was added while it ran; the log has no secret', async () => {
    heard = [];
    failures = 0;
    const folder = join(place.home, '.config', 'holdfast');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'servers.json'), JSON.stringify({ mcpServers: {} }));
    expect((await place.run(['daemon', 'start'], { env })).code).toBe(0);
    await place.run(['status'], { env });
    await writeFile(join(folder, 'servers.json'), config());
    await place.run(['status', '--wait', '5s'], { env });
    await place.run(['reconnect', 'gone'], { env });
    await vi.waitFor(() => expect(heard.some(({ server }) => server === 'gone')).toBe(true), { timeout: 10_000 });
    expect(heard.every(({ good }) => good)).toBe(true);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(heard.length);
    const log = await readFile(join(place.home, '.local', 'state', 'holdfast', 'daemon.log'), 'utf8').catch(() => '');
    expect(log).not.toContain(SECRET);
  });
});
