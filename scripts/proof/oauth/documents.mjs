/**
 * Documents that mean harm, as handlers of a `node:http` server.
 *
 * @module
 */
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** What the bombs unpack to. */
const BOMB = 300_000_000;
const HUGE = 600_000_000;

const zeros = Buffer.alloc(BOMB);
const gzipBomb = gzipSync(zeros);
const brotliBomb = brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
const nestedBomb = gzipSync(gzipBomb);

const JSON_TYPE = { 'content-type': 'application/json' };

/** Writes until it is hung up on or `HUGE` bytes are out. */
function pour(response, status = 200) {
  const piece = Buffer.alloc(65_536, ' ');
  let left = HUGE;
  response.writeHead(status, JSON_TYPE);
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left -= piece.length;
      if (!response.write(piece)) return;
    }
    response.end();
  };
  response.on('drain', more);
  more();
}

function packed(encoding, body) {
  return (_request, response) => {
    response.writeHead(200, { ...JSON_TYPE, 'content-encoding': encoding }).end(body);
  };
}

const text =
  (body, status = 200) =>
  (_request, response) =>
    response.writeHead(status, JSON_TYPE).end(body);

/** One byte after another, for ever. */
function drip(write, everyMs) {
  const timer = setInterval(() => write(), everyMs);
  return () => clearInterval(timer);
}

/** A server that neither ends nor falls silent: `everyMs` between two bytes. */
const slow = (everyMs) => ({
  'one byte after another': (_request, response) => {
    response.writeHead(200, JSON_TYPE);
    response.on(
      'close',
      drip(() => response.write(' '), everyMs),
    );
  },
  'headers one after another': ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    socket.on(
      'close',
      drip(() => socket.write('a: b\r\n'), everyMs),
    );
  },
  silence: () => undefined,
  'headers, then silence': (_request, response) => response.flushHeaders(),
});

const QUICK = {
  'a body of 600 MB': (_request, response) => pour(response),
  'a body of 600 MB behind a 404': (_request, response) => pour(response, 404),
  'a body of 600 MB behind a 503': (_request, response) => pour(response, 503),
  '600 MB that are announced': (_request, response) => {
    response.writeHead(200, { ...JSON_TYPE, 'content-length': HUGE }).write(' ');
  },
  'a gzip bomb of 1000:1': packed('gzip', gzipBomb),
  'a brotli bomb': packed('br', brotliBomb),
  'a gzip bomb within gzip': packed('gzip, gzip', nestedBomb),
  'what says gzip and is none': packed('gzip', 'no'),
  'a redirect to itself': (request, response) => response.writeHead(302, { location: request.url }).end(),
  'redirects without end': (request, response) => response.writeHead(307, { location: `${request.url}x` }).end(),
  'JSON of 100 000 levels': text(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`),
  'lists of 100 000 levels': text('['.repeat(100_000) + ']'.repeat(100_000)),
  'JSON of 100 000 levels that breaks off': text('{"a":'.repeat(100_000)),
  'JSON of 80 000 keys': text(`{${Array.from({ length: 80_000 }, (_, i) => `"k${i}":0`).join(',')}}`),
  'a header of 17 KiB': (_request, response) => response.writeHead(200, { pad: 'x'.repeat(17_408) }).end('{}'),
  'ten thousand headers': ({ socket }) => {
    socket.end(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(10_000)}\r\n{}`);
  },
  'fewer bytes than announced': ({ socket }) => {
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{');
  },
  'two lengths': ({ socket }) => {
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}');
  },
  'chunks that are none': ({ socket }) => {
    socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnonsense\r\n');
  },
  'no HTTP': ({ socket }) => socket.end('SSH-2.0-x\r\n'),
  'a closed connection': ({ socket }) => socket.destroy(),
};

/** Every document by name. */
export function hostileDocuments(everyMs) {
  return { ...QUICK, ...slow(everyMs) };
}

/** The names of those that are only slow. */
export const SLOW = Object.keys(slow(0));
