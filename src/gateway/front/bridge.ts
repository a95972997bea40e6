/**
 * The thin end of the gateway for one client: passes lines between the client and the owner of the fleet, and stays when
 * the owner is restarted. It reads no more of a message than it needs to say honestly what was lost.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import { HoldfastError, messageOf } from '../../base/errors.ts';
import { CODE, failure, messageText, responseText, success } from '../rpc/answer.ts';
import type { Id } from '../rpc/message.ts';
import { ConversationMemory } from './bridge-memory.ts';
import { sketchOf } from './sketch.ts';

/** A way to the owner of the fleet. */
export interface OwnerLines {
  send(line: string): void;
  onLine(listener: (line: string) => void): void;
  onEnd(listener: () => void): void;
  end(): void;
  /** Stops or goes on giving lines, for a client that does not read. Absent where nothing can be held back. */
  flow?(on: boolean): void;
}

/** What a bridge is made from. */
export interface BridgeDeps {
  readonly clock: Clock;
  /** Opens a conversation with the owner; with `start`, an owner is started where there is none. */
  readonly open: (about: { readonly start: boolean }) => Promise<OwnerLines>;
  /** Sends one line to the client. */
  readonly answer: (line: string) => void;
  /** Says something to the person who looks after the client (stderr). */
  readonly say: (text: string) => void;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;
/** After so many tries in a row a message of the client is refused; its next one tries again. */
const TRIES = 4;
/** What another try may mend; every other error of ours is a fact. */
const PASSING: ReadonlySet<string> = new Set(['ERR_DAEMON_UNREACHABLE', 'ERR_CLOSED', 'ERR_CONFIG_LOCKED']);

const mayPass = (error: unknown): boolean => !(error instanceof HoldfastError) || PASSING.has(error.code);

/** What became of a request that an owner did not answer. */
interface Lost {
  readonly text: string;
  readonly code: string;
  /** Whether a server may have acted on it. */
  readonly sent: 'no' | 'maybe';
}

const lostWith = (reason: string): Lost => ({
  text: `${reason} while this was under way; it may have been done. Look before you send it again.`,
  code: 'ERR_INTERRUPTED',
  sent: 'maybe',
});

const notSent = (error: unknown): Lost => ({
  text: messageOf(error),
  code: error instanceof HoldfastError ? error.code : 'ERR_INTERNAL',
  sent: 'no',
});

/** One client's bridge. */
export class Bridge {
  readonly #deps: BridgeDeps;
  /** Requests of the client that are not answered yet, with their methods. */
  readonly #pending = new Map<Id, string>();
  /** Requests of the owner that the client has not answered yet. */
  readonly #asked = new Set<Id>();
  readonly #memory = new ConversationMemory();
  readonly #ended = new AbortController();
  readonly #quiet: (() => void)[] = [];
  #owner: OwnerLines | undefined;
  #opening: Promise<OwnerLines> | undefined;
  #wasOpen = false;
  #flows = true;

  constructor(deps: BridgeDeps) {
    this.#deps = deps;
  }

  /** Opens the way. Rejects where there is none. */
  async start(): Promise<void> {
    await this.#way();
  }

  /** Takes one line of the client. */
  async receive(line: string): Promise<void> {
    const { id, method, about } = sketchOf(line);
    // An answer to an owner that is gone says nothing to the next one, and its id may be that of another question.
    if (method === undefined && id !== undefined && !this.#asked.delete(id)) return;
    if (id !== undefined && method !== undefined) this.#pending.set(id, method);
    try {
      const owner = this.#owner ?? (await this.#way());
      if (method === 'notifications/cancelled' && about !== undefined) this.#answered(about);
      this.#memory.heard({ line, id, method });
      owner.send(line);
    } catch (error) {
      if (id !== undefined && method !== undefined) this.#refuse(id, notSent(error));
    }
  }

  /** Resolves when every request of the client is answered; at once where none is under way. */
  idle(): Promise<void> {
    if (!this.#isBusy()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#quiet.push(resolve);
    });
  }

