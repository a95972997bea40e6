/**
 * The loopback doors of this process: one listener per port, shared by every sign-in that waits for its answer there.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import { openListener, type CallbackListener } from './listener.ts';
import type { CallbackParams } from './callback.ts';
import type { PageId } from './page.ts';

/** Where a listener listens when random ports cannot be reached (SSH, WSL, containers): the one to forward. */
export const DEFAULT_CALLBACK_PORT = 17_471;
/** Ports that are tried from a fixed one on. */
const NEXT_PORTS = 10;

/** Which port is wanted. */
export type PortWish =
  /** Whichever, but rather one of these: a client is registered with them already. */
  | { readonly kind: 'any'; readonly rather?: readonly number[] }
  /** This one, or one of the next ones. */
  | { readonly kind: 'from'; readonly port: number }
  /** This one alone: it is registered at the authorization server. */
  | { readonly kind: 'exactly'; readonly port: number };

/** What becomes of an answer that has the state of a flow. Resolves with the page to show. */
export type TakeAnswer = (params: CallbackParams) => Promise<PageId>;

/** A place where the answer of one flow is expected. */
export interface Door {
  readonly redirectUri: string;
  /** Hands over every answer that carries this state, until `close`. */
  await(state: string, take: TakeAnswer): void;
  close(): void;
}

interface Shared {
  readonly listener: CallbackListener;
  readonly waiting: Map<string, TakeAnswer>;
  users: number;
}

/** The doors of one process. */
export class Doors {
  readonly #clock: Clock;
  readonly #open = new Map<number, Shared>();
  /** One after the other, so that two sign-ins that begin together find each other's listener. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A door at a port as wished; `undefined` when none of the ports can be had. Never waits for a port. */
  door(wish: PortWish): Promise<Door | undefined> {
    const turn = this.#turn.then(() => this.#find(wish));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Ends every listener. */
  async close(): Promise<void> {
    await this.#turn;
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(open.map(({ listener }) => listener.close()));
  }

  async #find(wish: PortWish): Promise<Door | undefined> {
    for (const port of portsOf(wish, this.#open.keys())) {
      const known = this.#open.get(port);
      if (known !== undefined) return this.#enter(port, known);
      const waiting = new Map<string, TakeAnswer>();
      const listener = await openListener(this.#clock, port, async (params) => {
        const take = waiting.get(params.state);
        return take === undefined ? 'refused' : take(params);
      });
      if (listener === undefined) continue;
      const shared: Shared = { listener, waiting, users: 0 };
      this.#open.set(listener.port, shared);
      return this.#enter(listener.port, shared);
    }
    return undefined;
  }

  #enter(port: number, shared: Shared): Door {
    const states: string[] = [];
    let closed = false;
    shared.users += 1;
    return {
      redirectUri: redirectUriOf(port),
      await(state, take) {
        states.push(state);
        shared.waiting.set(state, take);
      },
      close: () => {
        if (closed) return;
        closed = true;
        for (const state of states) shared.waiting.delete(state);
        shared.users -= 1;
        if (shared.users > 0) return;
        this.#open.delete(port);
        void shared.listener.close();
      },
    };
  }
}

/** The redirect URI of a port. By name, because the person's browser may know only one of the address families. */
export function redirectUriOf(port: number): string {
  return `http://localhost:${port}/callback`;
}

/** The port of a redirect URI of ours; `undefined` for any other URI. */
export function portOfRedirect(uri: string): number | undefined {
  const port = Number(/^http:\/\/localhost:(\d{1,5})\/callback$/.exec(uri)?.[1] ?? 0);
  return port > 0 && port < 65_536 ? port : undefined;
}

function portsOf(wish: PortWish, open: Iterable<number>): readonly number[] {
  if (wish.kind === 'exactly') return [wish.port];
  // A listener that is open already is as good as any.
  if (wish.kind === 'any') return [...(wish.rather ?? []), ...[...open].slice(0, 1), 0];
  return Array.from({ length: NEXT_PORTS }, (_, index) => wish.port + index).filter((port) => port < 65_536);
}
