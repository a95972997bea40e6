/**
 * Helpers as real shell commands.
 *
 * @module
 */
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runHelper, type HelperOutcome } from '../../src/auth/helper/headers-helper.ts';
import { shellSpawner } from '../../src/auth/helper/shell.ts';
import { systemClock } from '../../src/base/clock.ts';
import { Redactor } from '../../src/base/secret.ts';

let folder = '';
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'holdfast-helper-')));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Options {
  readonly timeoutMs?: number;
  readonly fromProject?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

const PATH = process.env['PATH'] ?? '/usr/bin:/bin';

async function run(command: string, options: Options = {}): Promise<HelperOutcome & { tookMs: number }> {
  const start = performance.now();
  const outcome = await runHelper(
    {
      clock: systemClock,
      redactor: new Redactor(),
      spawn: shellSpawner({ windows: false }),
      baseEnv: { HOME: folder, ...options.env },
    },
    {
      name: 'docs',
      url: 'https://u:CANARY-URL@mcp.example/mcp?key=CANARY-URL',
      helper: { command, cwd: options.cwd ?? folder, ttlMs: 0, fromProject: options.fromProject ?? false, path: PATH },
      numbers: { helperTimeoutMs: options.timeoutMs ?? 10_000, helperOutputBytes: 65_536 },
      signal: options.signal ?? new AbortController().signal,
    },
  );
  return { ...outcome, tookMs: performance.now() - start };
}

const header = (outcome: HelperOutcome, name: string): string | undefined =>
  outcome.ok ? outcome.headers[name]?.reveal() : undefined;

/** Ids that commands wrote into a file of the folder, once there are `count`. */
async function idsIn(file: string, count: number): Promise<readonly number[]> {
  for (;;) {
    const text = await readFile(join(folder, file), 'utf8').catch(() => '');
    const ids = text.split('\n').filter(Boolean).map(Number);
    if (ids.length >= count) return ids;
    await systemClock.sleep(10);
  }
}

async function isGone(id: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => undefined);
    if (stat === undefined || / [ZX] /.test(stat.slice(stat.lastIndexOf(')')))) return true;
    await systemClock.sleep(10);
  }
  return false;
}

describe.skipIf(process.platform === 'win32')('a helper that is a real command', () => {
  test('[helper.folder] [helper.environment] runs in its folder, with the name and the PATH, and without input', async () => {
    const got = await run(`cat; printf '{"A":"%s","B":"%s","C":"%s"}' "$PWD" "$HOLDFAST_SERVER_NAME" "$PATH"`);
    expect(header(got, 'A')).toBe(folder);
    expect(header(got, 'B')).toBe('docs');
    expect(header(got, 'C')).toBe(PATH);
  });

  test('[helper.project] of a project file sees no variable that looks like a secret, in its own dump of them', async () => {
    const env = { MY_TOKEN: 'CANARY', DB_PASSWORD: 'CANARY', apiKey: 'CANARY', GH_PAT: 'CANARY', PLAIN: 'plain' };
    const dump = `printf '{"A":"%s"}' "$(env | tr '\\n' ' ' | tr -d '"\\\\')"`;
    const shown = header(await run(dump, { env, fromProject: true }), 'A') ?? '';
    expect(shown).toContain('PLAIN=plain');
    expect(shown).toContain('HOLDFAST_SERVER_URL=https://mcp.example/mcp?key= ');
    expect(shown).not.toContain('CANARY');
    expect(header(await run(dump, { env }), 'A')).toContain('MY_TOKEN=CANARY');
  });

  test.each([
    ['exit 7', 'helper-failed', 'it ended with exit code 7'],
    ['no-such-command-at-all', 'helper-failed', 'it ended with exit code 127'],
    ['kill -SEGV $$', 'helper-failed', 'it was ended by SIGSEGV'],
    ['echo hello', 'helper-bad-output', 'stdout is not one JSON object; messages for people belong on stderr'],
    ['head -c 1000000000 /dev/zero', 'helper-bad-output', 'it printed more than 65536 bytes on stdout'],
    ['yes', 'helper-bad-output', 'it printed more than 65536 bytes on stdout'],
  ])('[helper.output] "%s" is %s within a second', async (command, reason, detail) => {
    const got = await run(command);
    expect(got).toMatchObject({ ok: false, fault: { reason, detail } });
    expect(got.tookMs).toBeLessThan(1_000);
  });

  test('in a folder that is missing is a failure', async () => {
    const got = await run('echo "{}"', { cwd: join(folder, 'missing') });
    expect(got).toMatchObject({ ok: false, fault: { reason: 'helper-failed' }, run: { exitCode: null } });
  });

  test('with a command that no process can be given is a failure', async () => {
    expect(await run('echo \u0000')).toMatchObject({ ok: false, fault: { reason: 'helper-failed' } });
  });

  test('that floods stderr keeps working, and its last words are kept', async () => {
    const before = process.memoryUsage().rss;
    const got = await run(`head -c 100000000 /dev/zero | tr '\\0' 'x' >&2; echo >&2; echo last >&2; echo '{"A":"b"}'`);
    expect(header(got, 'A')).toBe('b');
    expect(got.run.stderr).toEqual(['last']);
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  test('[numbers.helper] that hangs is ended at its limit with everything it started', async () => {
    const stubborn = `trap '' TERM HUP; (trap '' TERM HUP; sh -c 'echo $$ >>hang; exec sleep 600') & echo $$ >>hang; wait`;
    const got = await run(stubborn, { timeoutMs: 700 });
    expect(got).toMatchObject({ ok: false, fault: { reason: 'helper-timeout' } });
    expect(got.tookMs).toBeGreaterThan(690);
    expect(got.tookMs).toBeLessThan(1_500);
    for (const id of await idsIn('hang', 2)) expect(await isGone(id)).toBe(true);
  });

  test('that is given up is ended with everything it started', async () => {
    const abort = new AbortController();
    const outcome = run(`sh -c 'echo $$ >>given-up; exec sleep 600' & echo $$ >>given-up; wait`, {
      signal: abort.signal,
    });
    const ids = await idsIn('given-up', 2);
    abort.abort();
    expect(await outcome).toMatchObject({ ok: false, fault: { reason: 'helper-timeout' } });
    for (const id of ids) expect(await isGone(id)).toBe(true);
  });

  test('that leaves a process behind gives its headers at once, and the process is ended', async () => {
    const got = await run(`sh -c 'echo $$ >>left; exec sleep 600' & while [ ! -s left ]; do :; done; echo '{"A":"b"}'`);
    expect(header(got, 'A')).toBe('b');
    expect(got.tookMs).toBeLessThan(2_000);
    for (const id of await idsIn('left', 1)) expect(await isGone(id)).toBe(true);
  });

  test('that leaves a process outside its group on its output is waited for half a second, not longer', async () => {
    const got = await run(`setsid sleep 3 & sleep 0.1; echo '{"A":"b"}'`);
    expect(header(got, 'A')).toBe('b');
    expect(got.tookMs).toBeLessThan(2_000);
  });
});
