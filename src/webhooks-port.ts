/**
 * Wires webhooks into a fleet that lives long enough to tell anybody: the daemon's, and that of serve and run.
 *
 * @module
 */
import { join } from 'node:path';
import type { Base } from './assemble.ts';
import { readWebhooks } from './config/webhooks.ts';
import type { FleetEvent } from './core/events.ts';
import type { Webhook, WebhookList, WebhookTry } from './core/webhook.ts';
import type { LocalFleet } from './fleet/local-fleet.ts';
import { createHttp } from './net/dispatcher.ts';
import { createFiles } from './system/files.ts';
import { tryWebhook } from './webhooks/trial.ts';
import { Webhooks } from './webhooks/webhooks.ts';

/** The configuration is looked at again at the first event after so long. */
const LOOK_MS = 1_000;

/** The files in which webhooks may stand: those that a person named, else our own. */
export function webhookFiles({ folders }: Base, files: readonly string[]): readonly string[] {
  return files.length === 0 ? [join(folders.config, 'servers.json')] : files;
}

/** The webhooks of these files as they are now. */
export function webhooksOf(base: Base, files: readonly string[]): Promise<WebhookList> {
  const set = Object.entries(base.host.env).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return readWebhooks({
    files: createFiles({ clock: base.clock }),
    paths: webhookFiles(base, files),
    variables: Object.fromEntries(set),
    redactor: base.redactor,
  });
}

/** Sends each webhook a test, all at once, through the proxy and certificates of this process. */
export async function tryWebhooks(
  { clock, random, host }: Base,
  hooks: readonly Webhook[],
  signal: AbortSignal,
): Promise<readonly WebhookTry[]> {
  const http = createHttp({ env: host.env });
  try {
    return await Promise.all(hooks.map((hook) => tryWebhook(hook, { clock, random, fetch: http.fetch, signal })));
  } finally {
    await http.close();
  }
}

/** Reads only what has changed, and not at every event. */
function reader(base: Base, named: readonly string[]): () => Promise<WebhookList | undefined> {
  const files = createFiles({ clock: base.clock });
  const paths = webhookFiles(base, named);
  let mark: string | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = base.clock.monotonic();
    if (now - lookedAt < LOOK_MS) return undefined;
    lookedAt = now;
    const facts = await Promise.all(paths.map((path) => files.facts(path).catch(() => undefined)));
    const seen = JSON.stringify(facts.map((one) => [one?.mtimeMs, one?.size]));
    if (seen === mark) return undefined;
    mark = seen;
    return webhooksOf(base, named);
  };
}

/** Tells the webhooks of our own file, or of the named files, every event of the fleet until that is closed. */
export function attachWebhooks(base: Base, fleet: LocalFleet, files: readonly string[]): void {
  const { clock, random, logger, host } = base;
  const http = createHttp({ env: host.env });
  const webhooks = new Webhooks({ clock, random, logger, fetch: http.fetch, read: reader(base, files) });
  fleet.attach({
    tell: (event: FleetEvent) => webhooks.tell(event),
    close: async () => {
      await webhooks.close();
      await http.close();
    },
  });
}
