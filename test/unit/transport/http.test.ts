import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/logger.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { Redactor } from '../../../src/base/secret.ts';
import type { Answer } from '../../../src/core/fault.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';
import { openHttp, refusesTransport } from '../../../src/transport/http.ts';
import { fakeHttp, json, response } from '../../support/fake-http.ts';
import type { Responder } from '../../support/fake-http.ts';
import { remoteRequest } from '../../support/remote.ts';
import type { RemoteOptions } from '../../support/remote.ts';

const http = (status: number): Answer => ({ kind: 'http', status, challenges: [] });

function setUp(respond: Responder, options: RemoteOptions = {}, url = 'http://mcp.test/mcp') {
  const clock = createVirtualClock();
  const fake = fakeHttp(respond);
  const world = { clock, random: seededRandom(1), redactor: new Redactor(), logger: silentLogger, http: fake };
  return { clock, http: fake, outcome: openHttp(remoteRequest(url, options), world) };
}

describe('what leaves room for HTTP+SSE', () => {
  test.each([
    ['400', http(400), false, true],
    ['404', http(404), false, true],
    ['405', http(405), false, true],
    ['400 with a modern error', http(400), true, false],
    ['401', http(401), false, false],
    ['403', http(403), false, false],
    ['410', http(410), false, false],
    ['429', http(429), false, false],
    ['500', http(500), false, false],
    ['a reset', { kind: 'network', errno: 'ECONNRESET' } as const, false, false],
    ['a page for people', { kind: 'not-mcp', status: 200 } as const, false, false],
    ['a time-out', { kind: 'timeout' } as const, false, false],
  ])('%s', (_, answer, spokeModern, room) => {
    expect(refusesTransport({ ok: false, answer, spokeModern })).toBe(room);
  });
});

describe('[connect.first-error-told] when HTTP+SSE was tried too', () => {
  const told = async (sse: Responder): Promise<unknown> => {
    const { outcome } = setUp((request) => (request.method === 'POST' ? response(405) : sse(request)), {
      kind: 'auto',
    });
    const result = await outcome;
    return result.ok ? 'connected' : result.answer;
  };
  test.each([
    ['404', 405, () => response(404)],
    ['405', 405, () => response(405)],
    ['a page for people', 405, () => response(200, { 'content-type': 'text/html' }, '<p>')],
    ['401', 401, () => response(401)],
    ['403', 403, () => response(403)],
    ['503', 503, () => response(503)],
  ])('and answers %s, HTTP %i is told', async (_, status, sse) => {
    expect(await told(sse)).toMatchObject({ kind: 'http', status });
  });
});

describe('time', () => {
  const silent = (): Promise<never> => new Promise(() => {});

  test('a probe that hangs ends after its own limit, then initialize has what is left of the deadline', async () => {
    const deadline = new AbortController();
    const { clock, http: sent, outcome } = setUp(silent, { signal: deadline.signal, kind: 'auto' });
    clock.after(30_000, () => deadline.abort());
    await clock.advance(6_999);
    expect(sent.sent.map(({ message }) => message?.method)).toEqual(['server/discover']);
    await clock.advance(1);
    expect(sent.sent.map(({ message }) => message?.method)).toEqual(['server/discover', 'initialize']);
    await clock.advance(22_999);
    let over = false;
    void outcome.finally(() => {
      over = true;
    });
    await clock.settle();
    expect(over).toBe(false);
    await clock.advance(1);
    expect(await outcome).toMatchObject({ ok: false, answer: { kind: 'timeout' } });
    expect(sent.sent).toHaveLength(2);
    await clock.settle();
    expect(clock.pending).toBe(0);
  });

  test('a deadline that is over already sends nothing twice', async () => {
    const { http: sent, outcome } = setUp(silent, { signal: AbortSignal.abort() });
    expect(await outcome).toMatchObject({ ok: false, answer: { kind: 'timeout' } });
    expect(sent.sent).toEqual([]);
  });
});

test('a url that cannot be read is an answer, not an exception', async () => {
  const { http: sent, outcome } = setUp(() => json({}), {}, 'no url');
  expect(await outcome).toMatchObject({ ok: false, answer: { kind: 'protocol' } });
  expect(sent.sent).toEqual([]);
});
