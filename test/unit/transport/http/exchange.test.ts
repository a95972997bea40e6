import { describe, expect, test } from 'vitest';
import { Redactor } from '../../../../src/base/secret.ts';
import { createVirtualClock } from '../../../../src/testing/virtual-clock.ts';
import { AnswerError } from '../../../../src/transport/answer-error.ts';
import { Exchanger } from '../../../../src/transport/http/exchange.ts';
import type { RequestProof } from '../../../../src/core/ports.ts';
import type { Attempt, ExchangeRequest } from '../../../../src/transport/http/exchange.ts';
import { fakeHttp, json, response, systemError } from '../../../support/fake-http.ts';
import type { Responder } from '../../../support/fake-http.ts';
import { secrets } from '../../../support/remote.ts';

const NEVER = new AbortController().signal;
const post: ExchangeRequest = { phase: 'post', method: 'POST', headers: { accept: 'a/b' }, body: '{}', signal: NEVER };

function setUp(respond: Responder, configured: Record<string, string> = {}, proof?: RequestProof) {
  const http = fakeHttp(respond);
  const attempts: Attempt[] = [];
  const clock = createVirtualClock();
  const world = {
    http,
    clock,
    redactor: new Redactor(),
    userAgent: 'holdfast/1',
    record: (attempt: Attempt) => attempts.push(attempt),
  };
  const exchanger = new Exchanger(new URL('https://mcp.test/a'), secrets(configured), world, proof);
  return { http, attempts, clock, exchanger };
}

async function refusal(promise: Promise<unknown>): Promise<AnswerError> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  if (error instanceof AnswerError) return error;
  throw new Error('no AnswerError came');
}

describe('headers of the entry', () => {
  test('go with every request to its origin; protocol and connection keep their own', async () => {
    const { http, exchanger } = setUp(() => json({}), {
      'X-Key': 'secret-key',
      Accept: 'text/html',
      'MCP-Session-Id': 'mine',
      Host: 'else.test',
      'Content-Length': '3',
      'User-Agent': 'me',
    });
    await exchanger.send(post);
    expect(http.sent[0]?.headers).toEqual({ 'x-key': 'secret-key', accept: 'a/b', 'user-agent': 'me' });
  });

  test('a name for ourselves is sent where the entry has none', async () => {
    const { http, exchanger } = setUp(() => json({}));
    await exchanger.send(post);
    expect(http.sent[0]?.headers).toEqual({ 'user-agent': 'holdfast/1', accept: 'a/b' });
  });

  test('are never sent to another origin, by redirect or by address', async () => {
    const { http, exchanger } = setUp(() => response(307, { location: 'https://mcp.test:8443/a' }), { 'X-Key': 'k' });
    expect((await refusal(exchanger.send(post))).answer).toMatchObject({
      kind: 'http',
      status: 307,
      location: 'https://mcp.test:8443/a',
    });
    const error = await refusal(exchanger.send(post, new URL('http://mcp.test/a')));
    expect(error).toMatchObject({ sent: 'no', answer: { kind: 'protocol' } });
    expect(http.sent.map(({ url }) => url.href)).toEqual(['https://mcp.test/a']);
  });

  test('with a value that no header can carry are not sent, and the value is not told', async () => {
    const { http, exchanger } = setUp(() => json({}), { 'X-Key': 'canary\r\nX-Evil: 1' });
    const error = await refusal(exchanger.send(post));
    expect(error).toMatchObject({ sent: 'no', answer: { kind: 'protocol' } });
    expect(JSON.stringify(error.answer)).not.toContain('canary');
    expect(http.sent).toEqual([]);
  });
});

describe('a redirect on the same origin', () => {
  test.each([301, 302, 307, 308])('%i keeps method and body', async (code) => {
    const { http, exchanger } = setUp(({ url }) =>
      url.pathname === '/a' ? response(code, { location: '/b?x=1' }) : json({}),
    );
    expect((await exchanger.send(post)).status).toBe(200);
    expect(http.sent.map(({ url, method, body }) => [url.pathname, method, body])).toEqual([
      ['/a', 'POST', '{}'],
      ['/b', 'POST', '{}'],
    ]);
  });

  test('303 would make a GET of a POST and is not followed', async () => {
    const { http, exchanger } = setUp(() => response(303, { location: '/b' }));
    expect((await refusal(exchanger.send(post))).answer).toEqual({
      kind: 'protocol',
      text: 'HTTP 303 redirects a POST to a page of the same origin',
    });
    expect(http.sent).toHaveLength(1);
  });

  test('five in a row are followed, not more', async () => {
    const { http, exchanger } = setUp(() => response(307, { location: '/a' }));
    await refusal(exchanger.send(post));
    expect(http.sent).toHaveLength(6);
  });
});

