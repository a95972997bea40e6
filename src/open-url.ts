/**
 * Starts the person's browser: a program with the address as its one argument, never a shell.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { browserCommand, openableUrl } from './auth/flow/open-url.ts';
import type { BrowserCommand } from './auth/flow/open-url.ts';
import { systemClock } from './base/clock.ts';
import type { Host } from './host.ts';

/** A starter that has not failed by then has done its work, or is the browser itself. */
const STARTED_MS = 1_500;

/** The program that opens an address here; `undefined` for an address that is not opened. */
export function openerOf(url: string, { env, platform }: Pick<Host, 'env' | 'platform'>): BrowserCommand | undefined {
  const safe = openableUrl(url);
  const own = env['BROWSER'] ?? '';
  // A program that a person (or an editor's remote shell) names. Lists and command lines are left to xdg-open.
  if (safe !== undefined && platform !== 'win32' && /^[\w./-]+$/.test(own)) return { command: own, args: [safe] };
  const isWsl = (env['WSL_DISTRO_NAME'] ?? '') !== '';
  const found = browserCommand(url, isWsl ? 'win32' : platform);
  return found !== undefined && isWsl ? { ...found, command: `${found.command}.exe` } : found;
}

/** Opens it; whether the program could be started and did not fail at once. */
export function openUrl(url: string, host: Pick<Host, 'env' | 'platform'>): Promise<boolean> {
  const opener = openerOf(url, host);
  if (opener === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(opener.command, [...opener.args], { stdio: 'ignore', detached: true, windowsHide: true });
    const timer = systemClock.after(STARTED_MS, () => resolve(true));
    const end = (isOpen: boolean): void => {
      timer.cancel();
      resolve(isOpen);
    };
    child.once('error', () => end(false));
    child.once('exit', (code) => end(code === 0));
    child.unref();
  });
}
