/**
 * The gateway for one client over lines (MCP, stdio transport): the session is the conversation itself.
 *
 * @module
 */
import {
  announcementsOf,
  changeMethod,
  grantedFilter,
  subscriptionMeta,
  wants,
  watchedResources,
} from '../calls/announcements.ts';
import { CODE, failure, messageText, responseText, success } from '../rpc/answer.ts';
import { isObject, readMessage } from '../rpc/message.ts';
import type { Id, Json, Message } from '../rpc/message.ts';
import { isModern, modernClient } from '../rpc/modern.ts';
import type { AskClient } from '../../core/relay.ts';
import type { Caller } from '../calls/caller.ts';
import { agreedVersion } from '../calls/dispatcher.ts';
import type { Peer } from '../calls/peer.ts';
import type { Endpoint } from './endpoints.ts';
import { Questions } from './questions.ts';

type Request = Extract<Message, { readonly kind: 'request' }>;

/** One conversation. Who makes it closes it. */
export class LineConversation {
  readonly #endpoint: Endpoint;
  readonly #send: (line: string) => void;
  readonly #calls = new Map<Id, AbortController>();
  readonly #subscriptions = new Map<Id, { readonly filter: Readonly<Record<string, true>>; readonly peer: Peer }>();
  readonly #questions = new Questions();
  readonly #peer: Peer;
  readonly #off: () => void;
  #legacy: { readonly capabilities: Json; readonly protocolVersion: string } | undefined;
  /** The answer to `initialize` was sent: nothing else may come before it. */
  #isIntroduced = false;

  /** `send` gets each message without its line end. */
  constructor(endpoint: Endpoint, send: (line: string) => void) {
    this.#endpoint = endpoint;
    this.#send = send;
    this.#peer = {
      tell: (method, params) => {
        if (this.#isIntroduced) send(messageText(method, params));
      },
    };
    this.#off = endpoint.keeper.changed.on((lists) => {
      for (const kind of announcementsOf(lists)) this.#announce(kind);
    });
  }

  /** Takes one line of the client. Resolves when its answer was sent. */
  async receive(line: string): Promise<void> {
    if (line.trim() === '') return;
    const message = readMessage(line);
    if (message.kind === 'bad') this.#send(responseText(message.id, failure(message.code, message.why)));
    else if (message.kind === 'request') await this.#request(message);
    else if (message.kind === 'notification') this.#heard(message);
    else this.#questions.answered(message);
  }

  /** Ends everything that is under way. */
  close(): void {
    this.#off();
    this.#questions.end();
    this.#endpoint.news.farewell(this.#peer);
    for (const [id] of this.#subscriptions) this.#endSubscription(id);
    for (const call of this.#calls.values()) call.abort(new Error('the client has gone'));
    this.#calls.clear();
  }

  async #request(message: Request): Promise<void> {
    const { id, method, params } = message;
    if (method === 'initialize') {
      const capabilities = params?.['capabilities'];
      this.#legacy = {
        capabilities: isObject(capabilities) ? capabilities : {},
        protocolVersion: agreedVersion(params),
      };
      this.#endpoint.news.welcome(this.#peer);
      this.#send(responseText(id, await this.#endpoint.dispatcher.initialize(params)));
      this.#isIntroduced = true;
    } else if (isModern(params) || method === 'server/discover') await this.#modern(message);
    // A client may look whether anybody is there before it begins (MCP 2025-11-25, lifecycle).
    else if (method === 'ping' && this.#legacy === undefined) this.#send(responseText(id, success({})));
    else if (this.#legacy === undefined)
      this.#send(responseText(id, failure(CODE.invalidRequest, 'begin with initialize')));
    else await this.#answer(message, { era: 'legacy', ...this.#legacy, peer: this.#peer, ask: this.#ask });
  }

  async #modern(message: Request): Promise<void> {
    const { id, method, params } = message;
    const client = modernClient(params);
    if ('ok' in client) {
      this.#send(responseText(id, client));
      return;
    }
    if (method === 'subscriptions/listen') await this.#listen(id, params);
    else await this.#answer(message, { era: 'modern', capabilities: client.capabilities });
  }

  readonly #ask: AskClient = (method, params, signal) =>
    this.#questions.ask({ method, params }, signal, (text) => this.#send(text));

  async #answer({ id, method, params }: Request, client: Omit<Caller, 'signal' | 'notify'>): Promise<void> {
    const cut = new AbortController();
    this.#calls.set(id, cut);
    const notify = (name: string, about: Json): void => this.#send(messageText(name, about));
    const caller: Caller = { ...client, requestId: id, signal: cut.signal, notify };
    const answer = await this.#endpoint.dispatcher.answer(method, params, caller);
    if (this.#calls.get(id) === cut) this.#calls.delete(id);
    // What was cancelled is not answered (MCP, cancellation).
    if (!cut.signal.aborted) this.#send(responseText(id, answer));
  }

  async #listen(id: Id, params: Json | undefined): Promise<void> {
    const filter = grantedFilter(params);
    const { news } = this.#endpoint;
    const meta = subscriptionMeta(id);
    const peer: Peer = { tell: (method, said) => this.#send(messageText(method, { ...said, _meta: meta })) };
    this.#subscriptions.set(id, { filter, peer });
    const watched = await watchedResources(params, (uri) => news.watch(peer, uri));
    if (!this.#subscriptions.has(id)) {
      news.farewell(peer);
      return;
    }
    const about = { notifications: { ...filter, ...watched }, _meta: meta };
    this.#send(messageText('notifications/subscriptions/acknowledged', about));
  }

  #endSubscription(id: Id): void {
    if (!this.#unsubscribe(id)) return;
    this.#send(responseText(id, success({ resultType: 'complete', _meta: subscriptionMeta(id) })));
  }

  #unsubscribe(id: Id): boolean {
    const peer = this.#subscriptions.get(id)?.peer;
    if (peer !== undefined) this.#endpoint.news.farewell(peer);
    return this.#subscriptions.delete(id);
  }

  #announce(kind: 'tools' | 'prompts' | 'resources'): void {
    const method = changeMethod(kind);
    if (this.#isIntroduced) this.#send(messageText(method, undefined));
    for (const [id, { filter }] of this.#subscriptions)
      if (wants(filter, kind)) this.#send(messageText(method, { _meta: subscriptionMeta(id) }));
  }

  #heard({ method, params }: Extract<Message, { readonly kind: 'notification' }>): void {
    const id = params?.['requestId'];
    if (method !== 'notifications/cancelled' || (typeof id !== 'string' && typeof id !== 'number')) return;
    this.#unsubscribe(id);
    this.#calls.get(id)?.abort(new Error('cancelled by the client'));
    this.#calls.delete(id);
  }
}
