/**
 * Builds `dist/` with the compiler, into a folder of its own that then takes the place of the old one: builds that run at
 * once do not disturb each other, and nobody ever sees half a build. Does nothing when the sources are unchanged.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const STAMP = '.build-stamp';

/** Hash over everything that decides the output. */
function stampOf() {
  const hash = createHash('sha256');
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  for (const file of [
    ...sources,
    ...['scripts/build.mjs', 'tsconfig.json', 'package.json', 'package-lock.json'].map((name) => join(root, name)),
  ])
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

const builtStamp = () => (existsSync(join(dist, STAMP)) ? readFileSync(join(dist, STAMP), 'utf8') : undefined);

/** Puts `built` at the place of `dist`. A rename over a folder that is not empty fails, so the old one steps aside first. */
function swapIn(built, stamp) {
  const aside = mkdtempSync(join(root, '.tmp-dist-old-'));
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      if (existsSync(dist)) renameSync(dist, join(aside, String(tries)));
      renameSync(built, dist);
      break;
    } catch (error) {
      // Another build was quicker between the two renames.
      if (builtStamp() === stamp) break;
      if (tries === 49) throw error;
    }
  }
  rmSync(aside, { recursive: true, force: true });
}

/** What `holdfast status` loads when a daemon runs: with all that they import they become one file. */
const START = [
  'main',
  'daemon-port',
  'assemble',
  'cli/commands/status',
  'cli/table/look',
  'config/view',
  'system/facts',
];

/** What the menu loads beside that: one file more. */
const MENU = ['menu-port', 'cli/commands/menu', 'cli/ascii'];

/** A text of one byte a character is read and compiled in two thirds of the time. Only strings hold others. */
const inAscii = (code) =>
  code.replaceAll(/[^\0-\x7F]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The licences of the packages whose code is in the bundle, as those ask for. */
function licensesOf(modules) {
  const packages = modules.map((id) => /^(.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+)[/\\]/.exec(id)?.[1]);
  const found = [...new Set(packages.filter((path) => path !== undefined))].map((path) => {
    const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    const file = readdirSync(path).find((entry) => /^licen[cs]e/i.test(entry));
    const text =
      file === undefined
        ? `No file of it; its package says: ${license}`
        : readFileSync(join(path, file), 'utf8').trim();
    return `${name} ${version}\n\n${text}\n`;
  });
  if (found.length === 0) throw new Error('the bundle has no code of packages');
  const rule = `\n${'-'.repeat(80)}\n\n`;
  return `The files bin*.cjs hold code of these packages.\n${rule}${found.toSorted().join(rule)}`;
}

/**
 * The program as few CommonJS files beside the modules: the loader of modules costs about a millisecond a file, and a
 * command starts more often than anything else. The library and the daemon use the modules as they are.
 */
async function bundle(folder) {
  const pathsOf = (names) => new Set(names.map((name) => join(folder, ...`${name}.js`.split('/'))));
  const start = pathsOf(START);
  const menu = pathsOf(MENU);
  const menuFolder = join(folder, 'menu', '/');
  const build = await rolldown({
    input: { bin: join(folder, 'bin.js') },
    platform: 'node',
    resolve: { mainFields: ['module', 'main'] },
    external: [/^node:/, 'undici', 'cross-spawn', 'ipaddr.js', '@opentelemetry/api'],
    logLevel: 'warn',
    // The start is one file on purpose, whoever imports its parts in which way.
    checks: { ineffectiveDynamicImport: false },
  });
  // Beside the modules, because the program looks for its files from its own folder.
  const { output } = await build.write({
    dir: folder,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'bin-[name]-[hash].cjs',
    codeSplitting: {
      groups: [
        { name: 'start', test: (id) => start.has(id) || id.includes('rolldown/runtime') },
        { name: 'menu', test: (id) => menu.has(id) || id.startsWith(menuFolder) },
      ],
    },
    externalLiveBindings: false,
    comments: { jsdoc: false },
  });
  await build.close();
  writeFileSync(join(folder, 'bin.licenses.txt'), licensesOf(output.flatMap((chunk) => chunk.moduleIds ?? [])));
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.cjs'))) {
    const file = join(folder, name);
    writeFileSync(file, inAscii(readFileSync(file, 'utf8')));
  }
}

const stamp = stampOf();
if (builtStamp() === stamp && !process.argv.includes('--force')) process.exit(0);

const built = mkdtempSync(join(root, '.tmp-dist-'));
try {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const run = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.json'), '--outDir', built], {
    cwd: root,
    stdio: 'inherit',
  });
  if (run.status !== 0) process.exitCode = run.status ?? 1;
  else {
    await bundle(built);
    for (const name of ['bin.js', 'bin.cjs']) chmodSync(join(built, name), 0o755);
    writeFileSync(join(built, STAMP), stamp);
    chmodSync(built, 0o755);
    swapIn(built, stamp);
  }
} finally {
  rmSync(built, { recursive: true, force: true });
}
