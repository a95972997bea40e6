/**
 * A session over any link: calls, lists, announcements and their faults, behind the `Session` port.
 *
 * @module
 */
import type { Client, JSONRPCNotification } from '@modelcontextprotocol/client';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import { safeLine } from '../base/safe-text.ts';
import type { Redactor, Secret } from '../base/secret.ts';
import type { Answer } from '../core/fault.ts';
import type { ForwardOutcome, ForwardRequest } from '../core/forward.ts';
import { paramHeadersOf } from '../core/param-headers.ts';
import type { ParamHeader } from '../core/param-headers.ts';
import type {
  CallOptions,
  CallOutcome,
  ListKind,
  Lists,
  OpenRequest,
  RequestProof,
  Session,
  SessionEvent,
  StderrLine,
} from '../core/ports.ts';
import type { Era } from '../core/snapshot.ts';
import type { CallWorld } from './call.ts';
import { callServer } from './call.ts';
import { forwardCall } from './forward/forward-call.ts';
import type { ForwardWorld } from './forward/forward-call.ts';
import { asRead } from './forward/message-bytes.ts';
import { createMint } from './forward/mint.ts';
import type { ForwardingLink, Link } from './link.ts';
import { ListKeeper } from './list-keeper.ts';
import { filterFor, keepListening } from './listener.ts';
import { paramValues } from './param-headers.ts';
import { isObject, RPC } from './protocol.ts';
import type { ListName } from './read-list.ts';
import { answerOfFault } from './read-list.ts';
import { WatchedResources } from './watched-resources.ts';
import type { Wire } from './wire.ts';

/** What a session is made from once the handshake stands. */
export interface LinkedSessionPlan {
  readonly request: OpenRequest;
  readonly wire: Wire;
  readonly client: Client;
  readonly era: Era;
  readonly clock: Clock;
  readonly random: Random;
  readonly redactor: Redactor;
  readonly logger: Logger;
  readonly clientInfo: Readonly<Record<string, unknown>>;
}

type ServerInfo = NonNullable<Session['serverInfo']>;

/** Events that wait for a listener; older ones are dropped. */
const MAX_WAITING = 100;
const CHANGED: Readonly<Record<string, ListKind>> = {
  'notifications/tools/list_changed': 'tools',
  'notifications/prompts/list_changed': 'prompts',
  'notifications/resources/list_changed': 'resources',
};

/** The session. */
export class LinkedSession implements Session {
  readonly transport: Session['transport'];
  readonly era: Era;
  protocolVersion: string;
  /** Absent where the server does not say who it is (MCP 2026-07-28 does not demand it). */
  serverInfo?: ServerInfo;
  instructions?: string;
  capabilities: Readonly<Record<string, unknown>>;
  /** Absent where the link has no quicker way than `request`. */
  readonly forward?: NonNullable<Session['forward']>;
  readonly #plan: LinkedSessionPlan;
  readonly #link: Link;
  readonly #calls: CallWorld;
  readonly #keeper: ListKeeper;
  readonly #watched: WatchedResources;
  readonly #stop = new AbortController();
  /** Tools that want arguments mirrored into headers, by name. */
  readonly #mirrored = new Map<string, readonly ParamHeader[]>();
  #listener: ((event: SessionEvent) => void) | undefined;
  #waiting: SessionEvent[] = [];
  #closing: Promise<void> | undefined;
  #over = false;

