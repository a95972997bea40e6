/**
 * `Io` over the streams of a process.
 *
 * @module
 */
import type { ReadStream, WriteStream } from 'node:tty';
import { wantsColor } from './io.ts';
import type { HiddenAsk, Io } from './io.ts';
import { HiddenLine } from './text/hidden-line.ts';
import type { HiddenEnd } from './text/hidden-line.ts';

/** The streams and what is known of them. */
export interface Streams {
  readonly stdin: () => ReadStream;
  readonly stdout: WriteStream;
  readonly stderr: () => WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--no-color`. */
  readonly noColor: boolean;
}

// Node leaves it out where it says no, whatever its types say.
const isTerminal = (stream: { readonly isTTY?: boolean }): boolean => stream.isTTY === true;

const COLUMNS = 80;
const ROWS = 24;

async function whole(stdin: ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  return Buffer.concat(chunks).toString('utf8');
}

async function asked(question: string, stdin: () => ReadStream, stderr: () => WriteStream): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: stdin(), output: stderr() });
  try {
    // The end of the input is no answer.
    const ended = new Promise<string>((resolve) => {
      lines.once('close', () => resolve(''));
    });
    return await Promise.race([lines.question(question), ended]);
  } finally {
    lines.close();
  }
}

/** One line of keys that the terminal does not echo. */
function hiddenLine(input: ReadStream, { signal, typed }: HiddenAsk): Promise<HiddenEnd> {
  const line = new HiddenLine();
  return new Promise((resolve) => {
    const end = (result: HiddenEnd): void => {
      signal.removeEventListener('abort', abort);
      input.off('data', read).off('end', abort);
      input.setRawMode(false);
      input.pause();
      resolve(result);
    };
    const abort = (): void => end({ kind: 'ended' });
    const read = (keys: Buffer | string): void => {
      const result = line.feed(keys.toString());
      typed?.(line.length);
      if (result !== undefined) end(result);
    };
    signal.addEventListener('abort', abort);
    if (signal.aborted) {
      abort();
      return;
    }
    input.setRawMode(true);
    input.on('data', read).on('end', abort);
    input.resume();
  });
}

/** The terminal, pipes or files of a process. */
export function terminalIo(streams: Streams): Io {
  const { stdin, stdout, env } = streams;
  let talk: WriteStream | undefined;
  const stderr = (): WriteStream => {
    // Talk that nobody hears is no reason to end.
    talk ??= streams.stderr().on('error', () => undefined);
    return talk;
  };
  const isTTY = isTerminal(stdout);
  const wide = Number(env['COLUMNS']);
  return {
    out: (line) => void stdout.write(`${line}\n`),
    raw: (data) => void stdout.write(data),
    err: (line) => void stderr().write(`${line}\n`),
    errRaw: (text) => void stderr().write(text),
    isTTY,
    get errIsTTY() {
      return isTerminal(stderr());
    },
    get stdinIsTTY() {
      return isTerminal(stdin());
    },
    get columns() {
      // A terminal that was never told its size says 0.
      return stdout.columns || (Number.isInteger(wide) && wide > 0 ? wide : COLUMNS);
    },
    get rows() {
      return stdout.rows || ROWS;
    },
    color: wantsColor({ isTTY, env, refused: streams.noColor }),
    animate: isTTY && env['TERM'] !== 'dumb',
    stdin: () => whole(stdin()),
    ask: (question) => asked(question, stdin, stderr),
    hidden: (ask) => hiddenLine(stdin(), ask),
  };
}
