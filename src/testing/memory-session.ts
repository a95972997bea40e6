/**
 * A session with a server that exists only in memory.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import type { Secret } from '../base/secret.ts';
import type { Answer, CallFault } from '../core/fault.ts';
import type { CallOptions, CallOutcome, Lists, Session, SessionEvent, StderrLine } from '../core/ports.ts';

/** The tools of a server in memory. */
export interface MemoryTools {
  readonly names: readonly string[];
  /** Answers a call; default: the arguments as text. */
  readonly call?: (name: string, input: unknown) => CallOutcome;
}

/** What a session stands in. */
export interface MemorySessionParts {
  readonly kind: 'remote' | 'stdio';
  readonly clock: Clock;
  readonly latencyMs: number;
  readonly tools: () => MemoryTools;
  /** The fault that every contact meets now, if any. */
  readonly health: () => Answer | undefined;
  readonly closed: () => void;
  /** With which it was opened. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the server answers to these headers; `undefined` = they pass. */
  readonly check: (headers: Readonly<Record<string, string>>, tool?: string) => Answer | undefined;
}

/** Headers in the clear: a test has to see them. Names are lower case. */
export function revealed(headers: Readonly<Record<string, Secret>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.reveal()]));
}

const CLOSED: CallFault = { kind: 'closed', sent: 'no', text: 'the session is closed' };

/** A session that answers from memory. */
export class MemorySession implements Session {
  readonly transport: 'stdio' | 'http';
  readonly era = 'legacy';
  readonly protocolVersion = '2025-11-25';
  readonly serverInfo = { name: 'memory', version: '1.0.0' };
  readonly capabilities = { tools: { listChanged: true } };
  /** Requests that were sent, oldest first. */
  readonly sent: { readonly method: string; readonly params: unknown }[] = [];
  onEvent: ((event: SessionEvent) => void) | undefined;
  /** With which requests go now. */
  headers: Readonly<Record<string, string>>;
  readonly #parts: MemorySessionParts;
  #ended = false;

  constructor(parts: MemorySessionParts) {
    this.#parts = parts;
    this.headers = parts.headers;
    this.transport = parts.kind === 'stdio' ? 'stdio' : 'http';
  }

  get lists(): Lists {
    const tools = this.#parts.tools().names.map((name) => ({ name, inputSchema: { type: 'object' } }));
    return { tools, prompts: [], resources: [], resourceTemplates: [] };
  }

  /** Loses the session, as when the stream closes or the process ends. */
  lose(answer: Answer): void {
    if (this.#ended) return;
    this.#ended = true;
    this.onEvent?.({ kind: 'lost', answer });
  }

  async request(
    method: string,
    params: Readonly<Record<string, unknown>> | undefined,
    options: CallOptions = {},
  ): Promise<CallOutcome> {
    if (this.#ended) return { ok: false, fault: CLOSED };
    this.sent.push({ method, params });
    const went = this.headers;
    try {
      await this.#parts.clock.sleep(this.#parts.latencyMs, options.signal);
    } catch {
      return { ok: false, fault: { kind: 'cancelled', sent: 'maybe', text: 'cancelled by the caller' } };
    }
    const fault = this.#parts.health();
    if (fault !== undefined)
      return { ok: false, fault: { kind: 'network', sent: 'maybe', answer: fault, text: 'the server is down' } };
    const refusal = this.#parts.check(went, toolOf(method, params));
    if (refusal !== undefined)
      return {
        ok: false,
        fault: { kind: 'http', sent: 'rejected', answer: refusal, text: 'the server refuses the request' },
      };
    return this.#answer(method, params ?? {});
  }

  async contact(signal: AbortSignal): Promise<Answer | undefined> {
    if (this.#ended) return { kind: 'network', errno: 'ECONNRESET' };
    try {
      await this.#parts.clock.sleep(this.#parts.latencyMs, signal);
    } catch {
      return { kind: 'timeout' };
    }
    return this.#parts.health() ?? this.#parts.check(this.headers);
  }

  setHeaders(headers: Readonly<Record<string, Secret>>): void {
    this.headers = revealed(headers);
  }

  stderr(): readonly StderrLine[] {
    return [];
  }

  close(): Promise<void> {
    this.#ended = true;
    this.#parts.closed();
    return Promise.resolve();
  }

  #answer(method: string, params: Readonly<Record<string, unknown>>): CallOutcome {
    if (method === 'tools/list') return { ok: true, result: { tools: this.lists.tools } };
    if (method !== 'tools/call') return { ok: true, result: {} };
    const name = typeof params['name'] === 'string' ? params['name'] : '';
    const input = params['arguments'] ?? {};
    const custom = this.#parts.tools().call;
    if (custom !== undefined) return custom(name, input);
    return { ok: true, result: { content: [{ type: 'text', text: JSON.stringify(input) }] } };
  }
}

function toolOf(method: string, params: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const name = method === 'tools/call' ? params?.['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}
