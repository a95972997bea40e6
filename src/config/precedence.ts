/**
 * Which entry of a name is the server of a view: local > project > user > own, the whole entry.
 *
 * @module
 */
import type { Approval, ConfiguredServer, NotLoaded } from '../core/config-model.ts';
import type { EntrySource } from '../core/entry.ts';
import type { Candidate } from './candidate.ts';

/** An entry with what a person decided about it. */
export interface Decided {
  readonly candidate: Candidate;
  readonly approval: Approval;
  /** The person's choice; absent = as the file says. */
  readonly enabled?: boolean;
  /** The account that a person bound it to. */
  readonly profile?: string;
}

/** Servers and the entries that are none. */
export interface Ranked {
  readonly servers: readonly ConfiguredServer[];
  readonly notLoaded: readonly NotLoaded[];
}

const WORDS: Readonly<Record<Approval['state'], string>> = {
  'not-needed': 'shadowed',
  approved: 'shadowed',
  awaiting: 'awaiting approval',
  changed: 'changed since its approval',
  rejected: 'rejected',
};

const placeWords = ({ scope, file, line }: EntrySource): string => `${scope} in ${file}:${line}`;

/** Strength of an entry beside its place: a bad or unapproved one never hides one that can be used. */
function usability({ candidate, approval }: Decided): number {
  if (candidate.problem !== undefined) return 2;
  return ['approved', 'not-needed'].includes(approval.state) ? 0 : 1;
}

function notLoaded(loser: Decided, winner: Decided, wouldWin: boolean): NotLoaded {
  const { candidate, approval } = loser;
  const { name, source, problem } = candidate;
  const used = placeWords(winner.candidate.source);
  if (problem !== undefined) {
    const detail = problem.detail ?? 'the entry is not valid';
    return { name, source, reason: 'config-invalid', text: `${detail}; ${used} is used` };
  }
  if (!wouldWin) return { name, source, reason: 'duplicate-shadowed', text: `shadowed by ${used}` };
  const text = `${WORDS[approval.state]}; until it is approved ${used} is used`;
  return { name, source, reason: 'duplicate-shadowed', text, approval };
}

function server(winner: Decided, losers: readonly Decided[]): ConfiguredServer {
  const { candidate, approval, enabled, profile } = winner;
  const { name, source, entry, problem, notes, disabled } = candidate;
  return {
    name,
    source,
    ...(entry === undefined ? {} : { entry }),
    ...(problem === undefined ? {} : { problem }),
    approval,
    enabled: enabled ?? !disabled,
    shadows: losers.map((loser) => loser.candidate.source),
    ...(notes.length === 0 ? {} : { notes }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** Decides for every name. `all` stands in the order of precedence, the strongest place first. */
export function rank(all: readonly Decided[]): Ranked {
  const byName = new Map<string, Decided[]>();
  for (const one of all) {
    const same = byName.get(one.candidate.name);
    if (same === undefined) byName.set(one.candidate.name, [one]);
    else same.push(one);
  }
  const servers: ConfiguredServer[] = [];
  const rest: NotLoaded[] = [];
  for (const same of byName.values()) {
    // Stable: among equally usable ones the stronger place stays in front.
    const [winner, ...losers] = same.toSorted((a, b) => usability(a) - usability(b));
    if (winner === undefined) continue;
    servers.push(server(winner, losers));
    for (const loser of losers) rest.push(notLoaded(loser, winner, same.indexOf(loser) < same.indexOf(winner)));
  }
  return { servers, notLoaded: rest };
}
