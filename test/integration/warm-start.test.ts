/**
 * A new process shows what an earlier one knew, marked, before any server has answered it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createHoldfast } from '../../src/create.ts';
import { hang, mcpServer, startFaultServer } from '../../src/testing/index.ts';
import type { FaultServer } from '../../src/testing/index.ts';

let faults: FaultServer;
let home: string;

beforeEach(async () => {
  faults = await startFaultServer();
  home = await mkdtemp(join(tmpdir(), 'holdfast-warm-'));
});
afterEach(async () => {
  await faults.close();
  await rm(home, { recursive: true, force: true });
});

test('[gateway.warm] the lists of a server that hangs now are shown as last known, until it is reset', async () => {
  const mount = faults.mount('/one', mcpServer().behaviour);
  const options = {
    servers: { one: { url: mount.url } },
    env: { PATH: process.env['PATH'], HOME: home, HOLDFAST_KEYRING: 'off' },
  };
  const first = await createHoldfast(options);
  await first.settled({ timeoutMs: 10_000 });
  const { tools } = await first.lists('one');
  expect(tools.length).toBeGreaterThan(0);
  await first.close();

  mount.set(hang());
  const second = await createHoldfast(options);
  expect(await second.snapshot('one')).toMatchObject({
    status: 'pending',
    listsLastKnown: true,
    tools: tools.length,
  });
  expect((await second.lists('one')).tools).toEqual(tools);
  void second.reset('one').catch(() => undefined);
  await vi.waitFor(async () => expect((await second.snapshot('one')).tools).toBeUndefined());
  await second.close();

  const third = await createHoldfast(options);
  expect((await third.snapshot('one')).tools).toBeUndefined();
  await third.close();
});
