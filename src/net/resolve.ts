/**
 * Name resolution that leaves out addresses beyond the reach of a request.
 *
 * @module
 */
import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { AddressRefused, admits, type Reach, type Resolve } from './address-policy.ts';

type LookupDone = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/** Resolves a name to all its addresses; the shape of `dns.lookup` with `all`. */
export type Lookup = (hostname: string, options: LookupOptions & { readonly all: true }, done: LookupDone) => void;

/** The resolver of the operating system, `/etc/hosts` included. */
export const systemLookup: Lookup = (hostname, options, done) => {
  dnsLookup(hostname, options, done);
};

/** All addresses of a name as a promise; rejects as `dns.lookup` does. */
export function resolveWith(lookup: Lookup): Resolve {
  return (hostname) =>
    new Promise((resolve, reject) => {
      lookup(hostname, { all: true }, (error, addresses) => {
        if (error === null) resolve(addresses.map(({ address }) => address));
        else reject(error);
      });
    });
}

/**
 * A `lookup` for sockets. Because the socket connects to exactly what comes out here, a name that changes its address
 * between a check and the connection gains nothing.
 */
export function lookupWithin(reach: Reach, lookup: Lookup): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        done(error, '');
        return;
      }
      const admitted = addresses.filter(({ address }) => admits(reach, address));
      const [first] = admitted;
      if (first === undefined) done(new AddressRefused(), '');
      else if (options.all === true) done(null, admitted);
      else done(null, first.address, first.family);
    });
  };
}
