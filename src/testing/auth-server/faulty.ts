/**
 * Faults laid over endpoints: before the work, after it, or instead of its answer.
 *
 * @module
 */
import { behaviourOf, untilGone } from '../exchange.ts';
import type { Behaviour, Exchange } from '../exchange.ts';
import type { EndpointFault, EndpointId } from './options.ts';
import { Refusal, refusalReply, sendReply } from './reply.ts';
import type { Reply } from './reply.ts';

interface Planned {
  readonly fault: EndpointFault;
  left: number;
}

/** The faults that are planned, by endpoint. The first that fits is used up first. */
export class FaultPlan {
  readonly #planned = new Map<EndpointId, Planned[]>();

  add(id: EndpointId, fault: EndpointFault, times: number): void {
    this.#planned.set(id, [...(this.#planned.get(id) ?? []), { fault, left: times }]);
  }

  clear(id?: EndpointId): void {
    if (id === undefined) this.#planned.clear();
    else this.#planned.delete(id);
  }

  take(id: EndpointId, exchange: Exchange): EndpointFault | undefined {
    const planned = this.#planned.get(id)?.find(({ fault, left }) => left > 0 && fits(fault, exchange));
    if (planned !== undefined) planned.left -= 1;
    return planned?.fault;
  }
}

function fits(fault: EndpointFault, exchange: Exchange): boolean {
  return fault.grant === undefined || new URLSearchParams(exchange.record.body).get('grant_type') === fault.grant;
}

/** An endpoint whose answers are values. */
export function endpoint(
  plan: FaultPlan,
  id: EndpointId,
  work: (exchange: Exchange) => Reply | Promise<Reply>,
): Behaviour {
  return (exchange) =>
    withFault(plan.take(id, exchange), exchange, async () => {
      const answer = await replyOf(work, exchange);
      return (): void => sendReply(exchange, answer);
    });
}

/** A behaviour that answers by itself: its work cannot be told from its answer, so `commit` does nothing. */
export function faulty(plan: FaultPlan, id: EndpointId, open: Behaviour): Behaviour {
  return (exchange) => withFault(plan.take(id, exchange), exchange, () => Promise.resolve(() => open(exchange)));
}

async function withFault(
  fault: EndpointFault | undefined,
  exchange: Exchange,
  work: () => Promise<() => void | Promise<void>>,
): Promise<void> {
  const wait = (ms: number | undefined): Promise<void> =>
    ms === undefined ? Promise.resolve() : Promise.race([exchange.clock.sleep(ms), untilGone(exchange)]);
  await wait(fault?.waitMs);
  const answer = fault?.answer;
  const send = fault?.commit === true || answer === undefined ? await work() : undefined;
  await wait(fault?.holdMs);
  if (answer !== undefined) await behaviourOf(answer)(exchange);
  else await send?.();
}

async function replyOf(work: (exchange: Exchange) => Reply | Promise<Reply>, exchange: Exchange): Promise<Reply> {
  try {
    return await work(exchange);
  } catch (error) {
    if (error instanceof Refusal) return refusalReply(error);
    throw error;
  }
}
