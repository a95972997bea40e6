/**
 * The two pages for those who watch: `/healthz` and `/metrics`.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Fleet } from '../../core/fleet.ts';
import type { Meter } from '../../core/meter.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { View } from '../../core/view.ts';
import { CONTENT_TYPE, expose } from './exposition.ts';
import { healthOf, healthStatus } from './health.ts';
import { serverReadings } from './readings.ts';

/** What a listener has open. */
export interface Open {
  readonly sessions: number;
  readonly streams: number;
}

/** What the pages are made from. */
export interface WatchDeps {
  readonly fleet: Pick<Fleet, 'snapshots'>;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly version: string;
  readonly view?: View;
  readonly open: () => Open;
}

/** Longer than this nobody who restarts a service waits. */
const PATIENCE_MS = 1_000;

/** The path of the page that needs no token. */
export const HEALTH_PATH = '/healthz';
const METRICS_PATH = '/metrics';

/** Answers if the path is one of the pages. Never rejects. */
export async function servePage(
  path: string,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  deps: WatchDeps,
): Promise<boolean> {
  if (path !== HEALTH_PATH && path !== METRICS_PATH) return false;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    end(response, 405, { type: 'text/plain; charset=utf-8', text: 'GET or HEAD\n', allow: 'GET, HEAD' });
    return true;
  }
  const servers = await serversOf(deps);
  if (path === HEALTH_PATH) {
    const status = healthOf(servers);
    end(response, healthStatus(status), { type: 'application/json', text: `${JSON.stringify({ status })}\n` });
  } else if (servers === undefined) {
    end(response, 503, { type: 'text/plain; charset=utf-8', text: 'the connections do not answer\n' });
  } else end(response, 200, { type: CONTENT_TYPE, text: metricsText(deps, servers) });
  return true;
}

/** The servers as they are; `undefined` where that does not come in time, or at all. */
async function serversOf({ fleet, view, clock }: WatchDeps): Promise<readonly Snapshot[] | undefined> {
  const ended = new AbortController();
  const late = clock.sleep(PATIENCE_MS, ended.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([fleet.snapshots(view), late]);
  } catch {
    return undefined;
  } finally {
    ended.abort();
  }
}

function metricsText({ meter, clock, version, open }: WatchDeps, servers: readonly Snapshot[]): string {
  const { sessions, streams } = open();
  const names = new Set(servers.map(({ name }) => name));
  const readings = {
    ...serverReadings(servers, clock.now()),
    gatewaySessions: [[[], sessions]],
    gatewayStreams: [[[], streams]],
    buildInfo: [[[version], 1]],
  } as const;
  return expose(meter, readings, (server) => names.has(server));
}

function end(
  response: ServerResponse,
  status: number,
  { type, text, allow }: { readonly type: string; readonly text: string; readonly allow?: string },
): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...(allow === undefined ? {} : { allow }),
  });
  response.end(text);
}
