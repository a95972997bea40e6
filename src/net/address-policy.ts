/**
 * Which addresses a URL that a server names may lead to, so that a server cannot point Holdfast into a private network.
 *
 * @module
 */
import { classOf, literalAddress, type AddressClass } from './address.ts';

/**
 * `local-user`: the person configured `serverUrl`; its own origin is always allowed, other private addresses only if it
 * is private itself, loopback only if it is loopback itself. `hosted`: public addresses only, the server's own included.
 */
export interface AddressPolicy {
  readonly mode: 'local-user' | 'hosted';
  readonly serverUrl: string;
}

/** How far a request may reach. Sockets of different reach are never shared. */
export type Reach = 'any' | 'loopback' | 'private' | 'public' | 'hosted';

const ADMITTED: Readonly<Record<Reach, readonly AddressClass[]>> = {
  any: ['public', 'translated', 'private', 'loopback', 'other'],
  loopback: ['public', 'translated', 'private', 'loopback'],
  private: ['public', 'translated', 'private'],
  public: ['public', 'translated'],
  hosted: ['public'],
};

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** The refusal of an address. Its `code` crosses the border as the errno of an `Answer`. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  readonly code = 'ERR_ADDRESS_REFUSED';

  constructor() {
    super('the address is not one that this server may point to');
  }
}

/** Whether a request of this reach may go to the address. */
export function admits(reach: Reach, address: string): boolean {
  return ADMITTED[reach].includes(classOf(address));
}

/**
 * The reach of a request under a policy. A server configured by a name counts as private if all its addresses are; only
 * a literal address or `localhost` counts as loopback, so that no name can turn itself into this machine.
 */
export async function reachOf(target: URL, policy: AddressPolicy, resolve: Resolve): Promise<Reach> {
  if (policy.mode === 'hosted') return 'hosted';
  const server = new URL(policy.serverUrl);
  if (target.origin === server.origin) return 'any';
  const literal = literalAddress(server);
  if (literal !== undefined) return reachOfClass(classOf(literal));
  const addresses = await resolve(server.hostname).catch(() => []);
  const inside = addresses.length > 0 && addresses.every((address) => /^(?:private|loopback)$/.test(classOf(address)));
  return inside ? 'private' : 'public';
}

function reachOfClass(found: AddressClass): Reach {
  return found === 'loopback' || found === 'private' ? found : 'public';
}

/** Whether the URL itself, before any name is resolved, already breaks the policy. */
export function refusesLiteral(target: URL, policy: AddressPolicy): boolean {
  const address = literalAddress(target);
  if (address === undefined) return false;
  if (policy.mode === 'hosted') return !admits('hosted', address);
  const server = new URL(policy.serverUrl);
  if (target.origin === server.origin) return false;
  const literal = literalAddress(server);
  // A server configured by a name may turn out to be private; then only the resolver knows.
  return !admits(literal === undefined ? 'private' : reachOfClass(classOf(literal)), address);
}
