/**
 * `npm run bench:hanging`
 *
 * Forty servers that accept and never answer stand before ten good ones. Measured: when the last good one is connected,
 * counted from the opening of the fleet, next to ten good ones alone in the same run.
 */
import { createHoldfast } from '../dist/index.js';
import { hang, mcpServer, startFaultServer } from '../dist/testing/index.js';

const server = await startFaultServer();
const servers = (hanging, good) =>
  Object.fromEntries([
    ...Array.from({ length: hanging }, (_, i) => [
      `hang${i}`,
      { type: 'http', url: server.mount(`/hang${i}`, hang()).url },
    ]),
    ...Array.from({ length: good }, (_, i) => [
      `good${i}`,
      { type: 'http', url: server.mount(`/good${i}`, mcpServer().behaviour).url },
    ]),
  ]);

async function measure(hanging, good) {
  const began = performance.now();
  const fleet = await createHoldfast({ servers: servers(hanging, good) });
  const names = Array.from({ length: good }, (_, i) => `good${i}`);
  const settled = await fleet.settled({ timeoutMs: 60_000, names });
  const ms = Math.round(performance.now() - began);
  const connected = settled.filter(({ status }) => status === 'connected').length;
  const shut = performance.now();
  await fleet.close();
  return { ms, connected, closeMs: Math.round(performance.now() - shut) };
}

await measure(0, 1);
const alone = await measure(0, 10);
const behind = await measure(40, 10);
await server.close();
console.log(`10 good alone:                ${alone.connected} connected after ${alone.ms} ms`);
console.log(
  `10 good behind 40 hanging:    ${behind.connected} connected after ${behind.ms} ms (bar 3000), closed in ${behind.closeMs} ms`,
);
process.exitCode = behind.connected === 10 && alone.connected === 10 && behind.ms <= 3_000 ? 0 : 1;
