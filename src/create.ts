/**
 * `createHoldfast`: a fleet inside the program that calls it.
 *
 * @module
 */
import { resolve } from 'node:path';
import { assembleConfig, assembleFleet, assembleView, codeFile, makeBase } from './assemble.ts';
import type { CodeServers } from './assemble.ts';
import type { Clock } from './base/clock.ts';
import type { Logger } from './base/logger.ts';
import type { Random } from './base/random.ts';
import type { Elicit } from './core/elicitation.ts';
import type { Fleet } from './core/fleet.ts';
import { currentHost } from './host.ts';

/** Where the servers come from, and the parts of the world to replace. */
export interface HoldfastOptions {
  /**
   * Configuration file or files (`{"mcpServers": {…}}`, comments allowed). Exclusive: nothing else is read; trusted,
   * because the program named them. Relative paths begin at `cwd`.
   */
  readonly config?: string | readonly string[];
  /**
   * Servers given in code, by name, in the form in which they would stand in a file. Exclusive, like `config`, and may
   * be given together with it; a name that stands in both is taken from here.
   */
  readonly servers?: CodeServers;
  /** The folder whose project is looked at; default: the working folder of the process. Without `config` and `servers` the files of the person are read as the command line does. */
  readonly cwd?: string;
  /** Environment for variables, numbers and proxies; default: that of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Account profile; default `default`. */
  readonly profile?: string;
  /**
   * Asks a person what a server wants to know while it works (MCP elicitation). Without it servers are told that nobody
   * can be asked.
   */
  readonly onElicit?: Elicit;
  /**
   * Calls will come from clients that servers may ask (a gateway in front of the fleet): servers that share one
   * connection among all of them hear that clients can be asked. Default false.
   */
  readonly relays?: boolean;
  /** Default: says nothing. A pino instance fits. */
  readonly logger?: Logger;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Default: the machine's randomness. */
  readonly random?: Random;
}

/**
 * Opens a fleet in this process and begins to connect its servers; it does not wait for them (see `Fleet.settled`).
 * The caller closes it: processes of servers end with it. Errors: `ERR_CONFIG_UNREADABLE`, `ERR_USAGE`; what is wrong
 * with single servers is told in their snapshots.
 */
export async function createHoldfast(options: HoldfastOptions = {}): Promise<Fleet> {
  const own = currentHost();
  const env = options.env ?? own.env;
  const cwd = options.cwd === undefined ? own.cwd : resolve(own.cwd, options.cwd);
  const host = { ...own, cwd, env, home: env['HOME'] || own.home };
  const { clock, random, logger } = options;
  const base = makeBase(host, {
    ...(clock === undefined ? {} : { clock }),
    ...(random === undefined ? {} : { random }),
    ...(logger === undefined ? {} : { logger }),
  });
  const config = await assembleConfig(base, options.servers);
  const named = (options.config === undefined ? [] : [options.config].flat()).map((file) => resolve(cwd, file));
  const view = await assembleView(base, config, {
    files: options.servers === undefined ? named : [...named, codeFile(base)],
    ...(options.profile === undefined ? {} : { profile: options.profile }),
  });
  const fleet = await assembleFleet(base, config, {
    kind: 'in-process',
    view,
    elicit: options.onElicit,
    relays: options.relays,
  });
  await fleet.snapshots();
  return fleet;
}
