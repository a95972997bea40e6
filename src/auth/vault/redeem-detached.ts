/**
 * Lets a process of its own redeem, which outlives the command that asked: kill -9 of a short-lived command must not lose a
 * login between the answer of the authorization server and the disk. No token crosses between the two; the store does that.
 *
 * @module
 */
import type { Fault } from '../../core/fault.ts';
import { REASONS } from '../../core/reasons.ts';
import type { ReasonId } from '../../core/reasons.ts';
import { renewalFault } from './renewal.ts';
import type { Redeem, RedeemAsk, RefreshOutcome } from './renewal.ts';
import type { Vault } from './vault.ts';

/**
 * What became of the helper: its line (`reportLine`), or it is `gone` without a word (it could not be started, or has
 * died: whoever redeems next finds its note), or it is `running` for longer than anybody waits.
 */
export type HelperEnd = { readonly kind: 'report'; readonly line: string } | { readonly kind: 'gone' | 'running' };

/** Starts the helper for one generation of a login, detached, and waits for it within limits. Never rejects. */
export type RunHelper = (id: string, ask: RedeemAsk) => Promise<HelperEnd>;

/** What the helper says: an outcome without its credential. */
type Report =
  | { readonly kind: 'fresh' | 'adopted' }
  | Omit<Extract<RefreshOutcome, { kind: 'kept' }>, 'credential'>
  | Omit<Extract<RefreshOutcome, { kind: 'ended' }>, 'credential'>;

/** The outcome as one line of JSON without any secret. */
export function reportLine(outcome: RefreshOutcome): string {
  const { credential: _, ...report } = outcome;
  return `${JSON.stringify(report)}\n`;
}

function faultIn(value: unknown): Fault | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { reason, detail, httpStatus } = value as Record<string, unknown>;
  if (typeof reason !== 'string' || !(reason in REASONS)) return undefined;
  return {
    reason: reason as ReasonId,
    ...(typeof detail === 'string' ? { detail } : {}),
    ...(typeof httpStatus === 'number' ? { httpStatus } : {}),
  };
}

function keptIn({ cause, fault, retryInMs }: Record<string, unknown>): Report {
  const told = faultIn(fault);
  return {
    kind: 'kept',
    ...(cause === 'busy' || cause === 'store' ? { cause } : {}),
    ...(told === undefined ? {} : { fault: told }),
    ...(typeof retryInMs === 'number' ? { retryInMs } : {}),
  };
}

function reportIn(output: string): Report | undefined {
  try {
    const fields = JSON.parse(output) as Record<string, unknown>;
    const { kind, detail } = fields;
    if (kind === 'fresh' || kind === 'adopted') return { kind };
    if (kind === 'kept') return keptIn(fields);
    if (kind === 'ended' && typeof detail === 'string') return { kind, detail };
    return undefined;
  } catch {
    return undefined;
  }
}

/** Redeems through `run`, and reads what came of it; `here` where the helper is gone without a word. */
export function redeemElsewhere(vault: Vault, run: RunHelper, here: Redeem): Redeem {
  return async (id, ask) => {
    const end = await run(id, ask);
    if (end.kind === 'gone') return here(id, ask);
    const report = end.kind === 'report' ? reportIn(end.line) : undefined;
    const credential = await vault.read(id).catch(() => 'unreadable' as const);
    if (credential === 'unreadable') return unreadable(vault, id);
    if (credential === undefined) return { kind: 'ended', detail: 'the sign-in is no longer kept' };
    // What is kept is true, whatever was said.
    if (credential.generation !== ask.generation && credential.status === 'live')
      return { kind: report?.kind === 'fresh' ? 'fresh' : 'adopted', credential };
    if (report?.kind === 'ended') return { ...report, credential };
    if (credential.status === 'refused') return { kind: 'ended', credential, detail: credential.refusal ?? 'refused' };
    if (report?.kind === 'kept') return { ...report, credential };
    const fault = renewalFault('busy: another process is still renewing this sign-in');
    return { kind: 'kept', credential, cause: 'busy', fault, retryInMs: RETRY_MS };
  };
}

const RETRY_MS = 5_000;

function unreadable(vault: Vault, id: string): RefreshOutcome {
  const credential = vault.lastSeen(id);
  if (credential === undefined) return { kind: 'ended', detail: 'the sign-in is no longer kept' };
  const fault = renewalFault('the store cannot be read');
  return { kind: 'kept', credential, cause: 'store', fault, retryInMs: RETRY_MS };
}
