/**
 * The way to a remote server, one step at a time: name, port, certificate, answer. No credential is sent.
 *
 * @module
 */
import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import { parseIso } from '../base/clock.ts';
import { errnoOf } from '../base/errors.ts';

/** Name → addresses, or an errno. */
export type Named =
  | { readonly ok: true; readonly addresses: readonly string[] }
  | { readonly ok: false; readonly errno: string };

/** What a step came to. */
export type Step<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly errno: string };

const TIMEOUT = 'ETIMEDOUT';

/** The work, or `ETIMEDOUT` after `ms`. */
async function within<T>(clock: Clock, ms: number, work: Promise<Step<T>>): Promise<Step<T>> {
  let timer: { cancel(): void } | undefined;
  const late = new Promise<Step<T>>((resolve) => {
    timer = clock.after(ms, () => resolve({ ok: false, errno: TIMEOUT }), { unref: true });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer?.cancel();
  }
}

/** The errno inside an error of node or of its fetch. */
export function errnoWithin(error: unknown): string {
  const inner = error instanceof Error ? error.cause : undefined;
  return errnoOf(error) ?? (inner === undefined ? 'UNKNOWN' : errnoWithin(inner));
}

/** The host of a URL without the brackets of an IPv6 address. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

/** The port of a URL, that of its scheme where it names none. */
export const portOf = (url: URL): number => Number(url.port || (url.protocol === 'http:' ? 80 : 443));

/** The addresses of a name. */
export function resolveName(
  host: string,
  clock: Clock,
  ms: number,
): Promise<Step<{ readonly addresses: readonly string[] }>> {
  if (isIP(host) !== 0) return Promise.resolve({ ok: true, addresses: [host] });
  const work = lookup(host, { all: true }).then(
    (found) => ({ ok: true, addresses: found.map(({ address }) => address) }) as const,
    (error: unknown) => ({ ok: false, errno: errnoWithin(error) }) as const,
  );
  return within(clock, ms, work);
}

/** Waits for a socket to be ready and destroys it. */
function settled<S extends Socket, T>(
  socket: S,
  { ready, clock, ms }: { readonly ready: string; readonly clock: Clock; readonly ms: number },
  read: (socket: S) => T,
): Promise<Step<T>> {
  const work = new Promise<Step<T>>((resolve) => {
    socket.once(ready, () => resolve({ ok: true, ...read(socket) }));
    socket.once('error', (error) => resolve({ ok: false, errno: errnoWithin(error) }));
    socket.once('close', () => resolve({ ok: false, errno: 'ECONNRESET' }));
  });
  return within(clock, ms, work).finally(() => socket.destroy());
}

/** Whether somebody listens at a port. */
export function reachPort(
  host: string,
  port: number,
  clock: Clock,
  ms: number,
): Promise<Step<{ readonly address: string }>> {
  const socket = connect({ host, port });
  return settled(socket, { ready: 'connect', clock, ms }, ({ remoteAddress }) => ({ address: remoteAddress ?? host }));
}

/** A certificate as it was shown. */
export interface Shown {
  /** Set where it is not trusted: the code of OpenSSL. */
  readonly objection?: string;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
  readonly issuer: string;
  readonly protocol: string;
}

function issuerOf({ issuer }: PeerCertificate): string {
  const { O: organisation, CN: name } = issuer;
  const [first] = [organisation, name].flat();
  return first ?? 'nobody';
}

/** The certificate of a server, good or not. */
export function lookAtCertificate(host: string, port: number, clock: Clock, ms: number): Promise<Step<Shown>> {
  const socket: TLSSocket = connectTls({
    host,
    port,
    // What is wrong with it is the finding.
    rejectUnauthorized: false,
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  return settled(socket, { ready: 'secureConnect', clock, ms }, (shown) => {
    const certificate = shown.getPeerCertificate();
    const error: unknown = shown.authorizationError;
    const objection = typeof error === 'string' ? error : errnoOf(error);
    return {
      endsAt: parseIso(certificate.valid_to),
      issuer: issuerOf(certificate),
      protocol: shown.getProtocol() ?? 'TLS',
      ...(shown.authorized ? {} : { objection: objection ?? 'UNKNOWN' }),
    };
  });
}
