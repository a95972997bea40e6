/**
 * HTTP as bytes: requests that no proper client would send.
 *
 * @module
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** What came back over one connection. */
export interface RawAnswer {
  /** 0 = the connection was closed without an answer. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
  readonly ms: number;
}

/** An open connection to a port of this machine; errors are no news here. */
export function rawSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.on('error', () => {});
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

/** Sends bytes and reads until the other side ends, or `patienceMs` are over. */
export async function rawRequest(port: number, bytes: string | Buffer, patienceMs = 10_000): Promise<RawAnswer> {
  const began = performance.now();
  const socket = await rawSocket(port);
  const text = await new Promise<string>((resolve) => {
    const parts: Buffer[] = [];
    const done = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(parts).toString('latin1'));
    };
    const timer = setTimeout(done, patienceMs);
    socket.on('data', (part) => parts.push(part));
    socket.once('close', done);
    socket.write(bytes);
  });
  const at = text.indexOf('\r\n\r\n');
  const head = at < 0 ? text : text.slice(0, at);
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
    head,
    body: at < 0 ? '' : text.slice(at + 4),
    ms: performance.now() - began,
  };
}

/** The head of a request. */
export function headOf(method: string, path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`;
}
