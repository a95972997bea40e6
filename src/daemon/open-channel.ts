/**
 * Opens a channel of lines to the running daemon.
 *
 * @module
 */
import type { Socket } from 'node:net';
import { HoldfastError } from '../base/errors.ts';
import { channelOver } from './channel.ts';
import type { Channel } from './channel.ts';
import { dial } from './dial.ts';
import type { Caller } from './exchange.ts';
import {
  CHANNEL_PATH,
  CHANNEL_UPGRADE,
  HEAD_LIMIT_BYTES,
  PROTOCOL,
  PROTOCOL_HEADER,
  VERSION_HEADER,
} from './protocol.ts';

const ANSWER_MS = 10_000;
const END_OF_HEAD = '\r\n\r\n';

const unusable = (why: string): HoldfastError =>
  new HoldfastError('ERR_DAEMON_UNREACHABLE', `the daemon ${why}`, {
    hint: 'Run: holdfast daemon stop; the next command starts a new one.',
  });

/** The head of the answer, and what came after it. */
function headOf(socket: Socket, caller: Caller): Promise<{ readonly head: string; readonly rest: Buffer }> {
  return new Promise((resolve, reject) => {
    let read = Buffer.alloc(0);
    const timer = caller.clock.after(ANSWER_MS, () => {
      socket.destroy();
      reject(unusable('takes connections but does not answer'));
    });
    const stop = (): void => {
      timer.cancel();
      socket.removeAllListeners('data');
      socket.removeAllListeners('close');
      socket.removeAllListeners('error');
    };
    socket.on('error', () => {});
    socket.once('close', () => {
      stop();
      reject(unusable('went away before it had answered'));
    });
    socket.on('data', (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      const at = read.indexOf(END_OF_HEAD);
      if (at === -1 && read.length < HEAD_LIMIT_BYTES) return;
      stop();
      if (at === -1) reject(unusable('gives an answer that is none'));
      else resolve({ head: read.toString('latin1', 0, at), rest: read.subarray(at + END_OF_HEAD.length) });
    });
  });
}

/** A channel. Errors: those of `dial`; `ERR_DAEMON_UNREACHABLE` for a daemon that opens none. */
export async function openChannel(caller: Caller): Promise<Channel> {
  const socket = await dial(caller);
  const lines = [
    `GET ${CHANNEL_PATH} HTTP/1.1`,
    'host: localhost',
    'connection: upgrade',
    `upgrade: ${CHANNEL_UPGRADE}`,
    `${PROTOCOL_HEADER}: ${PROTOCOL}`,
    `${VERSION_HEADER}: ${caller.version}`,
  ];
  socket.write(`${lines.join('\r\n')}${END_OF_HEAD}`);
  const { head, rest } = await headOf(socket, caller);
  if (head.startsWith('HTTP/1.1 101 ')) return channelOver(socket, rest);
  socket.destroy();
  throw unusable('is of a version that opens no gateway');
}
