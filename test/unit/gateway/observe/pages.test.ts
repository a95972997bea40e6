/**
 * The pages of the gateway while its connections do not answer.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { Meter } from '../../../../src/core/meter.ts';
import type { Snapshot } from '../../../../src/core/snapshot.ts';
import { servePage } from '../../../../src/gateway/observe/pages.ts';
import { createVirtualClock } from '../../../../src/testing/virtual-clock.ts';

interface Answered {
  status?: number;
  text?: string;
}

function ask(path: string, snapshots: () => Promise<readonly Snapshot[]>) {
  const clock = createVirtualClock();
  const answered: Answered = {};
  const response = {
    writeHead: (status: number) => {
      answered.status = status;
    },
    end: (text: string) => {
      answered.text = text;
    },
  } as unknown as ServerResponse;
  const request = { method: 'GET' } as IncomingMessage;
  const open = () => ({ sessions: 0, streams: 0 });
  const deps = { fleet: { snapshots }, clock, meter: new Meter(), version: '1', open };
  return { clock, answered, served: servePage(path, { request, response }, deps) };
}

const never = (): Promise<never> => new Promise(() => {});
const broken = (): Promise<never> => Promise.reject(new Error('broken'));

test.each([
  ['[watch.health]', '/healthz', '{"status":"failing"}\n'],
  ['[watch.metrics]', '/metrics', 'the connections do not answer\n'],
])('%s %s says after a second that the connections do not answer', async (_id, path, text) => {
  const { clock, answered, served } = ask(path, never);
  await clock.advance(999);
  expect(answered).toEqual({});
  await clock.advance(1);
  expect(await served).toBe(true);
  expect(answered).toEqual({ status: 503, text });
});

test('[watch.health] connections that break are told at once', async () => {
  const { answered, served } = ask('/healthz', broken);
  expect(await served).toBe(true);
  expect(answered).toEqual({ status: 503, text: '{"status":"failing"}\n' });
});

test('[watch.metrics] other paths are not these pages', async () => {
  const { answered, served } = ask('/metrics/x', never);
  expect(await served).toBe(false);
  expect(answered).toEqual({});
});
