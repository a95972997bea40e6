/**
 * Wires the menu to the process: its terminal, its signals, and the guard that outlives a kill.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import type { ReadStream, WriteStream } from 'node:tty';
import { systemClock } from './base/clock.ts';
import type { MenuAsk } from './cli/context.ts';
import type { Host } from './host.ts';
import { startMenu } from './menu/run/run-menu.ts';
import type { MenuEnd } from './menu/run/ports.ts';
import { LEAVE } from './menu/terminal/modes.ts';
import type { Tty } from './menu/terminal/tty.ts';

/** Job control of the process. */
export interface Job {
  /** Stops every process of the job, as Ctrl-Z at the terminal does. */
  stop(): void;
  on(listener: (what: 'stop' | 'continue') => void): () => void;
  /** Calls back when the process ends by whatever it calls an end. */
  onExit(listener: () => void): () => void;
}

/** What of the process the menu needs. */
export interface MenuWorld {
  readonly host: Host;
  readonly stdin: () => ReadStream;
  readonly stdout: WriteStream;
  readonly job: Job;
  readonly signal: AbortSignal;
  onCrash(listener: (error: unknown) => void): () => void;
  /** From now on signals are heard by `listener` alone; the result ends that. */
  handSignals(listener: (signal: NodeJS.Signals) => void): () => void;
}

/**
 * Waits for this process to go without a word (kill -9) and then puts the terminal right. It changes the modes only
 * while they are those that were set here (a shell has its own by then), and only those that raw mode takes.
 */
const GUARD = String.raw`
trap '' INT QUIT HUP TSTP TTOU TTIN
mine=$(stty -g </dev/tty 2>/dev/null)
if read -r word; then exit; fi
printf '%b' "$1" >/dev/tty
sleep 0.3
if [ "$(stty -g </dev/tty 2>/dev/null)" = "$mine" ]; then stty icrnl ixon echo icanon iexten isig </dev/tty; fi
`;

function guardOf({ platform, env }: Host): Tty['guard'] {
  if (platform === 'win32') return () => () => undefined;
  return (leave) => {
    const text = leave.replaceAll('\u001B', String.raw`\033`);
    const child = spawn('/bin/sh', ['-c', GUARD, 'holdfast-guard', text], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: env['PATH'] ?? '' },
    });
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    child.unref();
    return () => {
      child.stdin.end('done\n');
    };
  };
}

function ttyOf({ host, stdin, stdout, job }: MenuWorld): Tty {
  const input = stdin();
  return {
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    write: (bytes) => void stdout.write(bytes),
    raw(on) {
      try {
        input.setRawMode(on);
      } catch {
        // The terminal is gone; there is nothing to put right.
      }
      if (on) input.resume();
      else input.pause();
    },
    onData(listener) {
      input.setEncoding('utf8');
      const hear = (text: Buffer | string): void => listener(text.toString());
      input.on('data', hear);
      return () => input.off('data', hear);
    },
    line: () =>
      new Promise((resolve) => {
        input.once('data', () => {
          input.pause();
          resolve();
        });
        input.once('end', resolve);
        input.resume();
      }),
    onResize(listener) {
      stdout.on('resize', listener);
      return () => stdout.off('resize', listener);
    },
    onGone(listener) {
      input.on('end', listener).on('error', listener);
      return () => input.off('end', listener).off('error', listener);
    },
    stop: () => job.stop(),
    onJob: (listener) => job.on(listener),
    guard: guardOf(host),
  };
}

/** In an editor Ctrl-C is the editor's. */
async function inEditor(world: MenuWorld, work: () => Promise<number>, ended: AbortController): Promise<number> {
  const off = world.handSignals((signal) => {
    if (signal !== 'SIGINT') ended.abort();
  });
  try {
    return await work();
  } finally {
    off();
  }
}

/** Shows the menu until it ends. The terminal is given back however that is. */
export async function openMenu(world: MenuWorld, ask: MenuAsk): Promise<MenuEnd> {
  const { host, stdout, job, signal } = world;
  const { env } = host;
  const { ascii, color, place, program, suffix, noBrowser, ...rest } = ask;
  const tty = ttyOf(world);
  const ended = new AbortController();
  const menu = startMenu({
    ...rest,
    edit: (file, line) => inEditor(world, () => ask.edit(file, line), ended),
    tty,
    clock: systemClock,
    color,
    signal: AbortSignal.any([signal, ended.signal]),
    setting: { ascii, place, program, suffix, ...(noBrowser === undefined ? {} : { noBrowser }) },
    terminal: { tmux: (env['TMUX'] ?? '') !== '', screen: (env['TERM'] ?? '').startsWith('screen') },
  });
  const offs: (() => void)[] = [];
  const crashed = new Promise<never>((_, reject) => {
    const crash = (error: unknown): void => {
      menu.abandon();
      reject(error);
    };
    offs.push(world.onCrash(crash));
  });
  // Whoever ends the process without asking leaves the terminal right all the same.
  offs.push(job.onExit(() => stdout.write(LEAVE)));
  try {
    return await Promise.race([menu.ended, crashed]);
  } finally {
    for (const off of offs) off();
  }
}
