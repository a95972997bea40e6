/**
 * Which program a command is, in the PATH of the caller.
 *
 * @module
 */
import { isAbsolute, posix, win32 } from 'node:path';
import type { Files } from '../core/machine.ts';

/** Where to look. */
export interface CommandPlace {
  readonly path: string;
  /** Folder from which relative commands are looked up. */
  readonly base: string;
  readonly platform: NodeJS.Platform;
}

const WINDOWS_ENDINGS = ['', '.exe', '.cmd', '.bat', '.com'];
const EXECUTABLE = 0o111;

/** Whether a command names a place and not just a program. */
export function isPlace(command: string, platform: NodeJS.Platform): boolean {
  return command.includes('/') || (platform === 'win32' && command.includes('\\'));
}

/** The command as it is started: a relative place is made absolute, a bare name stays. */
export function startedCommand(command: string, place: CommandPlace): string {
  const path = place.platform === 'win32' ? win32 : posix;
  return isPlace(command, place.platform) && !isAbsolute(command) ? path.resolve(place.base, command) : command;
}

async function isExecutable(files: Files, path: string, platform: NodeJS.Platform): Promise<boolean> {
  const facts = await files.facts(path).catch(() => undefined);
  return facts?.kind === 'file' && (platform === 'win32' || (facts.mode & EXECUTABLE) !== 0);
}

/** Real path of the program that would be started; `undefined` where there is none. */
export async function realCommand(files: Files, command: string, place: CommandPlace): Promise<string | undefined> {
  const { platform } = place;
  const path = platform === 'win32' ? win32 : posix;
  const folders = isPlace(command, platform)
    ? ['']
    : place.path.split(path.delimiter).filter((folder) => folder !== '');
  const endings = platform === 'win32' ? WINDOWS_ENDINGS : [''];
  const started = startedCommand(command, place);
  for (const folder of folders) {
    for (const ending of endings) {
      const candidate = (folder === '' ? started : path.join(folder, started)) + ending;
      if (await isExecutable(files, candidate, platform)) return files.real(candidate);
    }
  }
  return undefined;
}
