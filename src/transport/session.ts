/**
 * One conversation with a server over any link: the SDK's `Client` for the protocol, our rules for time, faults and lists.
 *
 * @module
 */
import type { ServerCapabilities } from '@modelcontextprotocol/client';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import type { Redactor } from '../base/secret.ts';
import type { Elicit } from '../core/elicitation.ts';
import type { Answer } from '../core/fault.ts';
import { OWN_GATEWAY } from '../core/own-mark.ts';
import type { OpenRequest } from '../core/ports.ts';
import type { Asking } from './asking.ts';
import { isModernError } from './era.ts';
import { shakeHands } from './handshake.ts';
import type { Link } from './link.ts';
import { LinkedSession } from './linked-session.ts';
import { Wire } from './wire.ts';

/** What every session gets from outside. */
export interface SessionWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly redactor: Redactor;
  readonly logger: Logger;
  /** How we name ourselves to servers. */
  readonly clientInfo?: { readonly name: string; readonly version: string };
  /** Whom servers may ask; default nobody. */
  readonly elicit?: Elicit | undefined;
  /** Calls come from clients that servers may ask, each over its own call. */
  readonly relays?: boolean | undefined;
  /** By what our own gateway is known again: a server that shows it is ourselves. */
  readonly mark?: string | undefined;
}

/** How we name ourselves where nothing else is said. */
export const CLIENT_INFO = { name: 'holdfast', version: '0.1.0' } as const;

const OURSELVES: Answer = {
  kind: 'protocol',
  text: 'this leads back to the gateway of Holdfast itself, which would offer its own tools to itself without end',
};

function leadsHome(capabilities: ServerCapabilities | undefined, mark: string | undefined): boolean {
  return mark !== undefined && capabilities?.experimental?.[OWN_GATEWAY]?.['mark'] === mark;
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

/** The outcome of `openSession`: an `OpenOutcome` with what decides whether another transport is worth a try. */
export type SessionOutcome =
  | { readonly ok: true; readonly session: LinkedSession }
  | {
      readonly ok: false;
      readonly answer: Answer;
      /** The server sent an error that only a modern server sends: it understands this transport. */
      readonly spokeModern: boolean;
    };

function askingOf(wire: Wire, { entry }: OpenRequest, { elicit, logger }: SessionWorld): Asking | undefined {
  if (elicit === undefined) return undefined;
  return { elicit, server: entry.name, logger, whileAsking: (ask) => wire.whileAsking(ask) };
}

/** Of the connect time this much goes into opening; then a slow list does not keep the server from being connected. */
const LISTS_SHARE = 0.8;

/**
 * Opens a session over one link: era, handshake, lists. Waits no longer than `request.signal`, and `eraProbeMs` for the
 * era. Never throws: what came from outside is an `Answer`. When it fails, the link is closed.
 */
export async function openSession({ request, link, era, world }: SessionPlan): Promise<SessionOutcome> {
  const { clock } = world;
  const { numbers, signal, knownEra } = request;
  const limit = new AbortController();
  const timer = clock.after(numbers.connectTimeoutMs * LISTS_SHARE, () => limit.abort());
  const stop = (): void => limit.abort();
  signal.addEventListener('abort', stop, { once: true });
  const wire = new Wire(link);
  const failed = async (answer: Answer, spokeModern = false): Promise<SessionOutcome> => {
    await wire.end().catch(() => {});
    return { ok: false, answer: signal.aborted ? { kind: 'timeout' } : answer, spokeModern };
  };
  const { clientInfo = CLIENT_INFO } = world;
  try {
    const hands = await shakeHands({
      wire,
      era,
      knownEra,
      probeMs: numbers.eraProbeMs,
      clock,
      clientInfo,
      services: {
        projectRoot: request.projectRoot ?? request.entry.projectRoot,
        asking: askingOf(wire, request, world),
        // Over HTTP each set of capabilities gets a session of its own.
        relays: world.relays === true && link.kind !== 'http',
      },
      signal,
    });
    if (!hands.ok) return await failed(hands.answer, isModernError(hands.rpc));
    if (leadsHome(hands.client.getServerCapabilities(), world.mark)) return await failed(OURSELVES);
    wire.unshield();
    const session = new LinkedSession({ ...world, clientInfo, request, wire, client: hands.client, era: hands.era });
    if (knownEra !== undefined && knownEra !== hands.era) {
      link.onnote?.('era', `the server was ${knownEra} at the last contact and is ${hands.era} now`);
    }
    const refusal = await session.begin(limit.signal);
    if (refusal === undefined && !signal.aborted) return { ok: true, session };
    await session.close();
    return await failed(refusal ?? { kind: 'timeout' });
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', stop);
  }
}
