/**
 * Reads one list of a server, page by page, with retries.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { Answer, CallFault } from '../core/fault.ts';
import type { CallOutcome, Lists } from '../core/ports.ts';
import { FORGETFUL } from './answer-error.ts';
import { isObject, RPC } from './protocol.ts';

/** One of the four lists. */
export type ListName = Exclude<keyof Lists, 'instructions' | 'capabilities'>;

/** How each list is asked for, and what every item must have to be of any use. */
export const LISTS = {
  tools: { method: 'tools/list', capability: 'tools', field: 'tools', key: 'name' },
  prompts: { method: 'prompts/list', capability: 'prompts', field: 'prompts', key: 'name' },
  resources: { method: 'resources/list', capability: 'resources', field: 'resources', key: 'uri' },
  resourceTemplates: {
    method: 'resources/templates/list',
    capability: 'resources',
    field: 'resourceTemplates',
    key: 'uriTemplate',
  },
} as const satisfies Record<ListName, unknown>;

/** Sends one request. */
export type Ask = (method: string, params: Readonly<Record<string, unknown>> | undefined) => Promise<CallOutcome>;

/** What reading a list needs. */
export interface ReadPlan {
  readonly ask: Ask;
  readonly clock: Clock;
  readonly random: Random;
  /** Tries after the first one. */
  readonly retries: number;
  /** Ends the waits between tries. */
  readonly signal: AbortSignal;
}

/** The items, or why there are none. */
export type ListOutcome =
  | { readonly ok: true; readonly items: readonly unknown[] }
  | { readonly ok: false; readonly answer: Answer };

/** A server that never stops paging is stopped here; what was read is kept. */
const MAX_PAGES = 500;
const MAX_ITEMS = 50_000;
/** Wait before the first retry; doubles (× random 0.5–1). */
const RETRY_MS = 250;
/** A server that asks for a longer wait than this gets it: the list is given up for now. */
const LONGEST_WAIT_MS = 5_000;

/** Reads the whole list; a transient failure starts it again from the first page, at most `retries` times. */
export async function readList(name: ListName, plan: ReadPlan): Promise<ListOutcome> {
  for (let tries = 0; ; tries += 1) {
    const outcome = await readPages(name, plan.ask);
    if (outcome.ok) return outcome;
    const wait = retryWait(outcome.fault, tries, plan);
    const answer = answerOfFault(outcome.fault);
    if (wait === undefined || plan.signal.aborted) return { ok: false, answer };
    try {
      await plan.clock.sleep(wait, plan.signal);
    } catch {
      return { ok: false, answer };
    }
  }
}

function retryWait(fault: CallFault, tries: number, { retries, random }: ReadPlan): number | undefined {
  if (tries >= retries || !isTransient(fault)) return undefined;
  const asked = fault.answer?.kind === 'http' ? (fault.answer.retryAfterMs ?? 0) : 0;
  const wait = Math.max(asked, RETRY_MS * 2 ** tries * (0.5 + random.next() / 2));
  return wait > LONGEST_WAIT_MS ? undefined : wait;
}

function isTransient({ kind, answer, rpc }: CallFault): boolean {
  if (kind === 'rpc') return rpc?.code === -32_603 || (rpc !== undefined && rpc.code > -32_100 && rpc.code <= -32_000);
  if (answer?.kind === 'http') return answer.status >= 500 || [408, 425, 429].includes(answer.status);
  return kind === 'network' || kind === 'timeout';
}

/** The answer behind a fault; a JSON-RPC error becomes one that names its code. */
export function answerOfFault({ kind, answer, rpc, text, sessionLost }: CallFault): Answer {
  if (sessionLost === true) return FORGETFUL;
  if (answer !== undefined) return answer;
  if (kind === 'timeout' || kind === 'cancelled') return { kind: 'timeout' };
  return { kind: 'protocol', text: rpc === undefined ? text : `JSON-RPC error ${rpc.code}` };
}

type Pages =
  | { readonly ok: true; readonly items: readonly unknown[] }
  | { readonly ok: false; readonly fault: CallFault };

async function readPages(name: ListName, ask: Ask): Promise<Pages> {
  const { method, field, key } = LISTS[name];
  const items: unknown[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_PAGES && items.length < MAX_ITEMS; pages += 1) {
    const outcome = await ask(method, cursor === undefined ? undefined : { cursor });
    if (!outcome.ok) {
      // The capability was declared by mistake, or never: there is no such list.
      if (pages === 0 && outcome.fault.rpc?.code === RPC.methodNotFound) return { ok: true, items };
      return outcome;
    }
    const page = isObject(outcome.result) ? outcome.result[field] : undefined;
    if (!isObject(outcome.result) || !Array.isArray(page)) return { ok: false, fault: noList(method) };
    // One broken item must not hide the others.
    for (const item of page as unknown[]) if (isObject(item) && typeof item[key] === 'string') items.push(item);
    const next = outcome.result['nextCursor'];
    // Only absence ends paging: an empty string is a cursor. One that came before would lead in a circle.
    if (typeof next !== 'string' || seen.has(next)) break;
    seen.add(next);
    cursor = next;
  }
  return { ok: true, items };
}

const noList = (method: string): CallFault => ({
  kind: 'protocol',
  sent: 'maybe',
  answer: { kind: 'protocol', text: `the answer to ${method} holds no list` },
  text: `The answer to ${method} holds no list.`,
});
