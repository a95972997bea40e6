/**
 * A person's machine with every kind of server on it, a daemon, and `holdfast ui` in a terminal: what the tests of the page, and
 * its pictures, look at.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { startDemoFleet } from '../../src/demo/demo-fleet.ts';
import { startFaultServer } from '../../src/testing/fault-server.ts';
import { requireHeader } from '../../src/testing/compose.ts';
import { mcpServer } from '../../src/testing/mcp-server.ts';
import { startRefusingPort } from '../../src/testing/ports.ts';
import { builtDist } from './build.ts';
import { makePlace } from './cli.ts';
import type { Place } from './cli.ts';
import { startOidcProvider } from './oidc-provider.ts';
import type { OidcWorld } from './oidc-provider.ts';

/** A terminal in which `holdfast ui` runs. */
export interface UiTerminal {
  readonly origin: string;
  /** The address that opens the page, once. */
  readonly opening: string;
  /** Everything it has printed beside that address. */
  said(): string;
  /** Waits until it shows a code, and gives it. */
  code(): Promise<string>;
  /** Waits for its end; the exit code. */
  ended(): Promise<number | null>;
  /** Ctrl-C; the exit code. */
  interrupt(): Promise<number | null>;
}

/** The machine. */
export interface PageWorld {
  readonly place: Place;
  readonly oidc: OidcWorld;
  /** An address at which nothing is. */
  readonly goneUrl: string;
  /** Types `holdfast ui --print …` */
  ui(...more: readonly string[]): Promise<UiTerminal>;
  /** Changes the entry of the project that waits for approval. */
  changeProject(args: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const LIMIT_MS = 20_000;

async function until<T>(look: () => T | undefined, what: () => string): Promise<T> {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`never came: ${what()}`);
    await pause(25);
  }
}

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
  });
}

async function startUi(place: Place, more: readonly string[]): Promise<UiTerminal> {
  const child = spawn(process.execPath, [join(place.home, 'holdfast'), 'ui', '--print', ...more], {
    cwd: place.project,
    env: place.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const opening = await until(
    () =>
      /^http:\S+$/m.exec(out)?.[0] ?? (child.exitCode === null ? undefined : `ended with ${child.exitCode}: ${err}`),
    () => `the address; it said ${err}`,
  );
  if (!opening.startsWith('http:')) throw new Error(opening);
  let taken = 0;
  return {
    origin: new URL(opening).origin,
    opening,
    said: () => err,
    code: () =>
      until(
        () => {
          const codes = [...err.matchAll(/code there: (\d{3} \d{3})/g)];
          if (codes.length <= taken) return undefined;
          taken = codes.length;
          return codes.at(-1)?.[1];
        },
        () => `a code; it said ${err}`,
      ),
    ended: () => ended(child),
    interrupt: () => {
      child.kill('SIGINT');
      return ended(child);
    },
  };
}

/** Sets it up. Who starts it closes it. */
export async function startPageWorld(): Promise<PageWorld> {
  const dist = await builtDist();
  const stdioServer = join(dist, 'testing', 'stdio-server.js');
  const [place, demo, oidc, faults, refusing] = await Promise.all([
    makePlace(),
    startDemoFleet({ node: process.execPath, program: stdioServer }),
    startOidcProvider(),
    startFaultServer(),
    startRefusingPort(),
  ]);
  const { mcpServers } = JSON.parse(await readFile(demo.configFile, 'utf8')) as {
    mcpServers: Record<string, { url?: string }>;
  };
  const helper = join(place.home, 'team-token.sh');
  await writeFile(
    helper,
    '#!/bin/sh\necho "asking the team vault" >&2\nprintf \'{"X-Team-Key": "right-key-of-the-team"}\'\n',
  );
  await chmod(helper, 0o755);
  const good = mcpServer({ name: 'team', era: 'legacy' });
  const key = faults.mount(
    '/team',
    requireHeader({ name: 'x-team-key', value: 'right-key-of-the-team' }, good.behaviour),
  ).url;
  await mkdir(join(place.home, '.config', 'holdfast'), { recursive: true, mode: 0o700 });
  await writeFile(
    join(place.home, '.config', 'holdfast', 'servers.json'),
    JSON.stringify({ mcpServers: { ...mcpServers, notes: { type: 'http', url: oidc.url } } }, undefined, 2),
  );
  const claude = {
    mcpServers: {
      'team-vault': { type: 'http', url: key, headersHelper: helper },
      'old-key': { type: 'http', url: key, headers: { 'X-Team-Key': 'a-key-of-last-year' } },
      'not-started': { type: 'http', url: refusing.url },
    },
  };
  await writeFile(join(place.home, '.claude.json'), JSON.stringify(claude, undefined, 2));
  // Short names, as a person would have them.
  await symlink(join(dist, 'bin.js'), join(place.home, 'holdfast'));
  await writeFile(join(place.project, 'server.mjs'), `import ${JSON.stringify(pathToFileURL(stdioServer).href)};\n`);
  const changeProject = (args: readonly string[]): Promise<void> =>
    writeFile(
      join(place.project, '.mcp.json'),
      JSON.stringify({ mcpServers: { database: { command: 'node', args: ['server.mjs', ...args] } } }, undefined, 2),
    );
  await changeProject(['--name', 'database']);
  await place.run(['daemon', 'start']);
  const terminals: UiTerminal[] = [];
  return {
    place,
    oidc,
    goneUrl: mcpServers['gone']?.url ?? '',
    ui: async (...more) => {
      const terminal = await startUi(place, ['--port', '0', ...more]);
      terminals.push(terminal);
      return terminal;
    },
    changeProject,
    async close() {
      await Promise.all(terminals.map((terminal) => terminal.interrupt()));
      await place.run(['daemon', 'stop']);
      await Promise.all([demo.close(), oidc.close(), faults.close(), refusing.close()]);
      await place.remove();
    },
  };
}
