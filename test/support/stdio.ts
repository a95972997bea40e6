/**
 * What the tests of process servers share: entries for the servers in `servers/`, and looks at the process table.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { systemRandom } from '../../src/base/random.ts';
import { Redactor, Secret } from '../../src/base/secret.ts';
import type { EffectiveEntry, EffectiveStdio, EntrySettings } from '../../src/core/entry.ts';
import { resolveNumbers } from '../../src/core/numbers.ts';
import type { NumberOverrides } from '../../src/core/numbers.ts';
import type { OpenRequest } from '../../src/core/ports.ts';
import { ProcessHost } from '../../src/transport/process/host.ts';
import type { StdioWorld } from '../../src/transport/stdio.ts';

const SERVERS = join(dirname(fileURLToPath(import.meta.url)), 'servers');

/** Path of a server in `servers/`. */
export function serverFile(name: string): string {
  return join(SERVERS, `${name}.mjs`);
}

/** Path of the program of a published MCP server. */
export function publishedServer(name: 'everything' | 'filesystem' | 'memory'): string {
  const manifest = createRequire(import.meta.url).resolve(`@modelcontextprotocol/server-${name}/package.json`);
  return join(dirname(manifest), 'dist', 'index.js');
}

/** The endpoint that runs a file with this Node. */
export function nodeEndpoint(file: string, args: readonly string[] = []): EffectiveStdio {
  return {
    kind: 'stdio',
    command: process.execPath,
    args: [file, ...args],
    env: {},
    cwd: tmpdir(),
    path: process.env['PATH'] ?? '',
  };
}

/** The endpoint that runs a shell line. */
export function shellEndpoint(line: string): EffectiveStdio {
  return { ...nodeEndpoint(''), command: 'sh', args: ['-c', line] };
}

/** A launcher as npx and uvx are: the server is its child and shares its streams. */
export function launched(name: string): EffectiveStdio {
  return shellEndpoint(`exec 3<&0; "${process.execPath}" "${serverFile(name)}" <&3 & wait`);
}

export function secrets(env: Readonly<Record<string, string>>): Record<string, Secret> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, new Secret(value)]));
}

/** A request to open a session with an endpoint. */
export function openRequest(
  endpoint: EffectiveStdio,
  more: {
    readonly numbers?: NumberOverrides;
    readonly era?: EntrySettings['protocolEra'];
    readonly signal?: AbortSignal;
    readonly rest?: Partial<OpenRequest>;
  } = {},
): OpenRequest {
  const entry: EffectiveEntry = {
    name: 'server',
    source: { client: 'library', scope: 'library', file: '', line: 0, pointer: '' },
    key: 'key',
    endpoint,
    settings: { protocolEra: more.era ?? 'legacy', numbers: {} },
    signIn: 'stdio',
  };
  return {
    entry,
    headers: {},
    numbers: resolveNumbers(more.numbers ?? {}),
    signal: more.signal ?? AbortSignal.timeout(20_000),
    ...more.rest,
  };
}

/** The real world, and a host to be closed at the end of the test. */
export function stdioWorld(): StdioWorld {
  const redactor = new Redactor();
  const world = { clock: systemClock, random: systemRandom, redactor, logger: silentLogger };
  return { ...world, host: new ProcessHost({ ...world, env: process.env, platform: process.platform }) };
}

/** Ids of the processes that run in one of the groups (zombies do not run). */
export function inGroups(...groups: readonly number[]): readonly number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,pgid=,stat='], { encoding: 'utf8' });
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, group, state]) => groups.includes(Number(group)) && !(state ?? 'Z').startsWith('Z'))
    .map(([pid]) => Number(pid));
}

/** Ids of all running descendants of a process that are no guardians and have `word` in their command line. */
export function childrenOf(ancestor: number, word = ''): readonly number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' });
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  const parents = new Map(rows.map(([pid, parent]) => [Number(pid), Number(parent)]));
  const descends = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (parents.get(pid) === ancestor || descends(parents.get(pid)));
  return rows
    .map(([pid, , state = 'Z', ...args]) => ({ pid: Number(pid), state, line: args.join(' ') }))
    .filter(({ pid, state }) => descends(pid) && !state.startsWith('Z'))
    .filter(({ line }) => line.includes(word) && !/holdfast-guardian|^ps |^sleep 0\.1/.test(line))
    .map(({ pid }) => pid);
}

/** Ids of the guardians that an owner has started. */
export function guardiansOf(owner: number): readonly number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, ...args]) => Number(parent) === owner && args.includes('holdfast-guardian'))
    .map(([pid]) => Number(pid));
}

/** Waits until `done` holds, at most `limitMs`; says how long it took. */
export async function until(done: () => boolean, limitMs: number): Promise<number> {
  const start = performance.now();
  while (!done() && performance.now() - start < limitMs) await pause(20);
  return performance.now() - start;
}
