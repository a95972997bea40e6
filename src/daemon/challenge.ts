/**
 * The mutual challenge of a Windows named pipe, whose permissions do not say who listens: both sides prove, before the
 * first byte of HTTP, that they know the key in a file that only this user can read.
 *
 * Four lines: `nonceC`, `nonceS proofS`, `proofC`, `ok`; a proof is HMAC-SHA-256(key, role nonceC nonceS). The role keeps
 * one side's proof from being played back as the other's. Untested on Windows itself; its logic is tested on sockets.
 *
 * @module
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import { HoldfastError } from '../base/errors.ts';
import type { SocketFiles } from './socket-files.ts';

const LONGEST_LINE = 256;
const LIMIT_MS = 5_000;

/** The key of the file, made when there is none yet. The file must lie in a folder of this user alone. */
export function pipeKey(path: string, files: Pick<SocketFiles, 'readText' | 'createText'>): string {
  files.createText(path, randomBytes(32).toString('hex'));
  return files.readText(path) ?? '';
}

function proof(key: string, role: 'server' | 'client', nonces: readonly [string, string]): string {
  return createHmac('sha256', key)
    .update(`${role} ${nonces.join(' ')}`)
    .digest('hex');
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function refused(): HoldfastError {
  return new HoldfastError('ERR_SOCKET_UNSAFE', 'the other end of the pipe does not know the key of this user', {
    hint: 'Another program may have taken the name of the pipe. Run: holdfast daemon stop',
  });
}

// One line, and not a byte more is taken from the socket than has arrived: after each line its sender waits.
function readLine(socket: Duplex, clock: Clock): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const finish = (act: () => void): void => {
      timer.cancel();
      socket.off('data', onData).off('close', onClose).off('error', onClose);
      socket.pause();
      act();
    };
    const onClose = (): void => finish(() => reject(refused()));
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (text.endsWith('\n')) finish(() => resolve(text.slice(0, -1)));
      else if (text.length > LONGEST_LINE) onClose();
    };
    const timer = clock.after(LIMIT_MS, onClose);
    socket.on('data', onData).on('close', onClose).on('error', onClose).resume();
  });
}

/** The client's part. Errors: `ERR_SOCKET_UNSAFE` when the server does not know the key; the socket is destroyed. */
export async function challengeServer(socket: Duplex, key: string, clock: Clock): Promise<void> {
  const mine = randomBytes(32).toString('hex');
  // A peer that leaves between two lines must not end this process.
  socket.on('error', () => {});
  try {
    socket.write(`${mine}\n`);
    const [theirs = '', theirProof = ''] = (await readLine(socket, clock)).split(' ');
    if (!same(theirProof, proof(key, 'server', [mine, theirs]))) throw refused();
    socket.write(`${proof(key, 'client', [mine, theirs])}\n`);
    if ((await readLine(socket, clock)) !== 'ok') throw refused();
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** The server's part. `false` when the client does not know the key; the socket is destroyed. */
export async function challengeClient(socket: Duplex, key: string, clock: Clock): Promise<boolean> {
  socket.on('error', () => {});
  try {
    const theirs = await readLine(socket, clock);
    const mine = randomBytes(32).toString('hex');
    socket.write(`${mine} ${proof(key, 'server', [theirs, mine])}\n`);
    if (!same(await readLine(socket, clock), proof(key, 'client', [theirs, mine]))) throw refused();
    socket.write('ok\n');
    return true;
  } catch {
    socket.destroy();
    return false;
  }
}
