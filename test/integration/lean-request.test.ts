import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttp } from '../../src/net/dispatcher.ts';
import type { Http } from '../../src/net/dispatcher.ts';
import type { LeanResponse } from '../../src/net/lean-request.ts';
import { startFaultServer, untilGone } from '../../src/testing/index.ts';
import type { Behaviour, FaultServer } from '../../src/testing/index.ts';

let server: FaultServer;
let http: Http;

beforeAll(async () => {
  server = await startFaultServer();
  http = createHttp({ env: {} });
});
afterAll(async () => {
  await http.close();
  await server.close();
});

function get(behaviour: Behaviour, signal = new AbortController().signal): Promise<LeanResponse> {
  const place = server.mount('/lean', behaviour);
  return http.request(new URL(place.url), { method: 'GET', headers: { 'x-a': 'b' }, signal });
}

async function textOf(response: LeanResponse): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of response.body) parts.push(part);
  return Buffer.concat(parts).toString();
}

const TEXT = 'hello '.repeat(10_000);

describe('a lean request', () => {
  test.each([
    ['none', (text: string) => Buffer.from(text), undefined],
    ['gzip', gzipSync, 'gzip'],
    ['deflate', deflateSync, 'deflate'],
    ['brotli', brotliCompressSync, 'br'],
  ])('reads a body with encoding: %s', async (_, encode, encoding) => {
    const response = await get(({ response: out }) => {
      out.writeHead(200, encoding === undefined ? {} : { 'content-encoding': encoding });
      out.end(encode(TEXT));
    });
    expect([response.status, await textOf(response)]).toEqual([200, TEXT]);
  });

  test('joins header lines of one name, and does not follow redirects', async () => {
    const response = await get(({ response: out }) => {
      out.writeHead(307, { location: '/else', 'www-authenticate': ['Basic', 'Bearer scope="a"'] }).end();
    });
    expect([response.status, response.header('location')]).toEqual([307, '/else']);
    expect(response.header('www-authenticate')).toBe('Basic, Bearer scope="a"');
    expect(response.header('x-none')).toBeUndefined();
    expect(await textOf(response)).toBe('');
  });

  test('a body that is left early lets the server go', async () => {
    const gone: string[] = [];
    const endless: Behaviour = async (exchange) => {
      exchange.response.writeHead(200);
      exchange.response.write('x');
      await untilGone(exchange);
      gone.push('gone');
    };
    const read = await get(endless);
    for await (const part of read.body) if (part.length > 0) break;
    (await get(endless)).body.discard();
    await expect.poll(() => gone).toEqual(['gone', 'gone']);
  });

  test('an abort ends a body that is being read', async () => {
    const stop = new AbortController();
    const response = await get(async (exchange) => {
      exchange.response.writeHead(200);
      exchange.response.write('x');
      await untilGone(exchange);
    }, stop.signal);
    const reading = textOf(response);
    stop.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
  });

  test('a broken compressed body is an error, not a hang', async () => {
    const response = await get(({ response: out }) => {
      out.writeHead(200, { 'content-encoding': 'gzip' }).end('this is no gzip');
    });
    await expect(textOf(response)).rejects.toMatchObject({ code: 'Z_DATA_ERROR' });
  });
});