  /** Whether the client reads what it is told. While it does not, the owner keeps its news to itself. */
  flow(on: boolean): void {
    this.#flows = on;
    this.#owner?.flow?.(on);
  }

  /** The client has gone. */
  close(): void {
    this.#ended.abort(new Error('the client has gone'));
    this.#owner?.end();
  }

  #isBusy(): boolean {
    return [...this.#pending.keys()].some((id) => !this.#memory.isSubscription(id));
  }

  #answered(id: Id): void {
    this.#pending.delete(id);
    this.#memory.ended(id);
    if (this.#isBusy()) return;
    for (const resolve of this.#quiet.splice(0)) resolve();
  }

  #way(): Promise<OwnerLines> {
    this.#opening ??= this.#tryOpen().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #tryOpen(): Promise<OwnerLines> {
    const { clock, open } = this.#deps;
    const { signal } = this.#ended;
    for (let tries = 1; ; tries += 1) {
      signal.throwIfAborted();
      try {
        return this.#adopt(await open({ start: true }));
      } catch (error) {
        if (tries === TRIES || !mayPass(error)) throw error;
        await clock.sleep(FIRST_WAIT_MS * 2 ** (tries - 1), signal);
      }
    }
  }

  #adopt(owner: OwnerLines): OwnerLines {
    // Two ways were opened at once: one because a message came, one because the bridge looked by itself.
    if (this.#owner !== undefined) {
      owner.end();
      return this.#owner;
    }
    if (this.#ended.signal.aborted) owner.end();
    this.#owner = owner;
    if (!this.#flows) owner.flow?.(false);
    owner.onLine((line) => this.#heard(line));
    if (this.#wasOpen) {
      this.#deps.say('the connections have an owner again');
      for (const line of this.#memory.again()) owner.send(line);
    }
    this.#wasOpen = true;
    owner.onEnd(() => this.#lost(owner));
    return owner;
  }

  #heard(line: string): void {
    const { id, method } = sketchOf(line);
    const instead = this.#memory.instead({ line, id, method });
    if (instead !== undefined) {
      for (const news of instead) this.#deps.answer(news);
      return;
    }
    if (id !== undefined && method === undefined) this.#answered(id);
    else if (id !== undefined) this.#asked.add(id);
    this.#deps.answer(line);
  }

  /** What was under way is answered honestly, and what the owner had asked is taken back. */
  #lost(owner: OwnerLines): void {
    if (this.#owner !== owner) return;
    this.#owner = undefined;
    const reason = 'Holdfast was restarted';
    for (const requestId of this.#asked)
      this.#deps.answer(messageText('notifications/cancelled', { requestId, reason }));
    this.#asked.clear();
    for (const id of this.#pending.keys()) {
      // A subscription is begun anew; everything else may or may not have been done.
      if (!this.#memory.isSubscription(id)) this.#refuse(id, lostWith(reason));
    }
    if (this.#ended.signal.aborted) return;
    this.#deps.say('the owner of the connections has gone; the next message, or a new owner, opens the way again');
    this.#rejoin().catch(() => undefined);
  }

  /** Looks for a new owner, so that news reach a client that says nothing. Starts none: a person may have stopped it. */
  async #rejoin(): Promise<void> {
    const { clock, open } = this.#deps;
    const { signal } = this.#ended;
    for (let tries = 1; ; tries += 1) {
      await clock.sleep(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries - 1, 10)), signal);
      if (this.#owner !== undefined) return;
      const owner = await open({ start: false }).catch(() => undefined);
      if (owner === undefined) continue;
      this.#adopt(owner);
      return;
    }
  }

  /** For a tool a result that its model reads; for everything else an error (MCP, tools, error handling). */
  #refuse(id: Id, { text, code, sent }: Lost): void {
    const error = { code, sent };
    const answer =
      this.#pending.get(id) === 'tools/call'
        ? success({
            ...(this.#memory.hasSession ? {} : { resultType: 'complete' }),
            content: [{ type: 'text', text }],
            isError: true,
            _meta: { 'holdfast/error': error },
          })
        : failure(CODE.internal, text, { data: error });
    this.#deps.answer(responseText(id, answer));
    this.#answered(id);
  }
}
