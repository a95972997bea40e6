import { PassThrough } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { describe, expect, test } from 'vitest';
import { terminalIo } from '../../../src/cli/terminal.ts';
import type { Io } from '../../../src/cli/io.ts';

interface Keyboard {
  readonly io: Io;
  readonly keys: PassThrough;
  readonly raw: boolean[];
  readonly shown: () => string;
}

/** A terminal whose keys the test presses. */
function keyboard(): Keyboard {
  const raw: boolean[] = [];
  const keys = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (mode: boolean): void => void raw.push(mode),
  });
  const written: string[] = [];
  const screen = Object.assign(new PassThrough(), { isTTY: true });
  screen.on('data', (data: Buffer) => written.push(data.toString()));
  const stdin = keys as unknown as ReadStream;
  const stdout = screen as unknown as WriteStream;
  return {
    io: terminalIo({ stdin: () => stdin, stdout, stderr: () => stdout, env: {}, noColor: true }),
    keys,
    raw,
    shown: () => written.join(''),
  };
}

const open = (): AbortSignal => new AbortController().signal;

test.each<[string, number | undefined, Record<string, string>, number]>([
  ['says its width', 120, { COLUMNS: '90' }, 120],
  ['was never told its size', 0, {}, 80],
  ['was never told its size, where the environment knows it', 0, { COLUMNS: '90' }, 90],
  ['is none', undefined, {}, 80],
])('a terminal that %s has a width to write in', (_what, columns, env, width) => {
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns }) as unknown as WriteStream;
  const streams = { stdin: () => new PassThrough() as unknown as ReadStream, stdout, stderr: () => stdout };
  expect(terminalIo({ ...streams, env, noColor: true }).columns).toBe(width);
});

describe('[login.paste] the terminal takes a line without showing it', () => {
  test('keys are counted, nothing is echoed, and the terminal is as it was afterwards', async () => {
    const { io, keys, raw, shown } = keyboard();
    const lengths: number[] = [];
    const line = io.hidden({ signal: open(), typed: (length) => lengths.push(length) });
    keys.write('cana');
    keys.write('ry\r');
    expect(await line).toEqual({ kind: 'line', text: 'canary' });
    expect(lengths).toEqual([4, 6]);
    expect(raw).toEqual([true, false]);
    expect(shown()).toBe('');
    expect(keys.listenerCount('data')).toBe(0);
  });

  test('Ctrl-C is an answer', async () => {
    const { io, keys } = keyboard();
    const line = io.hidden({ signal: open() });
    keys.write('\u0003');
    expect(await line).toEqual({ kind: 'interrupted' });
  });

  test.each(['before', 'while'])('a question that is taken back %s it is asked ends', async (when) => {
    const { io, raw } = keyboard();
    const back = new AbortController();
    if (when === 'before') back.abort();
    const line = io.hidden({ signal: back.signal });
    back.abort();
    expect(await line).toEqual({ kind: 'ended' });
    expect(raw.at(-1)).toBe(false);
  });

  test('so does one whose input ends', async () => {
    const { io, keys } = keyboard();
    const line = io.hidden({ signal: open() });
    keys.end();
    expect(await line).toEqual({ kind: 'ended' });
  });
});
