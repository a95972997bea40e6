/**
 * What kind of place an IP address is: the public internet, this machine, a private network, or none of these.
 *
 * @module
 */
import ipaddr from 'ipaddr.js';

/**
 * `translated` = a public IPv4 address behind NAT64 (RFC 6052), the normal case on IPv6-only networks. `other` =
 * link-local (where clouds keep their metadata service), multicast, reserved, tunnels: never a server.
 */
export type AddressClass = 'public' | 'translated' | 'private' | 'loopback' | 'other';

const CLASSES: Readonly<Record<string, AddressClass>> = {
  unicast: 'public',
  as112: 'public',
  as112v6: 'public',
  loopback: 'loopback',
  private: 'private',
  carrierGradeNat: 'private',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'private',
};

// Proxies with "fake ip" mode give every name an address out of the benchmarking range (RFC 2544).
const FAKE_IP = ipaddr.IPv4.parseCIDR('198.18.0.0/15');
// "This host": the same as loopback for a connection on every system in the field.
const ANY = new Set(['0.0.0.0', '::']);
// IPv4-compatible addresses (RFC 4291 §2.5.5.1, deprecated), which ipaddr.js takes for ordinary ones.
// In their dotted spelling it even takes them for mapped ones.
const COMPATIBLE_DOTTED = /^::[\d.]+\.\d+$/;
const COMPATIBLE = ipaddr.IPv6.parseCIDR('::/96');
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** The class of an address in its normal form, without brackets; a text that is no address is `other`. */
export function classOf(address: string): AddressClass {
  const bare = address.replace(/%.*$/, '');
  if (ANY.has(bare)) return 'loopback';
  if (!ipaddr.isValid(bare) || COMPATIBLE_DOTTED.test(bare)) return 'other';
  const parsed = ipaddr.parse(bare);
  return parsed instanceof ipaddr.IPv4 ? classOfV4(parsed) : classOfV6(parsed);
}

function classOfV4(address: ipaddr.IPv4): AddressClass {
  return address.match(FAKE_IP) ? 'private' : (CLASSES[address.range()] ?? 'other');
}

function classOfV6(address: ipaddr.IPv6): AddressClass {
  if (address.isIPv4MappedAddress()) return classOfV4(address.toIPv4Address());
  if (address.match(NAT64)) return classOfV4(lastFourBytes(address)) === 'public' ? 'translated' : 'other';
  const range = address.range();
  return range !== 'loopback' && address.match(COMPATIBLE) ? 'other' : (CLASSES[range] ?? 'other');
}

function lastFourBytes(address: ipaddr.IPv6): ipaddr.IPv4 {
  return new ipaddr.IPv4(address.toByteArray().slice(-4));
}

/** The host of a URL without brackets and final dot, if it is an IP address or means this machine by its name. */
export function literalAddress(url: URL): string | undefined {
  const host = url.hostname.replaceAll(/^\[|\]$/g, '').replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return '127.0.0.1';
  return ipaddr.isValid(host) ? host : undefined;
}

/** Whether a URL names this machine itself: the one place where plain http is as good as https. */
export function isLoopback(url: URL): boolean {
  const address = literalAddress(url);
  return address !== undefined && classOf(address) === 'loopback';
}
