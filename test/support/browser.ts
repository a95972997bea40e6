/**
 * A real Chromium for tests that need one: the one named by `CHROME_PATH`, one that is installed, one that Playwright has
 * fetched, else the one that comes with the development dependencies. There is always one, or the test fails.
 *
 * @module
 */
import { access, chmod, constants, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

/** A browser program, and where it came from. */
export interface BrowserProgram {
  readonly path: string;
  readonly from: 'CHROME_PATH' | 'PATH' | 'playwright' | 'package';
}

/** A browser that runs. */
export interface LaunchedBrowser extends BrowserProgram {
  readonly browser: Browser;
  readonly version: string;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCRATCH = join(ROOT, '.tmp');

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function firstExecutable(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await isExecutable(path)) return path;
  return undefined;
}

/** Browsers in Playwright's cache, the newest first. */
async function fetchedByPlaywright(): Promise<readonly string[]> {
  const cache = process.env['PLAYWRIGHT_BROWSERS_PATH'] ?? join(homedir(), '.cache', 'ms-playwright');
  const folders = await readdir(cache).catch(() => []);
  const builds = folders.filter((name) => /^chromium(?:_headless_shell)?-\d+$/.test(name)).toSorted();
  return builds.toReversed().flatMap((name) => {
    const programs = ['chrome-linux/chrome', 'chrome-linux64/chrome', 'chrome-linux/headless_shell'];
    return programs.map((program) => join(cache, name, program));
  });
}

/**
 * The browser of the package `@sparticuz/chromium`, unpacked once. The package would unpack into the shared folder for
 * temporary files, in place; here it is a folder of our own that appears whole.
 */
async function fromPackage(): Promise<string> {
  const facts = await readFile(join(ROOT, 'node_modules/@sparticuz/chromium/package.json'), 'utf8');
  const { version } = JSON.parse(facts) as { version: string };
  const home = join(SCRATCH, `chromium-${version}`);
  const program = join(home, 'chromium');
  if (await isExecutable(program)) return program;
  await mkdir(SCRATCH, { recursive: true });
  const unpacking = await mkdtemp(`${home}-`);
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = unpacking;
  try {
    const { default: packed } = await import('@sparticuz/chromium');
    await packed.executablePath();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
  await chmod(unpacking, 0o755);
  // Another test may have been quicker; then its folder is as good.
  await rename(unpacking, home).catch(() => rm(unpacking, { recursive: true, force: true }));
  return program;
}

/** The browser to use. Errors: when `CHROME_PATH` names none, or the package cannot be unpacked. */
export async function findBrowser(): Promise<BrowserProgram> {
  const named = process.env['CHROME_PATH'];
  if (named !== undefined && named !== '') {
    if (await isExecutable(named)) return { path: named, from: 'CHROME_PATH' };
    throw new Error(`CHROME_PATH names ${named}, which cannot be run`);
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const installed = await firstExecutable(folders.flatMap((folder) => NAMES.map((name) => join(folder, name))));
  if (installed !== undefined) return { path: installed, from: 'PATH' };
  const fetched = await firstExecutable(await fetchedByPlaywright());
  if (fetched !== undefined) return { path: fetched, from: 'playwright' };
  return { path: await fromPackage(), from: 'package' };
}

/** Starts the browser without a window and says which one it is. Who launches it closes it. Never skips: no browser is an error. */
export async function launchBrowser(): Promise<LaunchedBrowser> {
  const program = await findBrowser();
  const browser = await chromium.launch({
    executablePath: program.path,
    headless: true,
    // Tests run as root in containers, where the sandbox of Chromium cannot; they load pages of this machine only.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-zygote'],
  });
  console.log(`Chromium ${browser.version()} from ${program.from}: ${program.path}`);
  return { ...program, browser, version: browser.version() };
}
