#!/usr/bin/env node
/**
 * The program: the only place that sets the exit code of the process.
 *
 * @module
 */
import { systemClock } from './base/clock.ts';
import { currentHost } from './host.ts';
import { main } from './main.ts';
import type { Job } from './menu-port.ts';

const INTERRUPTED = 130;
/** After a signal, how long a reader of stdout may take for what is still to be read. */
const LAST_READ_MS = 1_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What a command under this one gets passed on. */
const HANDED = [...SIGNALS, 'SIGQUIT', 'SIGUSR2'] as const;

/** Stopping and going on, as a shell with job control has it. */
function jobOfProcess(): Job {
  const stopped = new Set<() => void>();
  const listen = (): void => {
    for (const listener of stopped) process.on('SIGTSTP', listener);
  };
  return {
    stop() {
      // Windows has no such signal, and no shell that would bring the job back.
      if (process.platform === 'win32') return;
      // Who listens to the signal is not stopped by it.
      for (const listener of stopped) process.off('SIGTSTP', listener);
      process.once('SIGCONT', listen);
      // The whole job, as the terminal would: a script around the program stops with it.
      process.kill(0, 'SIGTSTP');
    },
    on(listener) {
      const stop = (): void => listener('stop');
      const continued = (): void => listener('continue');
      stopped.add(stop);
      process.on('SIGTSTP', stop).on('SIGCONT', continued);
      return () => {
        stopped.delete(stop);
        process.off('SIGTSTP', stop).off('SIGCONT', continued);
      };
    },
    onExit(listener) {
      process.on('exit', listener);
      return () => void process.off('exit', listener);
    },
  };
}

/** Runs the command line; the bundle of the program is CommonJS, which knows no await at the top. */
async function start(): Promise<void> {
  let talked = false;
  let handed = false;
  let ending = false;
  const code = await main(process.argv.slice(2), {
    host: currentHost(),
    stdin: () => process.stdin,
    stdout: process.stdout,
    stderr: () => {
      talked = true;
      return process.stderr;
    },
    script: process.argv[1] ?? '',
    memory: () => {
      const { rss, heapUsed } = process.memoryUsage();
      return { rssBytes: rss, heapUsedBytes: heapUsed };
    },
    onSignal(listener, last) {
      for (const signal of SIGNALS) {
        let asked = false;
        process.on(signal, () => {
          // What another program is there to hear does not count as asked.
          if (handed) return;
          ending = true;
          // Whoever asks twice does not want to wait for an orderly end.
          if (asked) void last().finally(() => process.exit(INTERRUPTED));
          else listener();
          asked = true;
        });
      }
    },
    handSignals(listener) {
      handed = true;
      for (const signal of HANDED) process.on(signal, listener);
      return () => {
        handed = false;
        for (const signal of HANDED) process.off(signal, listener);
      };
    },
    job: jobOfProcess(),
    onCrash(listener) {
      process.on('uncaughtException', listener);
      process.on('unhandledRejection', listener);
      return () => {
        process.off('uncaughtException', listener);
        process.off('unhandledRejection', listener);
      };
    },
  });
  process.exitCode = code;
  // Who was told to end does not wait for a reader that has stopped reading.
  if (ending) systemClock.after(LAST_READ_MS, () => process.exit());
  // What was written is out when these call back; nothing that is still open may keep the process.
  process.stdout.write('', () => {
    if (talked) process.stderr.write('', () => process.exit());
    else process.exit();
  });
}

/** The helper process that renews a login: nobody types this, and no signal ends it half-way. */
async function redeem(args: readonly string[]): Promise<void> {
  for (const signal of SIGNALS) process.on(signal, () => undefined);
  // Whoever asked may be gone.
  process.stdout.on('error', () => undefined);
  const { redeemOnce } = await import('./redeem.ts');
  process.exitCode = await redeemOnce(args, {
    host: currentHost(),
    print: (text) => {
      process.stdout.write(text);
    },
    input: async () => {
      let text = '';
      for await (const part of process.stdin.setEncoding('utf8')) text += String(part);
      return text;
    },
  }).catch(() => 1);
  process.stdout.write('', () => process.exit());
}

const [first, ...rest] = process.argv.slice(2);
void (first === '__redeem' ? redeem(rest) : start());
