/**
 * The built package for tests that need it as files (another process, kill -9): built once, shared by all test workers.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const SCRATCH = join(ROOT, '.tmp');
const DIST = join(SCRATCH, 'dist');
const LOCK = join(SCRATCH, 'build.lock');
const STAMP = join(SCRATCH, 'build.stamp');
const run = promisify(execFile);

/** Names, sizes and times of all sources: equal stamps mean an equal build. */
async function stampOfSources(): Promise<string> {
  const names = (await readdir(join(ROOT, 'src'), { recursive: true }))
    .filter((name) => name.endsWith('.ts'))
    .toSorted();
  const facts = await Promise.all(names.map((name) => stat(join(ROOT, 'src', name))));
  return names.map((name, index) => `${name} ${facts[index]?.size} ${facts[index]?.mtimeMs}`).join('\n');
}

async function holderIsGone(): Promise<boolean> {
  const pid = Number(await readFile(join(LOCK, 'pid'), 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 0)
    return Date.now() - (await stat(LOCK).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs > 5_000;
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

async function locked(work: () => Promise<void>): Promise<void> {
  await mkdir(SCRATCH, { recursive: true });
  for (;;) {
    const mine = await mkdir(LOCK).then(
      () => true,
      () => false,
    );
    if (mine) break;
    if (await holderIsGone()) await rm(LOCK, { recursive: true, force: true });
    else await pause(50);
  }
  try {
    await writeFile(join(LOCK, 'pid'), String(process.pid));
    await work();
  } finally {
    await rm(LOCK, { recursive: true, force: true });
  }
}

let built: Promise<string> | undefined;

async function build(): Promise<string> {
  await locked(async () => {
    const stamp = await stampOfSources();
    if ((await readFile(STAMP, 'utf8').catch(() => '')) === stamp) return;
    const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    // Type errors are the type check's to tell; what is needed here is the output.
    await run(process.execPath, [compiler, '-p', join(ROOT, 'tsconfig.json'), '--outDir', DIST]).catch(() => undefined);
    await writeFile(STAMP, stamp);
  });
  return DIST;
}

/** Folder of the compiled package (what `dist` holds), built when the sources are newer. */
export function builtDist(): Promise<string> {
  built ??= build();
  return built;
}
