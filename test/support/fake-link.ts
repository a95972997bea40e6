/**
 * A link to a server that is a function, and a session over it on a virtual clock.
 *
 * @module
 */
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/client';
import { silentLogger } from '../../src/base/logger.ts';
import { seededRandom } from '../../src/base/random.ts';
import { Redactor } from '../../src/base/secret.ts';
import type { Elicit } from '../../src/core/elicitation.ts';
import type { Answer } from '../../src/core/fault.ts';
import type { NumberOverrides } from '../../src/core/numbers.ts';
import type { OpenRequest, SessionEvent } from '../../src/core/ports.ts';
import { createVirtualClock } from '../../src/testing/virtual-clock.ts';
import type { VirtualClock } from '../../src/testing/virtual-clock.ts';
import type { Link } from '../../src/transport/link.ts';
import type { LinkedSession } from '../../src/transport/linked-session.ts';
import { openSession } from '../../src/transport/session.ts';
import type { SessionOutcome, SessionPlan } from '../../src/transport/session.ts';
import { remoteRequest } from './remote.ts';

/** What a test looks at of a message. */
export interface Seen {
  readonly id?: RequestId;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
}

/** Answers one request; `undefined` leaves it unanswered, a thrown error refuses to send it. */
export type Server = (message: Seen, link: FakeLink) => { result: unknown } | { error: unknown } | undefined;

/** The link. */
export class FakeLink implements Link {
  readonly kind: Link['kind'];
  readonly hasPerRequestStream: boolean;
  onclose: Link['onclose'];
  onerror: Link['onerror'];
  onmessage: Link['onmessage'];
  onbegin: Link['onbegin'];
  onfail: Link['onfail'];
  onnote: Link['onnote'];
  ongap: Link['ongap'];
  onrenewed: Link['onrenewed'];
  renew?: (lost: object) => Promise<void>;
  /** Everything the client sent. */
  readonly seen: Seen[] = [];
  /** Requests whose signal was aborted. */
  readonly cut: RequestId[] = [];
  closed = 0;
  answer: Answer = { kind: 'network', errno: 'ECONNRESET' };
  server: Server;

  constructor(server: Server, kind: Link['kind'] = 'stdio') {
    this.server = server;
    this.kind = kind;
    this.hasPerRequestStream = kind === 'http';
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  async send(message: JSONRPCMessage, options?: { requestSignal?: AbortSignal | undefined }): Promise<void> {
    const seen = message as Seen;
    this.seen.push(seen);
    if (seen.id !== undefined && seen.method !== undefined) {
      const { id } = seen;
      options?.requestSignal?.addEventListener('abort', () => this.cut.push(id), { once: true });
    }
    await Promise.resolve();
    const reply = this.server(seen, this);
    if (reply !== undefined && seen.id !== undefined) this.say({ id: seen.id, ...reply });
  }

  /** The server says something. */
  say(message: object): void {
    this.onmessage?.({ jsonrpc: '2.0', ...message } as JSONRPCMessage);
  }

  /** The link breaks. */
  end(): void {
    this.onclose?.();
  }

  ending(): Answer {
    return this.answer;
  }

  close(): Promise<void> {
    this.closed += 1;
    this.end();
    return Promise.resolve();
  }

  /** Requests of one method. */
  of(method: string): readonly Seen[] {
    return this.seen.filter((message) => message.method === method);
  }
}

/** A legacy server: `initialize`, an empty list of tools, and `rest` for everything else. */
export function legacyServer(rest: Server = () => undefined, capabilities: object = { tools: {} }): Server {
  return (message, link) => {
    if (message.method === 'initialize') {
      return {
        result: { protocolVersion: '2025-11-25', capabilities, serverInfo: { name: 'fake', version: '1' } },
      };
    }
    return rest(message, link) ?? (message.method === 'tools/list' ? { result: { tools: [] } } : undefined);
  };
}

/** A modern server. */
export function modernServer(rest: Server = () => undefined): Server {
  return (message, link) => {
    if (message.method === 'server/discover') {
      const result = { resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: { tools: {} } };
      return { result: { ...result, ttlMs: 0, cacheScope: 'private' } };
    }
    if (message.method === 'initialize') return { error: { code: -32_022, message: 'no' } };
    return rest(message, link) ?? (message.method === 'tools/list' ? { result: { tools: [] } } : undefined);
  };
}

/** How the session is to be opened. */
export interface FakeOptions {
  readonly era?: SessionPlan['era'];
  readonly kind?: Link['kind'];
  readonly numbers?: NumberOverrides;
  readonly rest?: Partial<OpenRequest>;
  readonly elicit?: Elicit;
}

/** One opening on a virtual clock. */
export interface FakeOpening {
  readonly clock: VirtualClock;
  readonly link: FakeLink;
  readonly outcome: Promise<SessionOutcome>;
}

/** Begins to open a session; the test moves the time. */
export function opening(server: Server, options: FakeOptions = {}): FakeOpening {
  const clock = createVirtualClock();
  const link = new FakeLink(server, options.kind);
  const request = { ...remoteRequest('http://fake.test', { numbers: options.numbers ?? {} }), ...options.rest };
  const world = {
    clock,
    random: seededRandom(1),
    redactor: new Redactor(),
    logger: silentLogger,
    elicit: options.elicit,
  };
  return { clock, link, outcome: openSession({ request, link, era: options.era ?? 'legacy', world }) };
}

/** An open session, and what it says. */
export async function opened(
  server: Server,
  options: FakeOptions = {},
): Promise<{ clock: VirtualClock; link: FakeLink; session: LinkedSession; events: SessionEvent[] }> {
  const { clock, link, outcome } = opening(server, options);
  const result = await outcome;
  if (!result.ok) throw new Error(`no session: ${JSON.stringify(result.answer)}`);
  const events: SessionEvent[] = [];
  result.session.onEvent = (event) => events.push(event);
  return { clock, link, session: result.session, events };
}