describe('the record of an attempt', () => {
  test('names phase, status, media type and time, and no body', async () => {
    const { attempts, exchanger } = setUp(() => json({ secret: 1 }));
    await exchanger.send(post);
    expect(attempts).toEqual([
      {
        phase: 'post',
        method: 'POST',
        origin: 'https://mcp.test',
        durationMs: 0,
        status: 200,
        contentType: 'application/json',
      },
    ]);
  });

  test('names the errno of a failure', async () => {
    const { attempts, exchanger } = setUp(() => {
      throw systemError('ECONNREFUSED');
    });
    expect(await refusal(exchanger.send(post))).toMatchObject({ sent: 'no', answer: { errno: 'ECONNREFUSED' } });
    expect(attempts).toMatchObject([{ errno: 'ECONNREFUSED' }]);
  });
});

describe('whether a refused request may have been acted on', () => {
  test.each([
    [302, 'rejected'],
    [400, 'maybe'],
    [401, 'rejected'],
    [403, 'rejected'],
    [404, 'rejected'],
    [409, 'maybe'],
    [429, 'rejected'],
    [500, 'maybe'],
    [503, 'maybe'],
  ])('%i: %s', async (code, sent) => {
    const { exchanger } = setUp(() => response(code));
    expect((await refusal(exchanger.send(post))).sent).toBe(sent);
  });

  test('a refusal whose body never ends is told after two seconds', async () => {
    const { exchanger, clock } = setUp(() => response(503, {}, 'busy', true));
    const pending = refusal(exchanger.send(post));
    await clock.advance(2_000);
    expect((await pending).answer).toMatchObject({ status: 503, text: 'busy' });
  });

  test('an abort is thrown as its reason, not as an answer', async () => {
    const stop = new AbortController();
    const { exchanger } = setUp(
      () =>
        new Promise(() => {
          stop.abort(new Error('enough'));
        }),
    );
    await expect(exchanger.send({ ...post, signal: stop.signal })).rejects.toThrow('enough');
  });
});

describe('[token.dpop] headers that are made for one request', () => {
  let made = 0;
  const proof: RequestProof = async ({ method, url, nonce }) => ({
    dpop: `${method} ${url} ${nonce ?? '-'} ${(made += 1)}`,
  });
  const wanted = (nonce: string) =>
    response(401, { 'www-authenticate': 'DPoP realm="x", error="use_dpop_nonce"', 'dpop-nonce': nonce });
  const proofs = (http: { sent: readonly { headers: Readonly<Record<string, string>> }[] }) =>
    http.sent.map(({ headers }) => headers['dpop']?.replace(/ \d+$/, ''));

  test('are made anew for each one, redirects included', async () => {
    const { http, exchanger } = setUp(
      ({ url }) => (url.pathname === '/a' ? response(307, { location: '/b' }) : json({})),
      {},
      proof,
    );
    await exchanger.send(post);
    expect(proofs(http)).toEqual(['POST https://mcp.test/a -', 'POST https://mcp.test/b -']);
    expect(new Set(http.sent.map(({ headers }) => headers['dpop'])).size).toBe(2);
  });

  test('carry the nonce of the last answer', async () => {
    const { http, exchanger } = setUp(() => json({}, 200, { 'dpop-nonce': `n${http.sent.length}` }), {}, proof);
    await exchanger.send(post);
    await exchanger.send(post);
    await exchanger.send(post);
    expect(proofs(http)).toEqual(['-', 'n1', 'n2'].map((nonce) => `POST https://mcp.test/a ${nonce}`));
  });

  test('are made once more where the server wants a nonce, and not a third time', async () => {
    const once = setUp(() => (once.http.sent.length === 1 ? wanted('n1') : json({})), {}, proof);
    expect((await once.exchanger.send(post)).status).toBe(200);
    expect(proofs(once.http)).toEqual(['POST https://mcp.test/a -', 'POST https://mcp.test/a n1']);
    const always = setUp(() => wanted('n1'), {}, proof);
    expect(await refusal(always.exchanger.send(post))).toMatchObject({ sent: 'rejected', answer: { status: 401 } });
    expect(always.http.sent).toHaveLength(2);
  });

  test('are not made again for another 401, nor where none are made at all', async () => {
    const other = setUp(
      () => response(401, { 'www-authenticate': 'DPoP error="invalid_token"', 'dpop-nonce': 'n' }),
      {},
      proof,
    );
    await refusal(other.exchanger.send(post));
    const without = setUp(() => wanted('n1'));
    await refusal(without.exchanger.send(post));
    expect([other.http.sent.length, without.http.sent.length]).toEqual([1, 1]);
    expect(proofs(without.http)).toEqual([undefined]);
  });

  test('end with the headers that they belong to', async () => {
    const { http, exchanger } = setUp(() => json({}), {}, proof);
    exchanger.setHeaders(secrets({ 'X-Key': 'k' }));
    await exchanger.send(post);
    expect(proofs(http)).toEqual([undefined]);
  });
});
