/**
 * A gateway over HTTP in front of the servers of one file, with a home of its own.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { createHoldfast } from '../../src/create.ts';
import { listenHttp } from '../../src/gateway/front/http.ts';
import type { HttpGateway } from '../../src/gateway/front/http.ts';

/** A running gateway; `close` takes everything away. */
export interface GatewayOver {
  readonly fleet: Fleet;
  readonly gateway: HttpGateway;
  /** The file with the servers. */
  readonly file: string;
  readonly close: () => Promise<void>;
}

/** Starts it once `write` has written the file, and waits until its servers have settled. */
export async function gatewayOver(
  write: (file: string) => Promise<void>,
  options: { readonly relays?: boolean } = {},
): Promise<GatewayOver> {
  const home = await mkdtemp(join(tmpdir(), 'holdfast-gateway-'));
  const file = join(home, 'servers.json');
  await write(file);
  const fleet = await createHoldfast({ config: file, env: { PATH: process.env['PATH'], HOME: home }, ...options });
  await fleet.settled({ timeoutMs: 10_000 });
  const gateway = await listenHttp({ fleet, clock: systemClock, logger: silentLogger, version: '0' }, { port: 0 });
  return {
    fleet,
    gateway,
    file,
    close: async () => {
      await gateway.close();
      await fleet.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
