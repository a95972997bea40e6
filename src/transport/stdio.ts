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

/** How a conversation begins. `legacy` and a remembered `legacy` send `initialize` first and look further if it is refused. */
interface Opening {
  readonly era: SessionPlan['era'];
  readonly knownEra: OpenRequest['knownEra'] | undefined;
}

/** A try with one process. `died` = the process ended by itself before a session stood. */
interface Attempt {
  readonly outcome: OpenOutcome;
  readonly died: boolean;
}

const failed = (answer: Answer): Attempt => ({ outcome: { ok: false, answer }, died: false });
const LEGACY_FIRST: Opening = { era: 'auto', knownEra: 'legacy' };

/** A silent server: its last stderr line says more than nothing ("Downloading…", "Waiting for the database"). */
function silence(link: StdioLink): Answer {
  const last = link.stderr().at(-1)?.text;
  return last === undefined ? { kind: 'timeout' } : { kind: 'timeout', text: `last line of its stderr: ${last}` };
}

async function attempt(request: OpenRequest, world: StdioWorld, { era, knownEra }: Opening): Promise<Attempt> {
  const { entry, numbers, signal } = request;
  if (isRemote(entry.endpoint)) throw new TypeError('not a stdio entry');
  if (signal.aborted) return failed({ kind: 'timeout' });
  const projectRoot = request.projectRoot ?? entry.projectRoot;
  const process = await world.host.start({ endpoint: entry.endpoint, numbers, projectRoot });
  if (!(process instanceof ServerProcess)) return failed(process);
  const link = new StdioLink(process, numbers.messageBytes, world.redactor);
  const { knownEra: _, ...rest } = request;
  const asked = { ...rest, ...(knownEra === undefined ? {} : { knownEra }) };
  const outcome = await openSession({ request: asked, link, era, world });
  if (outcome.ok) return { outcome, died: false };
  await link.close();
  const answer = outcome.answer.kind === 'timeout' ? silence(link) : outcome.answer;
  return { outcome: { ok: false, answer }, died: process.diedByItself };
}

function openingOf({ entry, knownEra }: OpenRequest): Opening {
  const { protocolEra } = entry.settings;
  return protocolEra === 'legacy' ? LEGACY_FIRST : { era: protocolEra, knownEra };
}

/**
 * One try to open a session with a process. Never throws for what comes from outside; when it fails, no process of it is
 * left. Errors: `TypeError` for an entry that is no stdio entry.
 */
export async function openStdio(request: OpenRequest, world: StdioWorld): Promise<OpenOutcome> {
  const opening = openingOf(request);
  const first = await attempt(request, world, opening);
  const probedFirst = opening.era === 'auto' && opening.knownEra !== 'legacy';
  // Some servers end at a first request that they do not know: once more, with `initialize` first.
  const again = probedFirst && first.died && !request.signal.aborted;
  return again ? (await attempt(request, world, { era: 'legacy', knownEra: 'legacy' })).outcome : first.outcome;
}
