/**
 * A program: a real MCP server over stdio that can be told to crash, be silent or stay. Run it with
 * `node dist/testing/stdio-server.js --crash-after 2000 --exit-code 3`; its options are in `stdio-options.ts`.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { systemClock } from '../base/clock.ts';
import { HoldfastError } from '../base/errors.ts';
import { parseStdioOptions } from './stdio-options.ts';
import type { StdioSettings } from './stdio-options.ts';
import { serveStdio } from './stdio-serve.ts';

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Whether this start is one that shall crash: with `--crash-starts N` only the first N do. Counts the start. */
function isCrashing(settings: StdioSettings): boolean {
  const { state, 'crash-starts': limit } = settings;
  const started = state === undefined ? 0 : startsIn(state);
  if (state !== undefined) writeFileSync(state, String(started + 1));
  if (limit === undefined) return settings['crash-at-start'] === true || settings['crash-after'] !== undefined;
  if (state === undefined) throw new HoldfastError('ERR_USAGE', '--crash-starts needs --state');
  return started < limit;
}

function startsIn(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    return 0;
  }
}

/** A process that stays for ever and inherits stdout, as launchers leave them. */
function startGrandchild(): void {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1 << 30)'], {
    stdio: ['ignore', 'inherit', 'ignore'],
  });
  say(`grandchild ${child.pid}`);
  child.unref();
}

async function main(settings: StdioSettings): Promise<void> {
  const crash = (why: string): never => {
    say(`crashing: ${why}`);
    process.exit(settings['exit-code'] ?? 1);
  };
  for (let line = 1; line <= (settings['stderr-lines'] ?? 0); line += 1) say(`stderr line ${line}`);
  const after = settings['crash-after'];
  if (isCrashing(settings)) {
    if (after === undefined) crash('told to at the start');
    else systemClock.after(after, () => crash(`told to after ${after} ms`));
  }
  if (settings['ignore-term'] === true) process.on('SIGTERM', () => say('SIGTERM ignored'));
  if (settings.grandchild === true) startGrandchild();
  // A reader that went away is the end, not an error.
  process.stdout.on('error', () => process.exit(0));
  await serveStdio(settings, { input: process.stdin, output: process.stdout, clock: systemClock, crash });
  if (settings['ignore-end'] === true) {
    systemClock.after(2 ** 31 - 1, () => {});
    return;
  }
  process.exit(0);
}

try {
  await main(parseStdioOptions(process.argv.slice(2)));
} catch (error) {
  say(error instanceof HoldfastError ? `${error.message}\n${error.hint ?? ''}` : String(error));
  process.exitCode = 2;
}
