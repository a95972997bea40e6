/**
 * Whether an entry of a project file may be used (BEHAVIOUR §11): approved is the file, the project, the entry as it
 * stands there, and the content of every script of the project that it runs.
 *
 * @module
 */
import type { Approval } from '../core/config-model.ts';
import type { Files } from '../core/machine.ts';
import { differenceOf, factsOf, summaryOf } from './approval-facts.ts';
import type { Facts } from './approval-facts.ts';
import type { Candidate } from './candidate.ts';
import { hashOf } from './canonical.ts';
import type { OverlayRecord } from './overlay.ts';
import { scriptsOf } from './scripts.ts';

/** An entry of a person's own file. */
export const NOT_NEEDED: Approval = { state: 'not-needed', summary: [], difference: [] };

/** What an approval of an entry would be about, now. */
export interface Judged {
  readonly approval: Approval;
  readonly facts: Facts;
  /** Real paths of the scripts: when one changes, the approval has to be judged again. */
  readonly scripts: readonly string[];
}

const UNASKED: Judged = { approval: NOT_NEEDED, facts: {}, scripts: [] };

/** Whether an entry has to be approved before it is used. */
export function needsApproval(candidate: Candidate): boolean {
  return candidate.place.scope === 'project';
}

function stateOf(record: OverlayRecord, hash: string): Approval['state'] {
  if (record.rejected !== undefined) return 'rejected';
  if (record.approved === undefined) return 'awaiting';
  return record.approved.hash === hash ? 'approved' : 'changed';
}

/** Judges one entry. `file` is the real path of its file. An entry that is not valid has nothing to approve. */
export async function judge(
  files: Files,
  candidate: Candidate,
  known: { readonly file: string; readonly record: OverlayRecord },
): Promise<Judged> {
  const { entry, raw, place } = candidate;
  if (!needsApproval(candidate) || entry === undefined) return UNASKED;
  const projectRoot = place.project ?? place.base;
  const scripts = await scriptsOf(files, entry, projectRoot);
  const facts = factsOf({ entry, raw: raw.value, projectRoot, scripts });
  const { file, record } = known;
  const hash = hashOf({ file, projectRoot, entry: raw.value, scripts });
  const state = stateOf(record, hash);
  const lines = record.approved === undefined ? [] : differenceOf(record.approved.facts, facts);
  const isChanged = state === 'changed';
  const difference = isChanged && lines.length === 0 ? ['changed: a part of the entry that is not shown'] : lines;
  const approval = { state, hash, summary: summaryOf(facts), difference: isChanged ? difference : [] };
  return { approval, facts, scripts: scripts.map(({ path }) => path) };
}
