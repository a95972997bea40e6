/**
 * Lets a client of the daemon change its connection from HTTP to a channel of lines (RFC 9110 §7.8).
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { channelOver } from './channel.ts';
import type { Channel } from './channel.ts';
import { CHANNEL_PATH, CHANNEL_UPGRADE, PROTOCOL, PROTOCOL_HEADER, VERSION_HEADER } from './protocol.ts';

/** Why an upgrade is refused. */
function refusalOf({ headers, url, method }: IncomingMessage): { readonly status: string } | undefined {
  if (headers.origin !== undefined) return { status: '403 Forbidden' };
  if (url !== CHANNEL_PATH || method !== 'GET') return { status: '404 Not Found' };
  if (headers.upgrade !== CHANNEL_UPGRADE) return { status: '426 Upgrade Required' };
  return headers[PROTOCOL_HEADER] === PROTOCOL ? undefined : { status: '400 Bad Request' };
}

/** The channel, or `undefined` after the refusal was sent. */
export function acceptChannel(
  incoming: IncomingMessage,
  duplex: Duplex,
  rest: Buffer,
  version: string,
): Channel | undefined {
  // What `net.Server` gives is a socket; the types of `upgrade` promise less.
  const socket = duplex as Socket;
  const refused = refusalOf(incoming);
  const own = `${PROTOCOL_HEADER}: ${PROTOCOL}\r\n${VERSION_HEADER}: ${version}\r\n`;
  if (refused !== undefined) {
    socket.on('error', () => {});
    socket.end(`HTTP/1.1 ${refused.status}\r\n${own}connection: close\r\ncontent-length: 0\r\n\r\n`);
    return undefined;
  }
  socket.setTimeout(0);
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${own}connection: upgrade\r\nupgrade: ${CHANNEL_UPGRADE}\r\n\r\n`);
  return channelOver(socket, rest);
}
