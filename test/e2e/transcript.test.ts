/**
 * The transcript in README.md is what the program prints: the world in it is made here, and looked at.
 * HOLDFAST_WRITE_DOCS=1 writes it.
 *
 * @module
 */
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { follow } from '../../scripts/proof/newcomer/follow.mjs';
import { mountSignIn, startAuthServer, startFaultServer, status, unauthorized } from '../../src/testing/index.ts';
import type { AuthServer, FaultServer } from '../../src/testing/index.ts';
import { builtDist } from '../support/build.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';
import { ROOT } from '../support/source-scan.ts';

const README = join(ROOT, 'README.md');
const BLOCK = /(<!-- transcript -->\s*```text\n)([\s\S]*?)(```)/;

let servers: FaultServer;
let signIns: AuthServer;
let place: Place;
let env: Record<string, string>;

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** A person's files, as they grow. */
async function settle(): Promise<void> {
  const files = dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/server-filesystem/package.json'));
  const http = (url: string, more: object = {}): object => ({ type: 'http', url, ...more });
  await writeFile(
    join(place.home, '.claude.json'),
    pretty({
      mcpServers: {
        files: { command: process.execPath, args: [join(files, 'dist', 'index.js'), place.project] },
        notion: http(mountSignIn(servers, '/notion').url),
        tracker: http(signIns.url),
        wiki: http(servers.mount('/wiki', unauthorized('Bearer')).url, { headers: { 'X-Key': 'stale' } }),
        old: { ...http(servers.mount('/old', status(200)).url), disabled: true },
      },
    }),
  );
  await writeFile(
    join(place.project, '.mcp.json'),
    pretty({
      mcpServers: { notes: { command: 'notes-server' }, staging: http(servers.mount('/staging', status(404)).url) },
    }),
  );
}

beforeAll(async () => {
  servers = await startFaultServer();
  signIns = await startAuthServer({ resources: { '/mcp': {} } });
  place = await makePlace();
  await settle();
  const bin = join(place.home, 'bin');
  await mkdir(bin);
  const program = join(await builtDist(), 'bin.js');
  await chmod(program, 0o755);
  await symlink(program, join(bin, 'holdfast'));
  env = { ...place.env, PATH: `${bin}:${place.env['PATH'] ?? ''}` };
});
afterAll(async () => {
  await place.run(['daemon', 'stop']);
  await place.remove();
  await signIns.close();
  await servers.close();
});

/** What differs from run to run, made the same: process ids and ages. */
function steady(text: string): string {
  return text
    .replace(/daemon pid \d+/, 'daemon pid 25346')
    .replaceAll(/(?<=\s)(?:now|\d+s|\d+m)(?=\s+\S+ \(\w+\)$)/gm, (age) => '5s'.padEnd(age.length))
    .replaceAll(/[ \t]+$/gm, '');
}

test('[docs.transcript] README.md shows what the program prints', async () => {
  expect((await place.run(['daemon', 'start'], { env })).code).toBe(0);
  expect(await follow('tracker', { cwd: place.project, env })).toMatchObject({ connected: true });
  const asked = await place.run(['approve', 'staging'], { env });
  const [, hash = ''] = /--hash ([\da-f]+)/.exec(asked.stderr) ?? [];
  await place.run(['approve', 'staging', '--hash', hash], { env });
  await place.run(['status', '--wait', '10s'], { env });
  const { stdout } = await place.run(['status'], { env });
  // The program is typed by its name: it lies in the PATH under it.
  const typed = stdout.replaceAll(/node \S+bin\.js/g, 'holdfast');
  const made = steady(`$ holdfast status\n${typed}`);
  const readme = await readFile(README, 'utf8');
  if (process.env['HOLDFAST_WRITE_DOCS'] === '1') await writeFile(README, readme.replace(BLOCK, `$1${made}$3`));
  expect(BLOCK.exec(await readFile(README, 'utf8'))?.[2]).toBe(made);
});
