/**
 * What a client has told its conversation once and for all, so that a bridge can tell it to the next owner: a client
 * knows nothing of owners.
 *
 * @module
 */
import { changeMethod, grantedFilter, KINDS, wants } from '../calls/announcements.ts';
import { messageText } from '../rpc/answer.ts';
import { isObject } from '../rpc/message.ts';
import type { Id, Json } from '../rpc/message.ts';

/** Ids under which a bridge speaks for its client; their answers are for nobody. */
const OURS = 'holdfast-bridge-';
const HELLO = `${OURS}initialize`;
const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';
const INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}';

/** A line of a client with the little that is known of it. */
export interface HeardLine {
  readonly line: string;
  readonly id: Id | undefined;
  readonly method: string | undefined;
}

function withId(line: string, id: string): string {
  return JSON.stringify({ ...(JSON.parse(line) as object), id });
}

function uriOf(line: string): string {
  const { params } = JSON.parse(line) as { readonly params?: unknown };
  return isObject(params) && typeof params['uri'] === 'string' ? params['uri'] : '';
}

/** The lasting part of one conversation. */
export class ConversationMemory {
  #hello: string | undefined;
  #level: string | undefined;
  readonly #resources = new Map<string, string>();
  /** Open `subscriptions/listen` of modern clients, by id. */
  readonly #subscriptions = new Map<Id, string>();
  /** Acknowledgements of renewed subscriptions: the client has had them. */
  #acknowledged = 0;

  /** Whether the client opened a session: a stateless one says no hello. */
  get hasSession(): boolean {
    return this.#hello !== undefined;
  }

  /** Takes note of a line that went to an owner. */
  heard({ line, id, method }: HeardLine): void {
    if (method === 'initialize') this.#hello = line;
    else if (method === 'logging/setLevel') this.#level = line;
    else if (method === 'resources/subscribe') this.#resources.set(uriOf(line), line);
    else if (method === 'resources/unsubscribe') this.#resources.delete(uriOf(line));
    else if (method === 'subscriptions/listen' && id !== undefined) this.#subscriptions.set(id, line);
  }

  /** A request was answered or cancelled. */
  ended(id: Id): void {
    this.#subscriptions.delete(id);
  }

  /** Whether a request stays open until its client ends it. */
  isSubscription(id: Id): boolean {
    return this.#subscriptions.has(id);
  }

  /** What the next owner has to be told, in order. */
  again(): readonly string[] {
    this.#acknowledged = this.#subscriptions.size;
    const hello = this.#hello === undefined ? [] : [withId(this.#hello, HELLO), INITIALIZED];
    const lasting = [...(this.#level === undefined ? [] : [this.#level]), ...this.#resources.values()];
    return [
      ...hello,
      ...lasting.map((line, index) => withId(line, `${OURS}${index}`)),
      ...this.#subscriptions.values(),
    ];
  }

  /**
   * What the client is told instead of a line that answers what the bridge said for it; `undefined` = the line itself. Lists
   * may have changed while there was no owner who would have told it.
   */
  instead({ line, id, method }: HeardLine): readonly string[] | undefined {
    if (typeof id === 'string' && id.startsWith(OURS) && method === undefined)
      return id === HELLO ? KINDS.map((kind) => messageText(changeMethod(kind), undefined)) : [];
    if (method !== ACKNOWLEDGED || this.#acknowledged === 0) return undefined;
    this.#acknowledged -= 1;
    return newsOf(line);
  }
}

/** That the lists may have changed which a renewed subscription is about. */
function newsOf(acknowledgement: string): readonly string[] {
  const { params } = JSON.parse(acknowledgement) as { readonly params?: Json };
  const meta = params?.['_meta'];
  const filter = grantedFilter(params);
  return KINDS.filter((kind) => wants(filter, kind)).map((kind) =>
    messageText(changeMethod(kind), isObject(meta) ? { _meta: meta } : undefined),
  );
}
