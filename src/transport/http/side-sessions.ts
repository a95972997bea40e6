/**
 * Further sessions with a legacy server, for clients that can more than we can ourselves: a server learns once, when a
 * session begins, what its client can, and must not ask more of it (MCP 2025-11-25, lifecycle). One for each set of
 * capabilities, opened when a call first needs it.
 *
 * @module
 */
import type { Json } from '../protocol.ts';
import type { ServerSession } from './server-session.ts';

/** What opens and leaves sessions. */
export interface SideSessionsPlan {
  /** `initialize` with these capabilities, and what follows it. Rejects with an `AnswerError`. */
  readonly open: (capabilities: Json, before: ServerSession | undefined) => Promise<ServerSession>;
  readonly leave: (session: ServerSession) => Promise<void>;
}

/** Sets of capabilities at the same time; the one that was unused for longest goes. */
const MOST = 8;

interface Side {
  readonly opening: Promise<ServerSession>;
  /** Set once it is open. */
  session: ServerSession | undefined;
}

/** The side sessions of one link. */
export class SideSessions {
  readonly #plan: SideSessionsPlan;
  readonly #sides = new Map<string, Side>();
  /** The lost session that the next one of the same capabilities follows. */
  readonly #lost = new Map<string, ServerSession>();

  constructor(plan: SideSessionsPlan) {
    this.#plan = plan;
  }

  /** The session for these capabilities. Rejects with an `AnswerError`, or with the reason of the signal. */
  async of(capabilities: Json, signal: AbortSignal): Promise<ServerSession> {
    let stop: (() => void) | undefined;
    const stopped = new Promise<never>((_, reject) => {
      stop = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', stop);
    });
    try {
      return await Promise.race([this.#open(capabilities), stopped]);
    } finally {
      if (stop !== undefined) signal.removeEventListener('abort', stop);
    }
  }

  /** Single flight; what fails is tried again by the next call. */
  async #open(capabilities: Json): Promise<ServerSession> {
    const key = JSON.stringify(capabilities);
    const known = this.#sides.get(key);
    if (known !== undefined) {
      this.#sides.delete(key);
      this.#sides.set(key, known);
      return known.session ?? known.opening;
    }
    const side: Side = { opening: this.#plan.open(capabilities, this.#lost.get(key)), session: undefined };
    this.#sides.set(key, side);
    this.#bound();
    try {
      side.session = await side.opening;
      this.#lost.delete(key);
      return side.session;
    } catch (error) {
      if (this.#sides.get(key) === side) this.#sides.delete(key);
      throw error;
    }
  }

  /** Whether the server has forgotten one of these; the next call opens another one. */
  lose(lost: object): boolean {
    for (const [key, { session }] of this.#sides) {
      if (session !== lost) continue;
      this.#sides.delete(key);
      this.#lost.set(key, session);
      if (this.#lost.size > MOST) this.#lost.delete(this.#lost.keys().next().value as string);
      return true;
    }
    return [...this.#lost.values()].includes(lost as ServerSession);
  }

  /** Leaves all of them. */
  async end(): Promise<void> {
    const open = [...this.#sides.values()].map(({ session }) => session).filter((one) => one !== undefined);
    this.#sides.clear();
    await Promise.all(open.map((session) => this.#plan.leave(session)));
  }

  #bound(): void {
    if (this.#sides.size <= MOST) return;
    const [key, side] = this.#sides.entries().next().value as [string, Side];
    this.#sides.delete(key);
    if (side.session !== undefined) void this.#plan.leave(side.session);
  }
}
