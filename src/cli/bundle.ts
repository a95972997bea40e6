/**
 * What goes into the file of `doctor --bundle`: everything that helps to understand a fault, and nothing that lets in.
 *
 * @module
 */
import { resolve } from 'node:path';
import { iso } from '../base/clock.ts';
import type { FleetEvent } from '../core/events.ts';
import type { Finding, Fleet, LogLine } from '../core/fleet.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { View } from '../core/view.ts';
import type { Context } from './context.ts';
import { publicServer } from './render/configured.ts';

/** What was asked for. */
export interface BundleAsk {
  /** As typed. */
  readonly path: string;
  readonly findings: readonly Finding[];
  readonly name: string | undefined;
}

const LAST_LINES = 200;
const EVENTS_MS = 300;
/** Variables whose names say how this machine is set up; values are never written. */
const TELLING = /^(?:HOLDFAST_|MCP_|CLAUDE_|NODE_|CI$|SSH_|WSL_|CODESPACES$|.*_proxy$)/i;

async function keptEvents(fleet: Fleet, view: View, context: Context): Promise<readonly FleetEvent[]> {
  const end = new AbortController();
  const timer = context.clock.after(EVENTS_MS, () => end.abort());
  const seen: FleetEvent[] = [];
  try {
    for await (const event of fleet.events(end.signal, { since: 0, view })) seen.push(event);
  } finally {
    timer.cancel();
  }
  return seen;
}

async function aboutServer(fleet: Fleet, view: View, snapshot: Snapshot): Promise<object> {
  const { name } = snapshot;
  const [logs, helperRun] = await Promise.all([
    fleet.logs(name, view).catch((): readonly LogLine[] => []),
    fleet.helperRun(name, view).catch(() => undefined),
  ]);
  return { snapshot, helperRun: helperRun ?? null, log: logs.slice(-LAST_LINES) };
}

/** Writes the bundle into a new file of the owner alone and gives its path. Errors: `ERR_USAGE` where the file exists. */
export async function writeBundle(context: Context, { path, findings, name }: BundleAsk): Promise<string> {
  const [fleet, view, config] = await Promise.all([context.fleet(), context.view(), context.config()]);
  const { env, version, machine, clock } = context.ports;
  const isMeant = (one: { readonly name: string }): boolean => name === undefined || one.name === name;
  const [{ servers }, snapshots, sources, owner, events] = await Promise.all([
    config.load(view),
    fleet.snapshots(view),
    fleet.sources(view),
    context.owner(),
    keptEvents(fleet, view, context),
  ]);
  const record = {
    schema: 'bundle/v1',
    time: iso(clock.now()),
    program: { version, node: machine.node, platform: machine.platform },
    owner,
    findings,
    entries: servers.filter(isMeant).map(publicServer),
    sources,
    servers: await Promise.all(snapshots.filter(isMeant).map((one) => aboutServer(fleet, view, one))),
    events: events.filter(({ server }) => server === undefined || isMeant({ name: server })),
    environment: Object.keys(env)
      .filter((key) => TELLING.test(key) && env[key] !== undefined)
      .toSorted(),
  };
  const full = resolve(context.place.cwd, path);
  await context.ports.bundle({ path: full, record, view });
  return full;
}
