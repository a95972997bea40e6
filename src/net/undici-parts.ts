/**
 * The parts of undici that every process with a remote server needs, each by itself: the whole package, with its `fetch`,
 * its caches and its web sockets, takes three times as long to load.
 *
 * @module
 */
import { createRequire } from 'node:module';
import type * as Undici from 'undici';

const require = createRequire(import.meta.url);

/** A file of the package, as it exports itself; from the whole package where another version has it elsewhere. */
function part<K extends 'Agent' | 'Pool' | 'ProxyAgent' | 'buildConnector'>(name: K, file: string): (typeof Undici)[K] {
  try {
    const own: unknown = require(`undici/lib/${file}.js`);
    if (typeof own === 'function') return own as (typeof Undici)[K];
  } catch {
    // Told by the whole package, if it is not there at all.
  }
  return whole()[name];
}

/** The whole package. */
export function whole(): typeof Undici {
  return require('undici') as typeof Undici;
}

/** Opens sockets, TLS included: all that a plain request needs. */
export const buildConnector = part('buildConnector', 'core/connect');

/** What `fetch` sends through. */
export function agentPart(): typeof Undici.Agent {
  return part('Agent', 'dispatcher/agent');
}

/** Only where a proxy is configured. */
export function proxyParts(): Pick<typeof Undici, 'Pool' | 'ProxyAgent'> {
  return { Pool: part('Pool', 'dispatcher/pool'), ProxyAgent: part('ProxyAgent', 'dispatcher/proxy-agent') };
}
