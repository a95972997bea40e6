/**
 * The answer to a call of a tool that is one too many: told to the model, for programs, and counted.
 *
 * @module
 */
import { HoldfastError } from '../../base/errors.ts';
import type { Fleet } from '../../core/fleet.ts';
import type { Meter } from '../../core/meter.ts';
import type { View } from '../../core/view.ts';
import type { Target } from '../catalogue/catalogue.ts';
import { placeOf } from '../own/words.ts';
import type { Answer } from '../rpc/answer.ts';
import { refusal } from './refusal.ts';

/** What is needed for it. */
export interface OverLimitDeps {
  readonly fleet: Pick<Fleet, 'snapshot'>;
  readonly view?: View;
  readonly meter?: Meter;
}

/** By how much it is too much. */
export interface OverLimit {
  readonly perMinute: number;
  readonly waitMs: number;
}

/** The result, an error of the tool. Never rejects. */
export async function overLimit(
  { fleet, view, meter }: OverLimitDeps,
  { server, name }: Target,
  { perMinute, waitMs }: OverLimit,
): Promise<Answer> {
  meter?.count('toolCalls', { server, 'gen_ai.tool.name': name, outcome: 'limited' });
  const snapshot = await fleet.snapshot(server, view).catch(() => undefined);
  const place = placeOf(snapshot?.source);
  const where = place === undefined ? '' : ` (${place})`;
  const seconds = Math.ceil(waitMs / 1_000);
  const calls = perMinute === 1 ? '1 tool call' : `${perMinute} tool calls`;
  return refusal(
    'tools/call',
    new HoldfastError(
      'ERR_RATE_LIMITED',
      `${server} may get ${calls} a minute, from all clients together: "holdfast.tools.perMinute" of its entry${where}. This one was not sent.`,
      { hint: `Try again in ${seconds} s.`, data: { server, sent: 'no', retryAfterMs: waitMs, perMinute } },
    ),
  );
}
