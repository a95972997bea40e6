/**
 * The thin end of the gateway for one client: passes lines between the client and the owner of the fleet, and stays when
 * the owner is restarted. It reads no more of a message than it needs to say honestly what was lost.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { CODE, failure, responseText } from '../rpc/answer.ts';
import { isObject } from '../rpc/message.ts';
import type { Id } from '../rpc/message.ts';

/** A way to the owner of the fleet. */
export interface OwnerLines {
  send(line: string): void;
  onLine(listener: (line: string) => void): void;
  onEnd(listener: () => void): void;
  end(): void;
}

/** What a bridge is made from. */
export interface BridgeDeps {
  readonly clock: Clock;
  /** Opens a conversation with the owner; starts one where there is none. */
  readonly open: () => Promise<OwnerLines>;
  /** Sends one line to the client. */
  readonly answer: (line: string) => void;
  /** Says something to the person who looks after the client (stderr). */
  readonly say: (text: string) => void;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;
/** After so many tries in a row the bridge gives up, and its client starts it again. */
const TRIES = 10;
/** Id under which a renewed conversation is begun; its answer is for nobody. */
const AGAIN = 'holdfast-bridge-initialize';

interface Sketch {
  readonly id?: Id;
  readonly method?: string;
}

/** Id and method of a line, where it is JSON at all. */
function sketchOf(line: string): Sketch {
  try {
    const value: unknown = JSON.parse(line);
    if (!isObject(value)) return {};
    const { id, method } = value;
    return {
      ...(typeof id === 'string' || typeof id === 'number' ? { id } : {}),
      ...(typeof method === 'string' ? { method } : {}),
    };
  } catch {
    return {};
  }
}

/** One client's bridge. */
export class Bridge {
  readonly #deps: BridgeDeps;
  readonly #pending = new Set<Id>();
  readonly #ended = new AbortController();
  #owner: OwnerLines | undefined;
  #opening: Promise<OwnerLines> | undefined;
  /** The `initialize` of a legacy client, to begin again with another owner. */
  #hello: string | undefined;

  constructor(deps: BridgeDeps) {
    this.#deps = deps;
  }

  /** Opens the way. Rejects where there is none. */
  async start(): Promise<void> {
    await this.#open();
  }

  /** Takes one line of the client. */
  async receive(line: string): Promise<void> {
    const { id, method } = sketchOf(line);
    if (method === 'initialize') this.#hello = line;
    try {
      const owner = this.#owner ?? (await this.#open());
      if (id !== undefined && method !== undefined) this.#pending.add(id);
      owner.send(line);
    } catch (error) {
      if (id !== undefined && method !== undefined) this.#refuse(id, messageOf(error));
    }
  }

  /** The client has gone. */
  close(): void {
    this.#ended.abort(new Error('the client has gone'));
    this.#owner?.end();
  }

  #open(): Promise<OwnerLines> {
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
        return this.#adopt(await open());
      } catch (error) {
        if (tries === TRIES) throw error;
        await clock.sleep(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1)), signal);
      }
    }
  }

  #adopt(owner: OwnerLines): OwnerLines {
    const begun = this.#hello;
    this.#owner = owner;
    owner.onLine((line) => this.#heard(line));
    owner.onEnd(() => this.#lost(owner));
    if (begun !== undefined && this.#pending.size === 0) this.#beginAgain(owner, begun);
    return owner;
  }

  /** A legacy conversation is begun anew for a client that knows nothing of it. */
  #beginAgain(owner: OwnerLines, hello: string): void {
    const value = JSON.parse(hello) as object;
    owner.send(JSON.stringify({ ...value, id: AGAIN }));
    owner.send('{"jsonrpc":"2.0","method":"notifications/initialized"}');
  }

  #heard(line: string): void {
    // Only answers need a look, and they begin so.
    const { id, method } = line.startsWith('{"jsonrpc":"2.0","id":') ? headOf(line) : {};
    if (id === AGAIN) return;
    if (id !== undefined && method === undefined) this.#pending.delete(id);
    this.#deps.answer(line);
  }

  /** What was under way is answered honestly; the way is opened again at once. */
  #lost(owner: OwnerLines): void {
    if (this.#owner !== owner) return;
    this.#owner = undefined;
    for (const id of this.#pending)
      this.#refuse(id, 'Holdfast was restarted while this was under way; it may have been done.');
    this.#pending.clear();
    if (this.#ended.signal.aborted) return;
    this.#deps.say('the owner of the connections has gone; opening the way again');
    this.#open().catch((error: unknown) => {
      if (!this.#ended.signal.aborted) this.#deps.say(`there is no way to the servers: ${messageOf(error)}`);
    });
  }

  #refuse(id: Id, why: string): void {
    this.#pending.delete(id);
    this.#deps.answer(responseText(id, failure(CODE.internal, why)));
  }
}

const HEAD = /^\{"jsonrpc":"2\.0","id":("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?),"(result|error|method)"/;

/** Id of an answer as the gateway writes it, without reading the rest. */
function headOf(line: string): Sketch {
  const match = HEAD.exec(line);
  if (match === null) return sketchOf(line);
  const id = JSON.parse(match[1] ?? 'null') as Id;
  return match[2] === 'method' ? { id, method: '' } : { id };
}
