/**
 * A message that is sent once to see whether it arrives, as a real one would be.
 *
 * @module
 */
import { iso } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { Webhook, WebhookTry } from '../core/webhook.ts';
import type { Message } from './message.ts';
import { post } from './post.ts';
import type { PostWorld } from './post.ts';

/** The type of a test; it is no event of a fleet. */
export const TEST_TYPE = 'webhook.test';

const TEXT = 'This is a test of "holdfast webhooks test". Nothing has happened.';

/** A message that says of itself that it is a test. Its id is never that of an event, nor of another test. */
export function testMessage(nowMs: number, random: Random): Message {
  const timestamp = iso(nowMs);
  const salt = Math.floor(random.next() * 0xff_ff_ff).toString(16);
  return {
    id: `test_${nowMs}_${salt}`,
    body: JSON.stringify({ type: TEST_TYPE, timestamp, data: { event: TEST_TYPE, time: timestamp, text: TEXT } }),
  };
}

/** Sends a test to one webhook, once. Never throws. */
export async function tryWebhook(hook: Webhook, world: PostWorld & { readonly random: Random }): Promise<WebhookTry> {
  const { clock, random } = world;
  const message = testMessage(clock.now(), random);
  const began = clock.monotonic();
  const { kind, why: answer, ...facts } = await post(hook, message, world);
  const durationMs = Math.round(clock.monotonic() - began);
  return { took: kind === 'done', answer, id: message.id, durationMs, ...facts };
}
