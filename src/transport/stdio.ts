/**
 * Opens sessions with servers that are processes (MCP, stdio transport; BEHAVIOUR §3a, last rows).
 *
 * @module
 */
import { isRemote } from '../core/entry.ts';
import type { Answer } from '../core/fault.ts';
import type { OpenOutcome, OpenRequest } from '../core/ports.ts';
import type { ProcessHost } from './process/host.ts';
import { ServerProcess } from './process/server-process.ts';
import { StdioLink } from './process/stdio-link.ts';
import { openSession } from './session.ts';
import type { SessionPlan, SessionWorld } from './session.ts';

/** What stdio needs beside what every session needs. */
export interface StdioWorld extends SessionWorld {
  readonly host: ProcessHost;
}

type EraPlan = SessionPlan['era'];

/** A try with one process. `died` = the process ended by itself before a session stood. */
type Attempt = { readonly outcome: OpenOutcome; readonly died: boolean };

const failed = (answer: Answer): OpenOutcome => ({ ok: false, answer });

/** A silent server: its last stderr line says more than nothing ("Downloading…", "Waiting for the database"). */
function silence(link: StdioLink): Answer {
  const last = link.stderr().at(-1);
  return last === undefined ? { kind: 'timeout' } : { kind: 'timeout', text: `last line of its stderr: ${last}` };
}

async function attempt(request: OpenRequest, world: StdioWorld, era: EraPlan): Promise<Attempt> {
  const { entry, numbers, signal } = request;
  if (isRemote(entry.endpoint)) throw new TypeError('not a stdio entry');
  if (signal.aborted) return { outcome: failed({ kind: 'timeout' }), died: false };
  const projectRoot = request.projectRoot ?? entry.projectRoot;
  const process = await world.host.start({ endpoint: entry.endpoint, numbers, projectRoot });
  if (!(process instanceof ServerProcess)) return { outcome: failed(process), died: false };
  const link = new StdioLink(process, numbers.messageBytes, world.redactor);
  const outcome = await openSession({ request, link, era, world });
  if (outcome.ok) return { outcome, died: false };
  await link.close();
  const died = process.diedByItself;
  if (died) return { outcome: failed(link.ending()), died };
  return { outcome: signal.aborted ? failed(silence(link)) : outcome, died };
}

function firstEra({ entry, knownEra }: OpenRequest): EraPlan {
  const { protocolEra } = entry.settings;
  return protocolEra === 'auto' && knownEra === 'legacy' ? 'legacy' : protocolEra;
}

/** The era to try with a fresh process after a failure, if there is one. */
function nextEra(tried: EraPlan, request: OpenRequest, { outcome, died }: Attempt): EraPlan | undefined {
  if (outcome.ok || request.signal.aborted) return undefined;
  // Some servers end at a first request that they do not know.
  if (tried === 'auto' && died) return 'legacy';
  // The server knows none of our earlier versions: it may know later ones only.
  if (tried === 'legacy' && outcome.answer.kind === 'version') return 'modern';
  return undefined;
}

/**
 * One try to open a session with a process. Never throws for what comes from outside; when it fails, no process of it is
 * left. Errors: `TypeError` for an entry that is no stdio entry.
 */
export async function openStdio(request: OpenRequest, world: StdioWorld): Promise<OpenOutcome> {
  const era = firstEra(request);
  const first = await attempt(request, world, era);
  const next = nextEra(era, request, first);
  if (next === undefined) return first.outcome;
  const second = await attempt(request, world, next);
  // The later era was a guess of ours: if it fails too, the first answer is the one to tell.
  return second.outcome.ok || era === 'auto' ? second.outcome : first.outcome;
}
