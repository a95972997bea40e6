/**
 * The port through which the owner of the connections looks for what is wrong, and the making of findings.
 *
 * @module
 */
import type { Authority } from './credential.ts';
import type { EffectiveEntry } from './entry.ts';
import type { Fault } from './fault.ts';
import type { CheckId } from './doctor-checks.ts';
import type { Finding } from './fleet.ts';
import type { HelperRun } from './ports.ts';
import type { Snapshot } from './snapshot.ts';
import type { View } from './view.ts';

/** One server as the doctor sees it. */
export interface Patient {
  readonly name: string;
  /** Expanded; only servers that may be contacted have one. */
  readonly entry: EffectiveEntry;
  readonly snapshot: Snapshot;
  readonly helperRun: HelperRun | undefined;
}

/** What is to be looked at. */
export interface ExamineAsk {
  /** One server, and nothing that is not about it. */
  readonly name?: string;
  readonly view: View;
  readonly patients: readonly Patient[];
  /** Variables that the entries name. */
  readonly variables: readonly string[];
}

/** The eyes of the owner: what can be seen from the process that makes the connections. Never throws, changes nothing. */
export type Examiner = (ask: ExamineAsk) => Promise<readonly Finding[]>;

/** The way to a sign-in as it was found. */
export type SignInWay =
  | { readonly ok: true; readonly authority: Authority; readonly resource: string | undefined }
  | { readonly ok: false; readonly fault: Fault };

/** A finding that all is well. */
export const fine = (check: CheckId, text: string, server?: string): Finding => ({
  level: 'ok',
  check,
  text,
  ...(server === undefined ? {} : { server }),
});

/** A finding with its one remedy. */
export const found = (
  level: Exclude<Finding['level'], 'ok'>,
  check: CheckId,
  about: { readonly text: string; readonly hint: string; readonly server?: string | undefined },
): Finding => {
  const { text, hint, server } = about;
  return { level, check, text, hint, ...(server === undefined ? {} : { server }) };
};
