/**
 * Ways to lay faults over servers: first some, then others; by method; by header; by time.
 *
 * @module
 */
import { behaviourOf, headerOf } from './exchange.ts';
import type { Behaviour, BehaviourSource } from './exchange.ts';
import { tooMany, unauthorized } from './faults.ts';

/** The first `times` requests get `first`, all later ones `then`. */
export function firstThen(times: number, first: BehaviourSource, then: BehaviourSource): Behaviour {
  const early = behaviourOf(first);
  const late = behaviourOf(then);
  let seen = 0;
  return (exchange) => {
    seen += 1;
    return seen <= times ? early(exchange) : late(exchange);
  };
}

/** The n-th request gets the n-th behaviour; the last one stays. */
export function sequence(steps: readonly [BehaviourSource, ...BehaviourSource[]]): Behaviour {
  let index = 0;
  return (exchange) => {
    const step = steps[Math.min(index, steps.length - 1)] ?? steps[0];
    index += 1;
    return behaviourOf(step)(exchange);
  };
}

/** For `ms` after the first request: `first`; later `then`. */
export function firstWhile(ms: number, first: BehaviourSource, then: BehaviourSource): Behaviour {
  const early = behaviourOf(first);
  const late = behaviourOf(then);
  let start: number | undefined;
  return (exchange) => {
    const now = exchange.clock.monotonic();
    start ??= now;
    return now - start < ms ? early(exchange) : late(exchange);
  };
}

/** JSON-RPC requests of these methods get `special`, everything else `otherwise`. */
export function onRpc(
  methods: string | readonly string[],
  special: BehaviourSource,
  otherwise: BehaviourSource,
): Behaviour {
  const wanted = new Set(typeof methods === 'string' ? [methods] : methods);
  const rest = behaviourOf(otherwise);
  const chosen = behaviourOf(special);
  return (exchange) => (wanted.has(exchange.message?.method ?? '') ? chosen(exchange) : rest(exchange));
}

/** Requests of this HTTP method get `special`, everything else `otherwise`. */
export function onHttp(method: string, special: BehaviourSource, otherwise: BehaviourSource): Behaviour {
  const rest = behaviourOf(otherwise);
  const chosen = behaviourOf(special);
  return (exchange) => (exchange.record.method === method ? chosen(exchange) : rest(exchange));
}

/** Requests that carry the header with that value (or with one that `value` accepts) pass; all others get `otherwise` (default: bare 401). */
export function requireHeader(
  need: { readonly name: string; readonly value: string | ((value: string) => boolean) },
  then: BehaviourSource,
  otherwise: BehaviourSource = unauthorized(),
): Behaviour {
  const { value } = need;
  const fits = typeof value === 'string' ? (given: string): boolean => given === value : value;
  const pass = behaviourOf(then);
  const refuse = behaviourOf(otherwise);
  return (exchange) => {
    const given = headerOf(exchange, need.name);
    return given !== undefined && fits(given) ? pass(exchange) : refuse(exchange);
  };
}

/** Waits, then answers. */
export function delayed(ms: number, then: BehaviourSource): Behaviour {
  const answer = behaviourOf(then);
  return async (exchange) => {
    await exchange.clock.sleep(ms, exchange.signal);
    await answer(exchange);
  };
}

/** Lets `requests` through in every `perMs`; the others get 429 with the seconds that are left. */
export function rateLimited(limit: { requests: number; perMs: number }, then: BehaviourSource): Behaviour {
  const pass = behaviourOf(then);
  let windowStart = Number.NEGATIVE_INFINITY;
  let used = 0;
  return (exchange) => {
    const now = exchange.clock.monotonic();
    if (now - windowStart >= limit.perMs) {
      windowStart = now;
      used = 0;
    }
    used += 1;
    if (used <= limit.requests) return pass(exchange);
    const seconds = Math.ceil((windowStart + limit.perMs - now) / 1_000);
    return tooMany({ seconds })(exchange);
  };
}
