/**
 * One running server process with its group: how it ends, how it is ended, and what it said on stderr.
 *
 * @module
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Clock } from '../../base/clock.ts';
import type { Redactor } from '../../base/secret.ts';
import type { ProcessExit } from '../../core/fault.ts';
import type { Numbers } from '../../core/numbers.ts';
import type { StderrLine } from '../../core/ports.ts';
import type { ProcessControl } from './group.ts';
import type { Guard } from './guardian.ts';
import { LineRing } from './ring.ts';

/** How long pipes may still bring something after the process ended: a grandchild can hold them open for ever. */
const DRAIN_MS = 250;
/** How long a process may live on after its stdout or stdin broke, before it is ended. */
const BROKEN_MS = 1_000;
/** How long a group may take to vanish after KILL. */
const VANISH_MS = 1_000;
/** First and longest wait between two looks at a group that is being ended. */
const FIRST_LOOK_MS = 10;
const LONGEST_LOOK_MS = 100;
/** stderr lines that an exit report carries. */
const REPORTED_LINES = 20;

/** What a process needs of the world. */
export interface ProcessDeps {
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly control: ProcessControl;
  readonly guard: Guard;
  readonly numbers: Pick<Numbers, 'stdinGraceMs' | 'termGraceMs' | 'stderrBytes'>;
}

/** A process that was started, until nothing of its group runs any more. */
export class ServerProcess {
  /** Process id; on POSIX also the id of the group. */
  readonly pid: number;
  /**
   * Resolves when the process itself has ended (its `exit`, never the `close` of its pipes) and what it last wrote was
   * read. The rest of its group may live for a moment longer.
   */
  readonly ended: Promise<ProcessExit>;
  /** Resolves when nothing of the group runs any more. */
  readonly cleared: Promise<void>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #deps: ProcessDeps;
  readonly #ring: LineRing;
  readonly #exited: Promise<void>;
  #exitKnown: () => void = () => {};
  #asked = false;
  #died = false;
  #clearing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(child: ChildProcessWithoutNullStreams, pid: number, deps: ProcessDeps) {
    this.#child = child;
    this.pid = pid;
    this.#deps = deps;
    this.#ring = new LineRing(deps.numbers.stderrBytes, deps.clock);
    // Drained from the first moment: an unread pipe would stop the server.
    child.stderr.on('data', (chunk: Buffer) => this.#ring.push(chunk));
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
    child.stdin.on('error', () => this.#broken());
    child.stdout.on('end', () => this.#broken());
    this.#exited = new Promise((resolve) => {
      this.#exitKnown = resolve;
    });
    const over = (): void => {
      this.#died = !this.#asked;
      this.#exitKnown();
    };
    if (this.#isOver()) over();
    else child.once('exit', over);
    this.ended = this.#exited.then(() => this.#end());
    this.cleared = this.#exited.then(() => this.#finish());
  }

  get stdin(): ChildProcessWithoutNullStreams['stdin'] {
    return this.#child.stdin;
  }

  get stdout(): ChildProcessWithoutNullStreams['stdout'] {
    return this.#child.stdout;
  }

  /** It ended, or broke off the conversation, although nobody had asked it to. */
  get diedByItself(): boolean {
    return this.#died;
  }

  /** Last stderr lines, redacted. */
  stderr(): readonly StderrLine[] {
    return this.#ring.lines(this.#deps.redactor);
  }

  /**
   * Ends the process and its group: end of stdin, after `stdinGraceMs` TERM, after `termGraceMs` KILL (MCP 2025-11-25,
   * lifecycle, shutdown). Resolves when nothing of the group runs any more. Idempotent, never rejects.
   */
  close(): Promise<void> {
    this.#asked = true;
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (!this.#isOver()) {
      this.#child.stdin.end();
      await this.#exitedWithin(this.#deps.numbers.stdinGraceMs);
    }
    await this.#clear();
    await this.cleared;
  }

  #isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** After `exit`: the pipes are read to their end, but not for ever. Meanwhile the rest of the group is ended. */
  async #end(): Promise<ProcessExit> {
    await this.#drained();
    return {
      code: this.#child.exitCode,
      signal: this.#child.signalCode,
      stderr: this.stderr()
        .slice(-REPORTED_LINES)
        .map(({ text }) => text),
    };
  }

  async #finish(): Promise<void> {
    await this.#clear();
    await this.ended;
    // A process that left the group may still hold the other ends.
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream.destroy();
  }

  async #drained(): Promise<void> {
    const open = [this.#child.stdout, this.#child.stderr].filter(
      (stream) => !stream.readableEnded && !stream.destroyed,
    );
    const ends = open.map(
      (stream) =>
        new Promise<void>((resolve) => {
          stream.once('close', resolve);
        }),
    );
    await this.#within(DRAIN_MS, Promise.all(ends));
  }

  /** TERM to the group, KILL where that was not enough, and the guardian told that it is over. Runs once. */
  #clear(): Promise<void> {
    this.#clearing ??= this.#clearGroup();
    return this.#clearing;
  }

  async #clearGroup(): Promise<void> {
    const { control, guard, numbers } = this.#deps;
    // Asked before anything is signalled: the id of a group that is gone may be somebody else's tomorrow.
    if (await this.#alive()) {
      control.signal(this.pid, 'SIGTERM');
      if (!(await this.#gone(numbers.termGraceMs))) {
        control.signal(this.pid, 'SIGKILL');
        await this.#gone(VANISH_MS);
      }
    }
    guard.remove(this.pid);
    // A process that not even KILL ends at once (it hangs in the kernel) is not waited for.
    this.#exitKnown();
  }

  /** A look at the process table costs; while the leader runs there is no need of it. */
  #alive(): Promise<boolean> {
    return this.#isOver() ? this.#deps.control.alive(this.pid) : Promise.resolve(true);
  }

  async #gone(withinMs: number): Promise<boolean> {
    const { clock } = this.#deps;
    const last = clock.monotonic() + withinMs;
    for (let wait = FIRST_LOOK_MS; await this.#alive(); wait = Math.min(wait * 2, LONGEST_LOOK_MS)) {
      const left = last - clock.monotonic();
      if (left <= 0) return false;
      await clock.sleep(Math.min(wait, left));
    }
    return true;
  }

  /** Without stdin or stdout no conversation is left: the process is ended, and its exit tells the rest. */
  #broken(): void {
    const waited = this.#exitedWithin(BROKEN_MS);
    void waited.then(() => {
      this.#closing ??= this.#close();
      return this.#closing;
    });
  }

  #exitedWithin(ms: number): Promise<void> {
    return this.#within(ms, this.#exited);
  }

  #within(ms: number, event: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#deps.clock.after(ms, resolve);
      void event.finally(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}
