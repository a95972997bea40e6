import { describe, expect, test } from 'vitest';
import { Redactor } from '../../../../src/base/secret.ts';
import { createVirtualClock } from '../../../../src/testing/virtual-clock.ts';
import { Exchanger } from '../../../../src/transport/http/exchange.ts';
import { ServerStream } from '../../../../src/transport/http/server-stream.ts';
import { reopenDelay } from '../../../../src/transport/reopen.ts';
import { fakeHttp, response, systemError } from '../../../support/fake-http.ts';
import type { Responder } from '../../../support/fake-http.ts';

const events = (chunks: string | readonly string[], open = false) =>
  response(200, { 'content-type': 'text/event-stream' }, chunks, open);
const message = (id: string) => `id: ${id}\ndata: {"jsonrpc":"2.0","method":"notifications/x"}\n\n`;

function setUp(respond: Responder) {
  const clock = createVirtualClock();
  const http = fakeHttp(respond);
  const world = { http, clock, redactor: new Redactor(), userAgent: 'test', record: () => {} };
  const heard: string[] = [];
  const stream = new ServerStream({
    exchanger: new Exchanger(new URL('http://mcp.test/mcp'), {}, world),
    clock,
    random: { next: () => 1 },
    messageBytes: 1_000,
    headers: () => ({ 'mcp-session-id': 's' }),
    deliver: () => heard.push('message'),
    note: () => heard.push('note'),
    gap: () => heard.push('gap'),
    sessionGone: () => heard.push('gone'),
  });
  return { clock, http, heard, stream };
}

describe('[call.stream-alone] the stream of a legacy server', () => {
  test('is opened again after 1, 2, 4 … seconds while it brings nothing, at most every five minutes', async () => {
    const { clock, http, stream } = setUp(() => events(''));
    stream.start();
    await clock.advance(2 ** 9 * 1_000 - 2_000);
    expect(http.sent).toHaveLength(9);
    await clock.advance(3_600_000);
    expect(http.sent.length).toBeLessThanOrEqual(9 + 13);
    stream.stop();
    await clock.settle();
    expect(clock.pending).toBe(0);
  });

  test('begins with the short wait again after it brought a message', async () => {
    let openings = 0;
    const { clock, http, stream } = setUp(() => {
      openings += 1;
      return events(openings % 4 === 0 ? message('1') : '');
    });
    stream.start();
    await clock.advance(7_000);
    expect(http.sent).toHaveLength(4);
    await clock.advance(1_000);
    expect(http.sent).toHaveLength(5);
  });

  test('an event that carries only an id with every opening is no reason to hurry', async () => {
    const { clock, http, stream } = setUp(() => events('id: 1\ndata:\n\n'));
    stream.start();
    await clock.advance(31_000);
    expect(http.sent).toHaveLength(6);
  });

  test('waits at least as long as the server asks, and goes on after the last event it had', async () => {
    const { clock, http, stream } = setUp(() => events(`retry: 5000\n${message('e7')}`));
    stream.start();
    await clock.advance(4_999);
    expect(http.sent).toHaveLength(1);
    await clock.advance(1);
    expect(http.sent).toHaveLength(2);
    expect(http.sent[0]?.headers).not.toHaveProperty('last-event-id');
    expect(http.sent[1]?.headers).toMatchObject({ 'last-event-id': 'e7', 'mcp-session-id': 's' });
  });

  test.each([400, 404, 405, 406, 501])(
    '[transport.get-optional] %i at first means that there is none',
    async (code) => {
      const { clock, http, heard, stream } = setUp(() => response(code));
      stream.start();
      await clock.advance(3_600_000);
      expect(http.sent).toHaveLength(1);
      expect(heard).toEqual([]);
      expect(clock.pending).toBe(0);
    },
  );

  test.each([401, 403, 429, 500, 503])('%i is tried again', async (code) => {
    const { clock, http, stream } = setUp(() => response(code));
    stream.start();
    await clock.advance(3_000);
    expect(http.sent).toHaveLength(3);
  });

  test('404 after it was open means that the session is gone', async () => {
    let openings = 0;
    const { clock, http, heard, stream } = setUp(() => {
      openings += 1;
      return openings === 1 ? events('') : response(404);
    });
    stream.start();
    await clock.advance(3_600_000);
    expect(heard).toEqual(['note', 'gone']);
    expect(http.sent).toHaveLength(2);
  });

  test('every end is told, and a stream that is back says that something may have been missed', async () => {
    let openings = 0;
    const { clock, heard, stream } = setUp(() => {
      openings += 1;
      if (openings === 2) throw systemError('ECONNREFUSED');
      return events(openings === 1 ? message('1') : '', openings === 3);
    });
    stream.start();
    await clock.advance(10_000);
    expect(heard).toEqual(['message', 'note', 'note', 'gap']);
    stream.stop();
  });
});

describe('the wait before a stream is opened again', () => {
  test.each([
    [0, 0, 0, 500],
    [0, 1, 0, 1_000],
    [1, 1, 0, 2_000],
    [5, 0, 0, 16_000],
    [20, 1, 0, 300_000],
    [1_000, 1, 0, 300_000],
    [0, 0, 3_000, 3_000],
    [4, 1, 3_000, 16_000],
    [0, 0, 10_000_000, 300_000],
  ])('after %i useless openings, roll %d, retry %i: %i ms', (n, roll, retry, wait) => {
    expect(reopenDelay(n, roll, retry)).toBe(wait);
  });
});
