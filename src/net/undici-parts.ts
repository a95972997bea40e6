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
function part<K extends 'Agent' | 'Pool' | 'ProxyAgent'>(name: K, file: string): (typeof Undici)[K] {
  try {
    const own: unknown = require(`undici/lib/dispatcher/${file}.js`);
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

export const Agent = part('Agent', 'agent');
export const Pool = part('Pool', 'pool');

/** Only where a proxy is configured. */
export function proxyAgent(): typeof Undici.ProxyAgent {
  return part('ProxyAgent', 'proxy-agent');
}