  constructor(plan: LinkedSessionPlan) {
    const { wire, client, era, clock, random, request } = plan;
    const { numbers } = request;
    this.#plan = plan;
    this.#link = wire.link;
    this.transport = wire.link.kind;
    this.era = era;
    this.protocolVersion = client.getNegotiatedProtocolVersion() ?? '';
    this.capabilities = client.getServerCapabilities() ?? {};
    this.#introduce(client.getServerVersion(), client.getInstructions());
    const local = wire.link.kind === 'stdio';
    this.#calls = {
      client,
      wire,
      clock,
      modern: era === 'modern',
      limits: {
        firstByteMs: local ? 0 : numbers.firstByteMs,
        idleMs: local ? numbers.callIdleStdioMs : numbers.callIdleMs,
        totalMs: numbers.callTotalMs,
      },
    };
    const { link } = wire;
    if (canForward(link)) {
      const forwards = this.#forwardWorld(link);
      this.forward = (message) =>
        this.#mirrors
          ? this.#mirroring(message.method, () => this.#pass(message, forwards))
          : this.#pass(message, forwards);
    }
    this.#keeper = new ListKeeper({
      ask: (method, params, signal) => callServer({ method, params, options: { signal } }, this.#calls),
      capabilities: () => this.capabilities,
      admit: (name, items) => this.#admit(name, items),
      emit: (event) => this.#emit(event),
      clock,
      random,
      retries: numbers.listRetries,
      last: request.lastLists,
    });
    this.#watched = new WatchedResources({ client, clock, random, signal: this.#stop.signal });
    wire.onnotification = (notification) => this.#heard(notification);
    wire.whenEnded = () => this.#lost();
    this.#link.onnote = (about, text) => this.#note(about, text);
    this.#link.ongap = () => this.#keeper.missed('gap');
    this.#link.onrenewed = (result) => this.#renewed(result);
  }

  get lists(): Lists {
    const { instructions, capabilities } = this;
    const { tools, prompts, resources, resourceTemplates } = this.#keeper.lists;
    const said = instructions === undefined ? { capabilities } : { capabilities, instructions };
    return { tools, prompts, resources, resourceTemplates, ...said };
  }

  /** The link below: the raw forwarding path sends over the same session and headers. */
  get link(): Link {
    return this.#link;
  }

  get onEvent(): ((event: SessionEvent) => void) | undefined {
    return this.#listener;
  }

  /** What happened before anybody listened is told at once. */
  set onEvent(listener: ((event: SessionEvent) => void) | undefined) {
    this.#listener = listener;
    if (listener === undefined) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const event of waiting) listener(event);
  }

  /** Reads the lists and begins to listen. An answer means that the server lets us open a session but not use it. */
  async begin(signal: AbortSignal): Promise<Answer | undefined> {
    const { failures, any } = await this.#keeper.readAll(signal);
    const refusal =
      failures.find((answer) => statusOf(answer) === 401) ??
      (any ? undefined : failures.find((answer) => statusOf(answer) === 403));
    if (refusal !== undefined) return refusal;
    if (this.#plan.wire.ended) return this.#link.ending();
    if (this.era === 'modern') this.#listen();
    return undefined;
  }

  async request(
    method: string,
    params: Readonly<Record<string, unknown>> | undefined,
    options: CallOptions = {},
  ): Promise<CallOutcome> {
    const watching = this.era === 'modern' ? await this.#watched.take(method, params) : undefined;
    if (watching !== undefined) return watching;
    return this.#mirroring(method, () => this.#send(method, params, options));
  }

  async contact(signal: AbortSignal): Promise<Answer | undefined> {
    const method = this.era === 'modern' ? 'server/discover' : 'ping';
    const outcome = await this.#send(method, undefined, { signal });
    // A JSON-RPC error is an answer too: the server is there and speaks MCP.
    return outcome.ok || outcome.fault.kind === 'rpc' ? undefined : answerOfFault(outcome.fault);
  }

  setHeaders(headers: Readonly<Record<string, Secret>>, proof?: RequestProof): void {
    this.#link.setHeaders?.(headers, proof);
  }

  stderr(): readonly StderrLine[] {
    return this.#link.stderr?.() ?? [];
  }

  async close(): Promise<void> {
    this.#closing ??= this.#end();
    await this.#closing;
  }

  async #end(): Promise<void> {
    this.#over = true;
    this.#keeper.close();
    this.#stop.abort();
    try {
      await this.#plan.client.close();
      await this.#plan.wire.end();
    } catch (error) {
      this.#plan.logger.debug({ error: String(error) }, 'a link did not close cleanly');
    }
  }

  get #mirrors(): boolean {
    return this.era === 'modern' && this.transport !== 'stdio';
  }

  /** Sends a call once more where its tool wants other headers than when it was listed: it was refused for that alone (MCP 2026-07-28). */
  async #mirroring<T extends CallOutcome | ForwardOutcome>(method: string, send: () => Promise<T>): Promise<T> {
    const outcome = await send();
    const mismatch = !outcome.ok && outcome.fault.rpc?.code === RPC.headerMismatch;
    if (!mismatch || method !== 'tools/call' || !this.#mirrors) return outcome;
    await this.#keeper.readTools();
    return send();
  }

  #forwardWorld(link: ForwardingLink): ForwardWorld {
    const { wire, clock, clientInfo } = this.#plan;
    const modern = this.era === 'modern' ? { modern: { version: this.protocolVersion, clientInfo } } : {};
    const onlog = (params: unknown): void => this.#note('log', logText(params));
    return { wire, link, clock, limits: this.#calls.limits, mintId: createMint(), onlog, ...modern };
  }

  #pass(message: ForwardRequest, world: ForwardWorld): Promise<ForwardOutcome> {
    const headers = this.#paramHeaders(message.method, message.params);
    return forwardCall(
      headers === NO_HEADERS ? message : { ...message, params: asRead(message.params) },
      headers,
      world,
    );
  }

  #paramHeaders(
    method: string,
    params: Readonly<Record<string, unknown>> | undefined,
  ): Readonly<Record<string, string>> {
    const mirrored = method === 'tools/call' ? this.#mirrored.get(String(params?.['name'])) : undefined;
    return mirrored === undefined ? NO_HEADERS : paramValues(mirrored, params?.['arguments']);
  }

  #send(
    method: string,
    params: Readonly<Record<string, unknown>> | undefined,
    options: CallOptions,
  ): Promise<CallOutcome> {
    return callServer({ method, params, options, headers: this.#paramHeaders(method, params) }, this.#calls);
  }

  /** Over modern HTTP a tool whose `x-mcp-header` is not valid must not be listed (MCP 2026-07-28, Streamable HTTP). */
  #admit(name: ListName, items: readonly unknown[]): readonly unknown[] {
    if (name !== 'tools' || !this.#mirrors) return items;
    this.#mirrored.clear();
    return items.filter((tool) => {
      if (!isObject(tool)) return false;
      const declared = paramHeadersOf(tool['inputSchema']);
      if (declared.ok && declared.headers.length > 0) this.#mirrored.set(String(tool['name']), declared.headers);
      if (!declared.ok) this.#note('log', `the tool ${String(tool['name'])} is not listed: ${declared.why}`);
      return declared.ok;
    });
  }

  #listen(): void {
    const { client, clock, random } = this.#plan;
    void keepListening({
      client,
      filter: filterFor(this.capabilities),
      clock,
      random,
      signal: this.#stop.signal,
      note: (text) => this.#note('stream', text),
      gap: () => this.#keeper.missed('gap'),
    });
  }

  #heard({ method, params }: JSONRPCNotification): void {
    const kind = Object.hasOwn(CHANGED, method) ? CHANGED[method] : undefined;
    if (kind !== undefined) this.#keeper.changed(kind);
    else this.#emit({ kind: 'notification', method, params: params ?? {} });
    if (method === 'notifications/message') this.#note('log', logText(params));
  }

  #renewed(result: unknown): void {
    if (!isObject(result)) return;
    const { protocolVersion, capabilities, instructions, serverInfo } = result;
    if (typeof protocolVersion === 'string') this.protocolVersion = protocolVersion;
    if (isObject(capabilities)) this.capabilities = capabilities;
    this.#introduce(serverInfo, instructions);
    this.#emit({ kind: 'renewed' });
    this.#keeper.missed('renewed');
  }

  #introduce(serverInfo: unknown, instructions: unknown): void {
    delete this.serverInfo;
    delete this.instructions;
    const { name, version } = isObject(serverInfo) ? serverInfo : {};
    if (typeof name === 'string' && typeof version === 'string') this.serverInfo = { name, version };
    if (typeof instructions === 'string') this.instructions = instructions;
  }

  #lost(): void {
    this.#keeper.close();
    this.#stop.abort();
    this.#emit({ kind: 'lost', answer: this.#link.ending() });
  }

  #note(about: Extract<SessionEvent, { kind: 'note' }>['about'], text: string): void {
    this.#emit({ kind: 'note', about, text: safeLine(this.#plan.redactor.redact(text)) });
  }

  #emit(event: SessionEvent): void {
    if (this.#over) return;
    if (this.#listener !== undefined) this.#listener(event);
    else if (this.#waiting.push(event) > MAX_WAITING) this.#waiting.shift();
  }
}

const NO_HEADERS: Readonly<Record<string, string>> = {};

const canForward = (link: Link): link is ForwardingLink => link.forward !== undefined;

const statusOf = (answer: Answer): number | undefined => (answer.kind === 'http' ? answer.status : undefined);

/** A log message of the server on one line. */
function logText(params: unknown): string {
  const { level, logger, data } = isObject(params) ? params : {};
  const said = typeof data === 'string' ? data : (JSON.stringify(data) ?? '');
  return [level, logger, said].filter((part) => typeof part === 'string' && part !== '').join(' · ');
}
