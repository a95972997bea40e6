/**
 * Tells the webhooks of the configuration what happens to a fleet. The configuration is looked at again while it runs.
 *
 * @module
 */
import type { FleetEvent } from '../core/events.ts';
import { wants, webhookProblemLine } from '../core/webhook.ts';
import type { Webhook, WebhookList } from '../core/webhook.ts';
import { Delivery } from './delivery.ts';
import type { DeliveryWorld } from './delivery.ts';
import { messageOf } from './message.ts';

/** What the webhooks of a fleet are made from. */
export interface WebhooksWorld extends DeliveryWorld {
  /** The webhooks as they stand now; `undefined` when nothing has changed since the last asking. */
  readonly read: () => Promise<WebhookList | undefined>;
}

/** How long what is under way may take at the end. */
const GRACE_MS = 3_000;
/** The same event of two projects that share a server is told once. */
const SAME_WITHIN_MS = 50;
const MOST_REMEMBERED = 500;

/** What makes two hooks the same, so that a change of one leaves the deliveries of the others alone. */
const keyOf = ({ url, events, servers, secret }: Webhook): string =>
  JSON.stringify([url, events, servers ?? null, secret?.reveal() ?? null]);

/** What makes two events the same but for the place that they were seen from. */
function sameness({ seq: _seq, time: _time, ...event }: FleetEvent): string {
  if (event.event !== 'server.status') return JSON.stringify(event);
  const { snapshot, ...rest } = event;
  return JSON.stringify([rest, snapshot.configHash ?? snapshot.source.file]);
}

/** The webhooks of one fleet. Who makes it closes it. */
export class Webhooks {
  readonly #world: WebhooksWorld;
  readonly #told = new Map<string, number>();
  #hooks: readonly (readonly [Webhook, Delivery])[] = [];
  #last: Promise<void> = Promise.resolve();
  #leaving: Promise<unknown> = Promise.resolve();

  constructor(world: WebhooksWorld) {
    this.#world = world;
  }

  /** Tells an event to those that want it. Never throws; events are told in the order of the calls. */
  tell(event: FleetEvent): void {
    if (this.#isRepeated(event)) return;
    this.#last = this.#last
      .then(() => this.#tell(event))
      .catch((error: unknown) => this.#world.logger.error({ error }, 'the webhooks could not be told'));
  }

  /** Lets what is under way end, for a few seconds at most. */
  async close(): Promise<void> {
    await this.#last;
    await Promise.all([this.#leaving, ...this.#hooks.map(([, delivery]) => delivery.close(GRACE_MS))]);
    this.#hooks = [];
  }

  async #tell(event: FleetEvent): Promise<void> {
    await this.#refresh();
    const wanted = this.#hooks.filter(([hook]) => wants(hook, event));
    if (wanted.length === 0) return;
    const message = messageOf(event);
    for (const [, delivery] of wanted) delivery.send(message);
  }

  async #refresh(): Promise<void> {
    const list = await this.#world.read();
    if (list === undefined) return;
    for (const problem of list.problems)
      this.#world.logger.warn({ problem: webhookProblemLine(problem) }, 'a webhook is not used');
    const known = new Map(this.#hooks.map((pair) => [keyOf(pair[0]), pair]));
    this.#hooks = list.hooks.map((hook) => {
      const same = known.get(keyOf(hook));
      known.delete(keyOf(hook));
      return same ?? [hook, new Delivery(hook, this.#world)];
    });
    this.#leaving = Promise.all([
      this.#leaving,
      ...[...known.values()].map(([, delivery]) => delivery.close(GRACE_MS)),
    ]);
  }

  #isRepeated(event: FleetEvent): boolean {
    const now = this.#world.clock.now();
    const key = sameness(event);
    const before = this.#told.get(key);
    this.#told.delete(key);
    this.#told.set(key, now);
    const oldest = this.#told.keys().next();
    if (this.#told.size > MOST_REMEMBERED && oldest.done !== true) this.#told.delete(oldest.value);
    return before !== undefined && now - before < SAME_WITHIN_MS;
  }
}
