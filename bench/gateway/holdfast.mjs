/**
 * The gateway under test: the built one in a process of its own.
 *
 * @module
 */
import { systemClock } from '../../dist/base/clock.js';
import { silentLogger } from '../../dist/base/logger.js';
import { createHoldfast } from '../../dist/create.js';
import { listenHttp } from '../../dist/gateway/front/http.js';

const { servers, token } = JSON.parse(process.argv[2]);
const fleet = await createHoldfast({ servers, env: { PATH: process.env.PATH, HOME: process.env.HOME } });
await fleet.settled({ timeoutMs: 60_000 });
const gateway = await listenHttp(
  { fleet, clock: systemClock, logger: silentLogger, version: '0.0.0' },
  { port: 0, token: () => token },
);
process.send({ port: gateway.port });
process.on('message', (message) => {
  if (message === 'collect') globalThis.gc?.();
  process.send({ rss: process.memoryUsage().rss, sessions: gateway.sessions });
});
process.on('disconnect', () => {
  void gateway
    .close()
    .then(() => fleet.close())
    .then(() => process.exit());
});
