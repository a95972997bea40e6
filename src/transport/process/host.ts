/**
 * The home of an owner's server processes: starts them under one guardian, and can end all of them at once.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Redactor } from '../../base/secret.ts';
import type { EffectiveStdio } from '../../core/entry.ts';
import type { Answer } from '../../core/fault.ts';
import type { Numbers } from '../../core/numbers.ts';
import { secretValues, serverEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { processGroups, processTrees } from './group.ts';
import type { ProcessControl } from './group.ts';
import { Guardian, noGuard } from './guardian.ts';
import type { Guard } from './guardian.ts';
import { ServerProcess } from './server-process.ts';
import { startProcess } from './spawn.ts';

/** What the processes get from outside. */
export interface HostWorld {
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly logger: Logger;
  /** The owner's environment; only a short list of it reaches the processes. */
  readonly env: Environment;
  /** Node's word for the operating system. */
  readonly platform: NodeJS.Platform;
}

/** One process to start. */
export interface HostRequest {
  readonly endpoint: EffectiveStdio;
  readonly numbers: Numbers;
  /** Given to the process as `CLAUDE_PROJECT_DIR` and `HOLDFAST_PROJECT_DIR`. */
  readonly projectRoot?: string | undefined;
}

/** The processes of one owner. */
export class ProcessHost {
  readonly #world: HostWorld;
  readonly #windows: boolean;
  readonly #control: ProcessControl;
  readonly #guard: Guard;
  readonly #starting = new Set<Promise<unknown>>();
  readonly #running = new Set<ServerProcess>();
  #closed = false;

  constructor(world: HostWorld) {
    this.#world = world;
    this.#windows = world.platform === 'win32';
    this.#control = this.#windows ? processTrees : processGroups;
    this.#guard = this.#windows ? noGuard : new Guardian(world.logger);
  }

  /** Starts a process; what the operating system refuses is an `Answer`. */
  async start(request: HostRequest): Promise<ServerProcess | Answer> {
    if (this.#closed) return { kind: 'timeout' };
    const starting = this.#start(request);
    this.#starting.add(starting);
    try {
      return await starting;
    } finally {
      this.#starting.delete(starting);
    }
  }

  /** Ends every process, all at the same time, then the guardian. Idempotent; nothing is started any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#starting);
    await Promise.all([...this.#running].map((process) => process.close()));
    await this.#guard.close();
  }

  async #start(request: HostRequest): Promise<ServerProcess | Answer> {
    const { endpoint, numbers, projectRoot } = request;
    const windows = this.#windows;
    const { clock, redactor, env } = this.#world;
    redactor.add(...secretValues(endpoint.env));
    const whole = serverEnvironment({ endpoint, env, windows, projectRoot });
    const spec = { command: endpoint.command, args: endpoint.args, cwd: endpoint.cwd, env: whole, windows };
    const started = await startProcess(spec, (pid) => this.#guard.add(pid));
    if (!started.ok) return started.answer;
    const deps = { clock, redactor, control: this.#control, guard: this.#guard, numbers };
    const process = new ServerProcess(started.child, started.pid, deps);
    this.#running.add(process);
    void process.cleared.then(() => this.#running.delete(process));
    return process;
  }
}
