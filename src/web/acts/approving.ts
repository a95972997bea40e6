/**
 * What an approval on the page is about, and whether a click is enough for it.
 *
 * @module
 */
import type { ApprovalView } from '../../core/fleet.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { PageDeps } from '../deps.ts';

/** An approval with its facts. */
export interface Approving {
  readonly snapshot: Snapshot;
  readonly approval: ApprovalView;
  readonly needsCode: boolean;
  /** In words, for the code in the terminal. */
  readonly what: string;
}

/**
 * Only what is surely a remote server without a helper may be approved by a click. The snapshot alone does not tell: it
 * can be that of another entry of the same name, which hides the one to approve.
 */
function runsSomething({ transport, signIn }: Snapshot, { summary }: ApprovalView): boolean {
  if (transport === 'stdio' || signIn === 'stdio' || signIn === 'helper') return true;
  return !summary.some((line) => line.startsWith('contacts:')) || summary.some((line) => /^runs\b/.test(line));
}

/** Reads both anew. Errors: `ERR_SERVER_UNKNOWN`. */
export async function approvalData({ fleet, view }: PageDeps, name: string): Promise<Approving> {
  const [snapshot, approval] = await Promise.all([fleet.snapshot(name, view), fleet.approval(name, view)]);
  return { snapshot, approval, needsCode: runsSomething(snapshot, approval), what: `approve ${name}` };
}
