/**
 * A conversation in lines over one connection to the daemon: what a gateway's client and the daemon say to each other.
 *
 * @module
 */
import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';

/** Both ends look alike. */
export interface Channel {
  /** Sends one line; `line` has no line end in it. */
  send(line: string): void;
  /** Hears every line from now on; lines that came before are told at once. */
  onLine(listener: (line: string) => void): void;
  /** Called once, at the end, whoever made it; at once if it is over. */
  onEnd(listener: () => void): void;
  /** Ends it after what was sent has gone out. What comes while reading is stopped is dropped. */
  end(): void;
  /** Stops or goes on reading, for a hearer that cannot keep up. */
  flow(on: boolean): void;
}

/** Longest line, in characters. */
const LONGEST = 16 * 1_024 * 1_024;
/** Bytes that may wait for an end that does not read; beyond, it is taken for gone. A few of the longest lines. */
const MOST_WAITING = 64 * 1_024 * 1_024;

/** A channel over an open socket; `rest` is what was read of it already. */
export function channelOver(socket: Socket, rest: Buffer = Buffer.alloc(0)): Channel {
  const decoder = new StringDecoder('utf8');
  const waiting: string[] = [];
  const ends: (() => void)[] = [];
  let hear: ((line: string) => void) | undefined;
  const parts: string[] = [];
  let size = 0;
  let over = false;

  const deliver = (line: string): void => {
    if (hear === undefined) waiting.push(line);
    else hear(line);
  };
  const take = (chunk: Buffer): void => {
    const text = decoder.write(chunk);
    let from = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      parts.push(text.slice(from, at));
      deliver(parts.splice(0).join(''));
      size = 0;
      from = at + 1;
    }
    // Kept as parts: joining at every chunk would copy a long line again and again.
    parts.push(text.slice(from));
    size += text.length - from;
    if (size > LONGEST) socket.destroy();
  };
  const end = (): void => {
    if (over) return;
    over = true;
    for (const listener of ends) listener();
  };
  socket.on('data', take);
  socket.on('error', () => {});
  socket.once('end', () => socket.end());
  socket.once('close', end);
  if (rest.length > 0) take(rest);
  return {
    send(line) {
      if (over || !socket.writable) return;
      socket.write(`${line}\n`);
      if (socket.writableLength > MOST_WAITING) socket.destroy();
    },
    onLine(listener) {
      hear = listener;
      for (const line of waiting.splice(0)) listener(line);
    },
    onEnd(listener) {
      if (over) listener();
      else ends.push(listener);
    },
    end() {
      socket.end();
      if (!socket.isPaused()) return;
      // The other end is heard to end only where its lines are read.
      hear = () => {};
      socket.resume();
    },
    flow: (on) => void (on ? socket.resume() : socket.pause()),
  };
}
