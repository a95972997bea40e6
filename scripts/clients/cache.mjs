/**
 * Installs the clients at their pinned versions, each in a folder of its own that no commit has.
 *
 * @module
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './stage.mjs';

const INSTALL_MS = 600_000;
const NODE = '24.21.0';

async function install(root, name, command, argsFor) {
  const folder = join(root, '.tmp', 'clients', name);
  const done = join(folder, '.complete');
  if (existsSync(done)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const args of argsFor(folder)) {
    const { code, stderr } = await run(args[0] ?? command, args.slice(1), { timeout: INSTALL_MS });
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr.trim().split('\n').at(-1)}`);
  }
  writeFileSync(done, '');
  return folder;
}

/** A package of npm. Its scripts are not run. Gives the folder. */
export function fromNpm(root, name, version) {
  return install(root, `${name.replaceAll(/[@/]/g, '-').replace(/^-/, '')}-${version}`, 'npm', (folder) => [
    ['npm', 'install', '--prefix', folder, `${name}@${version}`, '--ignore-scripts', '--no-audit', '--no-fund'],
  ]);
}

/** A package of PyPI in an environment of its own. Gives its Python. */
export async function fromPyPi(root, name, version) {
  const folder = await install(root, `py-${name}-${version}`, 'python3', (place) => [
    ['python3', '-m', 'venv', place],
    [
      join(place, 'bin', 'python'),
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      `${name}==${version}`,
    ],
  ]);
  return join(folder, 'bin', 'python');
}

/** A Node that is new enough for clients that want 24: this one, or one of npm. */
export async function node24(root) {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const folder = await fromNpm(root, name, NODE);
  return join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}
