/**
 * A program in a real terminal: a pty from util-linux `script`, or from python3 where that is missing. What it writes is
 * interpreted by a terminal without a window.
 *
 * @module
 */
import { execFileSync, spawn } from 'node:child_process';
import { fakeScreen } from './terminal.ts';
import type { Seen } from './terminal.ts';

/** A shell line in a terminal. */
export interface Pty {
  /** Types. */
  send(keys: string): void;
  /** The screen, once it is as wanted; throws with what is on it when the time is over. */
  until(what: string | RegExp | ((seen: Seen) => boolean), limitMs?: number): Promise<Seen>;
  seen(): Seen;
  /** Everything that was written so far. */
  readonly output: string;
  /** Changes the size as a window would, so that the program hears of it. */
  resize(columns: number, rows: number): Promise<void>;
  /** What a shell line said about itself: `PID 12` → `said('PID')`. */
  said(word: string): Promise<string>;
  /** Exit code of the shell line. */
  readonly ended: Promise<number>;
  close(): Promise<void>;
}

/** What is asked of a terminal. */
export interface PtyAsk {
  /** For `sh -c`. */
  readonly line: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
}

const has = (command: string, args: readonly string[], wanted: RegExp): boolean => {
  try {
    return wanted.test(execFileSync(command, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }));
  } catch {
    return false;
  }
};

const PYTHON = 'import os,pty,sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(["sh","-c",sys.argv[1]])))';

/** Which tool gives terminals here. Errors: where there is none, says what to install. */
export function ptyTool(): 'script' | 'python3' {
  if (has('script', ['--version'], /util-linux/)) return 'script';
  if (has('python3', ['-c', 'import pty; print("pty")'], /pty/)) return 'python3';
  throw new Error('no terminal can be made: neither script of util-linux (Debian: bsdutils) nor python3 is here');
}

const commandOf = (line: string): readonly [string, readonly string[]] =>
  ptyTool() === 'script' ? ['script', ['-qefc', line, '/dev/null']] : ['python3', ['-c', PYTHON, line]];

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

function matches(what: string | RegExp | ((seen: Seen) => boolean), seen: Seen): boolean {
  if (typeof what === 'function') return what(seen);
  const text = seen.rows.join('\n');
  return typeof what === 'string' ? text.includes(what) : what.test(text);
}

/** Starts a shell line in a terminal. Who starts it closes it. */
export function startPty(ask: PtyAsk): Pty {
  const { columns = 100, rows = 30 } = ask;
  const screen = fakeScreen(columns, rows);
  // The size is set before anything looks at it, and the terminal is named so that it can be changed.
  const [command, args] = commandOf(`stty cols ${columns} rows ${rows}; echo "TTY $(tty)"; ${ask.line}`);
  const child = spawn(command, [...args], {
    cwd: ask.cwd,
    env: { TERM: 'xterm-256color', ...ask.env, SHELL: '/bin/sh' },
  });
  let output = '';
  let writing = Promise.resolve();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    writing = writing.then(() => screen.write(text));
  });
  child.stdin.on('error', () => undefined);
  const ended = new Promise<number>((resolve) => {
    child.on('exit', (code) => resolve(code ?? -1));
  });
  const pty: Pty = {
    send: (keys) => void child.stdin.write(keys),
    seen: () => screen.seen(),
    get output() {
      return output;
    },
    async until(what, limitMs = 20_000) {
      const end = performance.now() + limitMs;
      for (;;) {
        await writing;
        const seen = screen.seen();
        if (matches(what, seen)) return seen;
        if (performance.now() > end)
          throw new Error(
            `never ${String(what)}; on the screen:\n${seen.rows.join('\n')}\n(${JSON.stringify(output.slice(-300))})`,
          );
        await pause(20);
      }
    },
    async said(word) {
      const end = performance.now() + 20_000;
      const line = new RegExp(`${word} (\\S+)\\r?\\n`);
      for (;;) {
        const found = line.exec(output)?.[1];
        if (found !== undefined) return found;
        if (performance.now() > end) throw new Error(`never said ${word}: ${JSON.stringify(output.slice(-600))}`);
        await pause(20);
      }
    },
    async resize(wide, high) {
      const tty = await pty.said('TTY');
      screen.resize(wide, high);
      execFileSync('stty', ['-F', tty, 'cols', String(wide), 'rows', String(high)]);
    },
    ended,
    async close() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
  return pty;
}
