/**
 * A server that exists only in memory: what a try meets is set by the test, and every contact is kept.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import type { Advertised, HelperRun, OpenOutcome, OpenRequest } from '../core/ports.ts';
import type { Answer } from '../core/fault.ts';
import type { MemoryAuthority } from './memory-authority.ts';
import { MemorySession, revealed } from './memory-session.ts';
import type { MemoryTools } from './memory-session.ts';

/** What a try meets: a session, an answer that is a fault, or nothing until the try ends. */
export type MemoryOutcome = 'ok' | 'hang' | Answer;

/** One try that reached the server. */
export interface MemoryOpen {
  /** Milliseconds since the epoch, on the world's clock. */
  readonly at: number;
  readonly outcome: MemoryOutcome;
  /** Headers that came along, revealed: a test has to see them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What the headersHelper of an entry gives. */
export type MemoryHelper = () => Readonly<Record<string, string>> | Exclude<HelperRun['outcome'], 'ok'>;

/** A connection refused, or a process that ends with code 1. */
export function defaultFault(kind: 'remote' | 'stdio'): Answer {
  return kind === 'stdio'
    ? { kind: 'exit', exit: { code: 1, signal: null, stderr: ['crashed'] } }
    : { kind: 'network', errno: 'ECONNREFUSED' };
}

/** One server of a memory world. */
export class MemoryServer {
  readonly name: string;
  readonly kind: 'remote' | 'stdio';
  /** Tries that reached the server, oldest first. */
  readonly opens: MemoryOpen[] = [];
  /** How long a try and a call take. */
  latencyMs = 5;
  /** Headers that a try must bring; without them it meets 401. */
  requiredHeaders: Readonly<Record<string, string>> = {};
  /** The sign-in that it demands, if any. */
  authority: MemoryAuthority | undefined;
  /** Whether a sign-in is advertised. */
  advertised: Advertised = { offered: false };
  /** What its headersHelper gives. */
  helper: MemoryHelper = () => ({});
  /** Tools it lists, and how it answers calls. */
  tools: MemoryTools = { names: ['echo'] };
  readonly #clock: Clock;
  readonly #sessions = new Set<MemorySession>();
  #script: MemoryOutcome[] = [];
  #now: MemoryOutcome = 'ok';

  constructor(name: string, kind: 'remote' | 'stdio', clock: Clock) {
    this.name = name;
    this.kind = kind;
    this.#clock = clock;
  }

  /** Sessions that are open. */
  get sessions(): readonly MemorySession[] {
    return [...this.#sessions];
  }

  get isUp(): boolean {
    return this.#now === 'ok';
  }

  /** What the next tries meet, one each; after them what `up` or `down` says. */
  script(...outcomes: readonly MemoryOutcome[]): void {
    this.#script = [...outcomes];
  }

  /** Tries succeed from now on. */
  up(): void {
    this.#now = 'ok';
  }

  /** Tries meet `outcome` from now on (default: refused, or exited), and open sessions are lost. */
  down(outcome: Exclude<MemoryOutcome, 'ok'> = defaultFault(this.kind)): void {
    this.#now = outcome;
    this.drop(outcome === 'hang' ? undefined : outcome);
  }

  /** Loses the open sessions; the server itself stays as it is. */
  drop(
    answer: Answer = this.kind === 'stdio' ? defaultFault('stdio') : { kind: 'network', errno: 'ECONNRESET' },
  ): void {
    for (const session of this.#sessions) {
      this.#sessions.delete(session);
      session.lose(answer);
    }
  }

  /** One try. Never throws. */
  async open(request: OpenRequest): Promise<OpenOutcome> {
    const headers = revealed(request.headers);
    const outcome = this.#outcomeFor(headers);
    this.opens.push({ at: this.#clock.now(), outcome, headers });
    try {
      if (outcome === 'hang') await untilAborted(request.signal);
      await this.#clock.sleep(this.latencyMs, request.signal);
    } catch {
      return { ok: false, answer: { kind: 'timeout' } };
    }
    if (outcome !== 'ok') return { ok: false, answer: outcome === 'hang' ? { kind: 'timeout' } : outcome };
    const session = new MemorySession({
      kind: this.kind,
      clock: this.#clock,
      latencyMs: this.latencyMs,
      tools: () => this.tools,
      health: () => this.#health(),
      headers,
      check: (now, tool) => this.authority?.check(now, tool),
      closed: () => this.#sessions.delete(session),
    });
    this.#sessions.add(session);
    return { ok: true, session };
  }

  #outcomeFor(headers: Readonly<Record<string, string>>): MemoryOutcome {
    const scripted = this.#script.shift();
    if (scripted !== undefined) return scripted;
    const missing = Object.entries(this.requiredHeaders).some(([name, value]) => headers[name.toLowerCase()] !== value);
    if (this.#now !== 'ok') return this.#now;
    return missing ? { kind: 'http', status: 401, challenges: [] } : (this.authority?.check(headers) ?? 'ok');
  }

  #health(): Answer | undefined {
    if (this.#now === 'ok') return undefined;
    return this.#now === 'hang' ? { kind: 'timeout' } : this.#now;
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
