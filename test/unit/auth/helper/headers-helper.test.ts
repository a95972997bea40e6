/**
 * One run of a helper over a scripted shell and a virtual clock.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { runHelper, type HelperOutcome } from '../../../../src/auth/helper/headers-helper.ts';
import { Redactor } from '../../../../src/base/secret.ts';
import { createVirtualClock } from '../../../../src/testing/virtual-clock.ts';
import { scriptedShell, type ScriptedRun } from '../../../support/helper-shell.ts';

function start(script: (run: ScriptedRun) => void) {
  const clock = createVirtualClock();
  const abort = new AbortController();
  const { spawn, runs } = scriptedShell(script);
  const deps = { clock, redactor: new Redactor(), spawn, baseEnv: { HOME: '/home/u', MY_TOKEN: 'ENV-CANARY' } };
  const outcome = runHelper(deps, {
    name: 'docs',
    url: 'https://mcp.example/mcp',
    helper: { command: 'make-headers --now', cwd: '/project', ttlMs: 0, fromProject: false, path: '/bin' },
    numbers: { helperTimeoutMs: 10_000, helperOutputBytes: 65_536 },
    signal: abort.signal,
  });
  return { clock, abort, outcome, runs };
}

async function ended(script: (run: ScriptedRun) => void): Promise<HelperOutcome> {
  return start(script).outcome;
}

describe('a headersHelper', () => {
  test('[helper.folder] [helper.output] runs in its folder and gives the headers it printed, in pieces too', async () => {
    const { outcome, runs, clock } = start((run) => {
      run.out('{"X-Api-Key":');
      run.out('"CANARY-1"}');
      run.exit();
    });
    const got = await outcome;
    expect(got).toMatchObject({ ok: true, run: { exitCode: 0, headerNames: ['X-Api-Key'], outcome: 'ok' } });
    expect(got.ok && got.headers['X-Api-Key']?.reveal()).toBe('CANARY-1');
    expect(runs[0]?.spec).toMatchObject({ command: 'make-headers --now', cwd: '/project', env: { PATH: '/bin' } });
    expect(runs[0]?.killed).toBe(true);
    expect(clock.pending).toBe(0);
    expect(JSON.stringify(got)).not.toContain('CANARY');
  });

  test.each<[string, (run: ScriptedRun) => void, string, string]>([
    ['a non-zero end', (run) => run.exit({ code: 3 }), 'helper-failed', 'it ended with exit code 3'],
    [
      'good output and a non-zero end',
      (run) => {
        run.out('{"A":"CANARY-1"}');
        run.exit({ code: 1 });
      },
      'helper-failed',
      'it ended with exit code 1',
    ],
    ['a signal', (run) => run.exit({ code: null, signal: 'SIGSEGV' }), 'helper-failed', 'it was ended by SIGSEGV'],
    [
      'a folder that is missing',
      (run) => run.exit({ code: null, errno: 'ENOENT' }),
      'helper-failed',
      'it could not be started (ENOENT); its folder may be missing',
    ],
    ['no output', (run) => run.exit(), 'helper-bad-output', 'it printed nothing on stdout'],
    [
      'too much output',
      (run) => run.out('CANARY-1'.repeat(10_000)),
      'helper-bad-output',
      'it printed more than 65536 bytes on stdout',
    ],
    [
      'too much output at the very end',
      (run) => {
        run.exit();
        run.out('x'.repeat(65_537));
      },
      'helper-bad-output',
      'it printed more than 65536 bytes on stdout',
    ],
  ])('[helper.output] with %s is a fault', async (_what, script, reason, detail) => {
    const got = await ended(script);
    expect(got).toMatchObject({ ok: false, fault: { reason, detail }, run: { outcome: reason, headerNames: [] } });
    expect(JSON.stringify(got)).not.toContain('CANARY');
  });

  test('[numbers.helper] [helper.output] that does not end is ended after 10 s, and told as a time-out', async () => {
    const { outcome, clock, runs } = start((run) => run.out('{"A":"b"}'));
    await clock.advance(9_999);
    expect(runs[0]?.killed).toBe(false);
    await clock.advance(1);
    expect(runs[0]?.killed).toBe(true);
    expect(await outcome).toMatchObject({
      ok: false,
      fault: { reason: 'helper-timeout', detail: 'it did not end within 10000 ms' },
      run: { exitCode: null, durationMs: 10_000 },
    });
  });

  test('is ended with the try that wanted it', async () => {
    const { outcome, abort, runs } = start(() => undefined);
    abort.abort();
    expect(await outcome).toMatchObject({ ok: false, fault: { reason: 'helper-timeout' } });
    expect(runs[0]?.killed).toBe(true);
  });

  test('is not waited for when something outside its group keeps its output open', async () => {
    const { spawn } = scriptedShell((run) => {
      run.out('{"A":"b"}');
      run.exit();
    });
    const clock = createVirtualClock();
    let released = false;
    const outcome = runHelper(
      {
        clock,
        redactor: new Redactor(),
        baseEnv: {},
        spawn: (spec, sink) => ({
          ...spawn(spec, sink),
          drained: new Promise(() => undefined),
          release: () => {
            released = true;
          },
        }),
      },
      {
        name: 'docs',
        url: 'https://mcp.example/',
        helper: { command: 'x', cwd: '/', ttlMs: 0, fromProject: false, path: '' },
        numbers: { helperTimeoutMs: 10_000, helperOutputBytes: 65_536 },
        signal: new AbortController().signal,
      },
    );
    await clock.settle();
    await clock.advance(500);
    expect(await outcome).toMatchObject({ ok: true });
    expect(released).toBe(true);
  });

  test('[security.canaries] shows its stderr without what it printed and without secrets of the environment', async () => {
    const got = await ended((run) => {
      run.err('+ printf OUT-CANARY\nMY_TOKEN is ENV-CANARY\nlast words\n');
      run.out('{"A":"OUT-CANARY"}');
      run.exit({ code: 9 });
    });
    expect(got.run.stderr).toEqual(['+ printf [secret]', 'MY_TOKEN is [secret]', 'last words']);
    expect(got).toMatchObject({ fault: { exit: { code: 9, stderr: got.run.stderr } } });
  });
});
