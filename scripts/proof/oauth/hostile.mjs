/**
 * Hostile documents at the three places where a sign-in asks for one. Each ends in time, in little memory, after few
 * requests, and as a fault with a reason. Every case has a process of its own, whose memory is measured.
 *
 * @module
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bars } from '../refresh/world.mjs';
import { hostileDocuments, SLOW } from './documents.mjs';

const CLIENT = fileURLToPath(new URL('client.mjs', import.meta.url));
const MOST_MS = 15_000;
const MOST_MB = 30;
const MOST_REQUESTS = 6;
/** Limits for a quick run, and the pace of what is slow. */
const SHORT = { limits: { metadataTimeoutMs: 600, tokenTimeoutMs: 600 }, mostMs: 1_500, everyMs: 40 };
const REAL = { limits: {}, mostMs: MOST_MS + 500, everyMs: 1_000 };

/** Reasons that fit: all but those that say that a person or an entry is at fault. */
const REASONS = new Set([
  'auth-server-misconfigured',
  'client-registration-refused',
  'http-5xx',
  'timeout',
  'reset',
  'not-mcp',
  'protocol-error',
  'http-4xx',
]);

async function startServer(handle) {
  const server = createServer((request, response) => {
    request.on('error', () => undefined);
    request.socket.on('error', () => undefined);
    response.on('error', () => undefined);
    handle(request, response);
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A server that is as it should be, for the warm-up. It packs its documents, so that the decoders are loaded. */
function good(self) {
  return (request, response) => {
    request.resume();
    const url = self();
    const document = request.url.includes('protected-resource')
      ? { resource: `${url}/mcp`, authorization_servers: [url] }
      : {
          issuer: url,
          authorization_endpoint: `${url}/authorize`,
          token_endpoint: `${url}/token`,
          code_challenge_methods_supported: ['S256'],
          client_id: 'warm',
        };
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    response.writeHead(200, headers).end(gzipSync(JSON.stringify(document)));
  };
}

/** Where the hostile document stands: behind good resource metadata, or in its place. */
function world(place, document) {
  let requests = 0;
  let url = '';
  const handle = (request, response) => {
    request.resume();
    requests += 1;
    if (place === 'server' && request.url.includes('protected-resource'))
      response.end(JSON.stringify({ resource: `${url}/mcp`, authorization_servers: [url] }));
    else document(request, response);
  };
  return {
    handle,
    at: (started) => {
      url = started;
    },
    count: () => requests,
  };
}

async function runCase({ dist, place, document, goodUrl, limits, patienceMs }) {
  const hostileWorld = world(place, document);
  const server = await startServer(hostileWorld.handle);
  hostileWorld.at(server.url);
  const job = JSON.stringify({ place, url: server.url, goodUrl, limits });
  const child = fork(CLIENT, [dist, job], { execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const gone = once(child, 'exit');
  const impatient = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  const told = await Promise.race([once(child, 'message').then(([message]) => message), gone.then(() => undefined)]);
  await gone;
  clearTimeout(impatient);
  await server.close();
  return { told, requests: hostileWorld.count() };
}

/** Runs all of it; `only` picks cases by name. */
export async function hostile({ dist, isQuick, only = () => true }) {
  const { limits, mostMs, everyMs } = isQuick ? SHORT : REAL;
  const { violations, atMost, equal, atLeast } = bars();
  let goodUrl = '';
  const goodServer = await startServer(good(() => goodUrl));
  goodUrl = goodServer.url;
  const worst = { ms: 0, mb: 0, requests: 0 };
  let cases = 0;
  for (const [name, document] of Object.entries(hostileDocuments(everyMs)))
    for (const place of ['resource', 'server', 'registration']) {
      const what = `${name}, as ${place}`;
      if (!only(what)) continue;
      const { told, requests } = await runCase({ dist, place, document, goodUrl, limits, patienceMs: mostMs + 30_000 });
      cases += 1;
      equal(`${what}: it ended`, told !== undefined, true);
      if (told === undefined) continue;
      // A 404 says that there is none, whatever is written behind it: then the fixed endpoints of 2025-03-26 count.
      const mayEndWell = place === 'resource' && name.endsWith('behind a 404');
      if (!told.ok || !mayEndWell) {
        equal(`${what}: it ended well`, told.ok, false);
        equal(`${what}: a reason that fits (${told.fault?.reason})`, REASONS.has(told.fault?.reason), true);
      }
      if (SLOW.includes(name)) equal(`${what}: its reason`, told.fault?.reason, 'timeout');
      atMost(`${what}: ms`, Math.round(told.ms), mostMs);
      atMost(`${what}: MB`, Math.round(told.grownMb), MOST_MB);
      atMost(`${what}: requests`, requests, MOST_REQUESTS);
      worst.ms = Math.max(worst.ms, told.ms);
      worst.mb = Math.max(worst.mb, told.grownMb);
      worst.requests = Math.max(worst.requests, requests);
    }
  await goodServer.close();
  atLeast('cases', cases, 1);
  return {
    figures: {
      'documents × places': cases,
      'longest, ms': Math.round(worst.ms),
      'most memory on top, MB': worst.mb.toFixed(1),
      'most requests of one': worst.requests,
    },
    violations,
  };
}
