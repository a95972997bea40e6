/**
 * A fleet to try things on: real servers on this machine, and a configuration file that names them. It needs nothing
 * from outside.
 *
 * @module
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Status } from '../core/snapshot.ts';
import { startFaultServer } from '../testing/index.ts';
import { DEMO_SERVERS } from './demo-servers.ts';

/** What the demonstration may be given. */
export interface DemoOptions {
  /** The Node that runs the local processes. Default: `node`, looked up in PATH. */
  readonly node?: string;
  /** The program of the local processes. Default: the one of the built package. */
  readonly program?: string;
}

/** What to expect of one server. */
export interface DemoExpectation {
  readonly name: string;
  /** What it shows, in words. */
  readonly what: string;
  /** The status it comes to rest in. */
  readonly settles: Status;
}

/** A running demonstration. */
export interface DemoFleet {
  /** Absolute path; `{"mcpServers": {…}}`. */
  readonly configFile: string;
  readonly describe: readonly DemoExpectation[];
  /** Whether every server has come to rest as it says. */
  isSettled(seen: readonly { readonly name: string; readonly status: Status }[]): boolean;
  /** Ends the servers and takes the folder away. Idempotent. Close the fleet that uses them first. */
  close(): Promise<void>;
}

function isSettled(seen: readonly { readonly name: string; readonly status: Status }[]): boolean {
  const statuses = new Map(seen.map(({ name, status }) => [name, status]));
  return DEMO_SERVERS.every(({ name, settles }) => statuses.get(name) === settles);
}

/** Starts the servers and writes the file. Who starts it closes it. */
export async function startDemoFleet(options: DemoOptions = {}): Promise<DemoFleet> {
  const server = await startFaultServer();
  const folder = await mkdtemp(join(tmpdir(), 'hf-demo-'));
  const place = {
    server,
    folder,
    node: options.node ?? 'node',
    program: options.program ?? fileURLToPath(new URL('../testing/stdio-server.js', import.meta.url)),
  };
  const entries = DEMO_SERVERS.map(({ name, make }) => [name, make(place)] as const);
  const configFile = join(folder, 'fleet.json');
  await writeFile(configFile, `${JSON.stringify({ mcpServers: Object.fromEntries(entries) }, undefined, 2)}\n`, {
    mode: 0o600,
  });
  return {
    configFile,
    describe: DEMO_SERVERS.map(({ name, what, settles }) => ({ name, what, settles })),
    isSettled,
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
