/**
 * The built command line as a process, in a home of its own: what a person or a script would type.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtDist } from './build.ts';

/** How a run ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A person's home and project, empty at first. */
export interface Place {
  readonly home: string;
  readonly project: string;
  readonly env: Record<string, string>;
  /** Runs `holdfast …` in the project. */
  run(
    args: readonly string[],
    options?: { readonly cwd?: string; readonly env?: Record<string, string>; readonly input?: string },
  ): Promise<Ran>;
  /** Runs it and parses its standard output. */
  json<T>(
    args: readonly string[],
    options?: { readonly cwd?: string; readonly env?: Record<string, string> },
  ): Promise<T>;
  remove(): Promise<void>;
}

/** Makes a place. Nothing of the real home is seen by what runs in it. */
export async function makePlace(): Promise<Place> {
  const dist = await builtDist();
  const root = await mkdtemp(join(tmpdir(), 'hf-'));
  const home = join(root, 'home');
  const project = join(root, 'project');
  await Promise.all([mkdir(home), mkdir(project)]);
  const env: Record<string, string> = {
    HOME: home,
    PATH: process.env['PATH'] ?? '',
    XDG_RUNTIME_DIR: join(root, 'run'),
    LANG: 'C.UTF-8',
  };
  await mkdir(env['XDG_RUNTIME_DIR'] as string, { mode: 0o700 });
  const place: Place = {
    home,
    project,
    env,
    run: (args, options = {}) =>
      new Promise((resolve) => {
        const child = execFile(
          process.execPath,
          [join(dist, 'bin.js'), ...args],
          { cwd: options.cwd ?? project, env: { ...env, ...options.env }, maxBuffer: 64 * 1024 * 1024 },
          (error, stdout, stderr) => {
            const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
            resolve({ code, stdout, stderr });
          },
        );
        child.stdin?.end(options.input ?? '');
      }),
    json: async (args, options) => {
      const ran = await place.run(args, options);
      try {
        return JSON.parse(ran.stdout);
      } catch {
        throw new Error(`holdfast ${args.join(' ')} ended with ${ran.code}: ${ran.stdout}${ran.stderr}`);
      }
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
  return place;
}
