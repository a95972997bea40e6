/**
 * Whether a failed request surely never reached its server, so that sending it again cannot repeat anything.
 *
 * @module
 */
import { errnoOf } from '../base/errors.ts';

/** What a request fails with before its first byte: name resolution, certificates, connecting, our own refusals. */
const BEFORE_SENDING =
  /^(?:ERR_URL_REFUSED|ERR_ADDRESS_REFUSED|ECONNPROXY|ECONNREFUSED|ENOTFOUND|EAI_[A-Z]+|UND_ERR_CONNECT_TIMEOUT|UND_ERR_PRX_TLS|ERR_SOCKET_CONNECTION_TIMEOUT|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH$)/;
const CONNECTING: ReadonlySet<string> = new Set(['connect', 'getaddrinfo']);

/** An error of a request that was to go through a proxy, with the code of its cause. */
export class ProxiedError extends Error {
  override readonly name = 'ProxiedError';
  readonly code: string | undefined;

  constructor(cause: unknown) {
    super('the request through the proxy failed', { cause });
    this.code = errnoOf(cause);
  }
}

/** The errors that stand behind one, itself first. Of several attempts at once the first counts. */
function chainOf(error: unknown): readonly NodeJS.ErrnoException[] {
  const chain: Error[] = [];
  let current: unknown = error;
  while (chain.length < 8 && current instanceof Error) {
    chain.push(current);
    const nested: unknown = current instanceof AggregateError ? current.errors[0] : undefined;
    current = nested ?? current.cause;
  }
  return chain;
}

/** Whether the request went through a proxy, so that what kept it from connecting is the proxy's. */
export function wasProxied(error: unknown): boolean {
  return chainOf(error).some((link) => link instanceof ProxiedError);
}

/**
 * `true` only where no byte of the request can have arrived. A reset, a silence or an unreadable answer leaves that
 * open, and so does everything that is not known here.
 */
export function surelyUnsent(error: unknown): boolean {
  const proxied = wasProxied(error);
  return chainOf(error).some(
    ({ code = '', syscall = '' }) =>
      CONNECTING.has(syscall) ||
      BEFORE_SENDING.test(code) ||
      // undici's word for a proxy that refuses the tunnel; elsewhere it is an abort at any moment.
      (proxied && code === 'UND_ERR_ABORTED'),
  );
}
