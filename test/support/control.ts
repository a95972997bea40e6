/**
 * A control server on a real socket in a folder of its own, and clients for it.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import type { View } from '../../src/core/view.ts';
import { RemoteFleet } from '../../src/daemon/client.ts';
import type { Caller } from '../../src/daemon/exchange.ts';
import { serveFleet } from '../../src/daemon/server.ts';
import type { ControlServer, ServeOptions } from '../../src/daemon/server.ts';
import { socketFiles } from '../../src/daemon/socket-files.ts';
import { createLocks } from '../../src/system/locks.ts';

export const OWNER = {
  kind: 'daemon',
  pid: process.pid,
  version: '1.2.3',
  startedAt: '2026-01-01T00:00:00.000Z',
} as const;
export const GUARD = { uid: process.getuid?.(), files: socketFiles };

/** A folder for one test, and what was opened in it. */
export class Bench {
  readonly folder: string;
  readonly socketPath: string;
  readonly #open: (() => Promise<void>)[] = [];

  private constructor(folder: string) {
    this.folder = folder;
    this.socketPath = join(folder, 'run', 'daemon.sock');
  }

  static async make(): Promise<Bench> {
    return new Bench(await mkdtemp(join(tmpdir(), 'hf-')));
  }

  async serve(fleet: Fleet | Promise<Fleet>, more: Partial<ServeOptions> = {}): Promise<ControlServer> {
    const server = await serveFleet({
      fleet,
      socketPath: this.socketPath,
      guard: GUARD,
      locks: createLocks({ clock: systemClock, platform: process.platform }),
      unique: randomBytes(4).toString('hex'),
      owner: OWNER,
      clock: systemClock,
      logger: silentLogger,
      onStop: () => Promise.resolve(),
      status: () => Promise.reject(new Error('not asked for')),
      ...more,
    });
    this.#open.push(() => server.close());
    return server;
  }

  caller(more: Partial<Caller> = {}): Caller {
    return { socketPath: this.socketPath, guard: GUARD, clock: systemClock, version: '1.2.3', ...more };
  }

  client(view?: View, more: Partial<Caller> = {}): RemoteFleet {
    const client = new RemoteFleet(this.caller(more), view);
    this.#open.push(() => client.close());
    return client;
  }

  async remove(): Promise<void> {
    for (const close of this.#open.splice(0).toReversed()) await close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
