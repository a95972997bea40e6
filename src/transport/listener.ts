/**
 * Announcements of a modern server: one `subscriptions/listen`, opened again with back-off whenever it ends
 * (MCP 2026-07-28, subscriptions).
 *
 * @module
 */
import type { Client, McpSubscription, SubscriptionFilter } from '@modelcontextprotocol/client';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { AnswerError } from './answer-error.ts';
import { NO_SDK_TIMEOUT_MS } from './handshake.ts';
import { RPC } from './protocol.ts';
import { GOOD_LIFE_MS, reopenDelay } from './reopen.ts';

/** What listening needs. */
export interface ListenPlan {
  readonly client: Client;
  /** What is wanted; nothing where it is absent. */
  readonly filter: SubscriptionFilter | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
  /** The subscription is back, and announcements may have been missed meanwhile. */
  readonly gap: () => void;
  /** Hears once whether the server offers it. */
  readonly offered?: (isOffered: boolean) => void;
}

/** How long the server may take to acknowledge. */
const ACK_MS = 30_000;
/** HTTP answers that say "no subscriptions here". */
const NOT_OFFERED: ReadonlySet<number> = new Set([404, 405, 501]);

/** Everything that can change is asked for, whether or not the server declared that it announces it. */
export function filterFor(capabilities: Readonly<Record<string, unknown>>): SubscriptionFilter | undefined {
  const filter = {
    ...(capabilities['tools'] === undefined ? {} : { toolsListChanged: true }),
    ...(capabilities['prompts'] === undefined ? {} : { promptsListChanged: true }),
    ...(capabilities['resources'] === undefined ? {} : { resourcesListChanged: true }),
  };
  return Object.keys(filter).length === 0 ? undefined : filter;
}

/** Listens until `signal` aborts or the server turns out to offer nothing. Never rejects. */
export async function keepListening(plan: ListenPlan): Promise<void> {
  const { filter } = plan;
  if (filter === undefined) return;
  const { clock, random, signal } = plan;
  try {
    for (let useless = 0; !signal.aborted; useless += 1) {
      const started = clock.monotonic();
      const ended = await listenOnce(filter, plan, useless > 0);
      if (ended === 'not-offered' || signal.aborted) return;
      if (clock.monotonic() - started >= GOOD_LIFE_MS) useless = 0;
      plan.note('the subscription to list changes ended');
      await clock.sleep(reopenDelay(useless, random.next()), signal);
    }
  } catch {
    // The wait was aborted: the session is closed.
  }
}

async function listenOnce(
  filter: SubscriptionFilter,
  plan: ListenPlan,
  again: boolean,
): Promise<'ended' | 'not-offered'> {
  let subscription: McpSubscription;
  const patience = new AbortController();
  const timer = plan.clock.after(ACK_MS, () => patience.abort(), { unref: true });
  const stop = (): void => patience.abort();
  plan.signal.addEventListener('abort', stop, { once: true });
  try {
    subscription = await plan.client.listen(filter, { signal: patience.signal, timeout: NO_SDK_TIMEOUT_MS });
  } catch (error) {
    plan.signal.removeEventListener('abort', stop);
    const isOffered = !offersNone(error);
    if (!isOffered) plan.offered?.(false);
    return isOffered ? 'ended' : 'not-offered';
  } finally {
    timer.cancel();
  }
  const isOffered = Object.values(subscription.honoredFilter).some(
    (honored) => honored === true || (Array.isArray(honored) && honored.length > 0),
  );
  plan.offered?.(isOffered);
  if (!isOffered) {
    await subscription.close();
    return 'not-offered';
  }
  if (again) plan.gap();
  await subscription.closed;
  plan.signal.removeEventListener('abort', stop);
  return 'ended';
}

function offersNone(error: unknown): boolean {
  if (error instanceof AnswerError) return error.answer.kind === 'http' && NOT_OFFERED.has(error.answer.status);
  return error instanceof Error && (error as { code?: unknown }).code === RPC.methodNotFound;
}
