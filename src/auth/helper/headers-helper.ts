/**
 * One run of a headersHelper: the shell command whose stdout gives the headers (BEHAVIOUR §6).
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import type { Redactor, Secret } from '../../base/secret.ts';
import type { HelperSpec } from '../../core/entry.ts';
import type { Fault } from '../../core/fault.ts';
import type { Numbers } from '../../core/numbers.ts';
import type { HelperRun } from '../../core/ports.ts';
import { capture, type Captured } from './capture.ts';
import { helperEnvironment, type Environment } from './environment.ts';
import { parseHelperOutput } from './output.ts';
import { lastLines } from './stderr.ts';
import { looksSecret } from './secret-names.ts';
import type { ShellExit, SpawnShell } from './shell.ts';

/** The world of a helper. */
export interface HelperDeps {
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly spawn: SpawnShell;
  /** The owner's environment. */
  readonly baseEnv: Environment;
}

/** Which helper, for which server, within which limits. */
export interface HelperAsk {
  readonly name: string;
  readonly url: string;
  readonly helper: HelperSpec;
  readonly numbers: Pick<Numbers, 'helperTimeoutMs' | 'helperOutputBytes'>;
  /** Ends the run, and everything that it started, at once. */
  readonly signal: AbortSignal;
}

/** The headers or the fault, and the run for people to look at. */
export type HelperOutcome =
  | { readonly ok: true; readonly headers: Readonly<Record<string, Secret>>; readonly run: HelperRun }
  | { readonly ok: false; readonly fault: Fault; readonly run: HelperRun };

/** Runs the helper once. Never throws. Whatever the outcome, nothing that the command started is left in its group. */
export async function runHelper(deps: HelperDeps, ask: HelperAsk): Promise<HelperOutcome> {
  const at = deps.clock.now();
  const start = deps.clock.monotonic();
  const env = helperEnvironment({ ...ask, base: deps.baseEnv, redactor: deps.redactor });
  const { command, cwd } = ask.helper;
  const captured = await capture(deps, { command, cwd, env }, ask);
  const judged = judge(captured, deps.redactor, ask.numbers);
  const stderr = lastLines(captured.stderr, {
    redactor: deps.redactor,
    stdout: captured.stdout,
    secrets: secretsOf(env),
  });
  const exit = typeof captured.ending === 'string' ? { code: null, signal: null } : captured.ending;
  const run: HelperRun = {
    at,
    durationMs: deps.clock.monotonic() - start,
    exitCode: exit.code,
    headerNames: judged.ok ? Object.keys(judged.headers) : [],
    stderr,
    outcome: judged.ok ? 'ok' : judged.reason,
  };
  if (judged.ok) return { ok: true, headers: judged.headers, run };
  const { reason, detail } = judged;
  return { ok: false, fault: { reason, detail, exit: { code: exit.code, signal: exit.signal, stderr } }, run };
}

type Refusal = Exclude<HelperRun['outcome'], 'ok'>;
type Judged =
  | { readonly ok: true; readonly headers: Readonly<Record<string, Secret>> }
  | { readonly ok: false; readonly reason: Refusal; readonly detail: string };

function refuse(reason: Refusal, detail: string): Judged {
  return { ok: false, reason, detail };
}

function judge({ ending, stdout }: Captured, redactor: Redactor, numbers: HelperAsk['numbers']): Judged {
  if (ending === 'late') return refuse('helper-timeout', `it did not end within ${numbers.helperTimeoutMs} ms`);
  if (ending === 'aborted') return refuse('helper-timeout', 'it was ended before it answered');
  if (ending === 'too-much')
    return refuse('helper-bad-output', `it printed more than ${numbers.helperOutputBytes} bytes on stdout`);
  if (ending.code !== 0) return refuse('helper-failed', exitText(ending));
  const output = parseHelperOutput(stdout, redactor);
  return output.ok ? output : refuse('helper-bad-output', output.problem);
}

function exitText({ code, signal, errno }: ShellExit): string {
  if (errno !== undefined) return `it could not be started (${errno}); its folder may be missing`;
  return code === null ? `it was ended by ${signal ?? 'a signal'}` : `it ended with exit code ${code}`;
}

/** The environment's secrets: a helper that prints its environment must not show them. */
function secretsOf(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(env)
    .filter(([name]) => looksSecret(name))
    .map(([, value]) => value);
}
