/**
 * One process that looks for a sign-in (or registers a client) once, and tells how it ended and what it cost.
 *
 * @module
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dist, job] = process.argv.slice(2);
const { place, url, goodUrl, limits } = JSON.parse(job);
const load = (file) => import(pathToFileURL(join(dist, file)).href);
const [{ discover }, { register }, { createHttp }, { systemClock }, { Redactor }, { resolveNumbers }] =
  await Promise.all(
    [
      'auth/discovery/discover.js',
      'auth/client/registration.js',
      'net/dispatcher.js',
      'base/clock.js',
      'base/secret.js',
      'core/numbers.js',
    ].map(load),
  );

const http = createHttp({ env: {} });
const deps = { clock: systemClock, fetch: http.fetch, redactor: new Redactor() };
const ask = { numbers: resolveNumbers(limits), signal: new AbortController().signal };

function run(where, at) {
  if (where !== 'registration') return discover(deps, { serverUrl: `${at}/mcp`, challenges: [] }, ask);
  const authority = {
    issuer: at,
    tokenEndpoint: `${at}/token`,
    registrationEndpoint: `${at}/register`,
    by: 'metadata',
  };
  return register(deps, { authority, serverUrl: at, grant: 'authorization_code' }, ask);
}

// Everything that is loaded lazily (TLS, decoders, the parser) is loaded before anything is measured.
for (const where of ['resource', 'registration']) await run(where, goodUrl);
globalThis.gc();
await new Promise((resolve) => {
  setTimeout(resolve, 150);
});
globalThis.gc();
const before = process.memoryUsage.rss();
let peak = before;
const sampler = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 3);
const began = performance.now();
const outcome = await run(place, url);
const ms = performance.now() - began;
peak = Math.max(peak, process.memoryUsage.rss());
clearInterval(sampler);
process.send(
  { ok: outcome.ok, fault: outcome.ok ? undefined : outcome.fault, ms, grownMb: (peak - before) / 1_048_576 },
  () => process.exit(0),
);
