/**
 * `explain`: a reason or a status in words, from the registry; contacts nothing.
 *
 * @module
 */
import { ACTIONS } from '../../core/actions.ts';
import { REASONS, reasonAnchor } from '../../core/reasons.ts';
import type { ReasonId } from '../../core/reasons.ts';
import { STATUSES } from '../../core/snapshot.ts';
import type { Status } from '../../core/snapshot.ts';
import type { Command } from '../command.ts';
import { usageError } from '../errors.ts';
import { EXIT, EXIT_MEANINGS, exitOfSnapshot } from '../exit.ts';
import type { Io } from '../io.ts';
import { statusPaint, styleOf } from '../text/style.ts';
import { didYouMean } from '../text/suggest.ts';
import { definitions } from '../text/wrap.ts';

/** What each status means and what a person does (BEHAVIOUR §1). */
const STATUS_WORDS: Readonly<Record<Status, readonly [string, string]>> = {
  connected: ['The server answered, and its lists are known (or marked last-known).', 'Nothing.'],
  pending: [
    'The server is being connected, waits between tries, reconnects, or waits for approval.',
    'Wait, or "retry NAME", or "approve NAME".',
  ],
  'needs-auth': [
    'The server was reached, but it wants authentication: a sign-in, other credentials, or more rights.',
    'Sign in, or mend the credentials and "reconnect NAME".',
  ],
  failed: [
    'The server could not be reached or is not usable, and quick retries are over.',
    'Read the reason, mend it, then "reconnect NAME".',
  ],
  disabled: [
    'The server is switched off by a person, rejected by a person, or forbidden by a policy.',
    '"enable NAME", "approve NAME", or ask who made the policy.',
  ],
};

const PERSISTENCE = {
  transient: 'Tried again by itself: quick retries, then a slow probe for as long as it takes.',
  permanent: 'Not tried again by itself; a person, a change of the entry or a call tries again.',
  heals: 'Probed in the background; it heals without a person where that is possible.',
  waits: 'Nothing is contacted until a person decides.',
} as const;

const ids = Object.keys(REASONS) as ReasonId[];
const reasonsOf = (status: Status): readonly ReasonId[] => ids.filter((id) => REASONS[id].status === status);
const exitText = (status: Status, reason?: ReasonId): string => {
  const code = exitOfSnapshot({ status, ...(reason === undefined ? {} : { reason }) });
  return `${code} (${EXIT_MEANINGS.find(([known]) => known === code)?.[1]})`;
};

function tellReason(id: ReasonId, io: Io): void {
  const { status, sentence, remedy, persistence, next } = REASONS[id];
  const style = styleOf(io);
  io.out(`${style.bold(id)} · ${statusPaint(style, status)(status)}`);
  io.out('');
  const rows: readonly (readonly [string, string])[] = [
    ['What', sentence],
    ['Do', remedy],
    ['Retries', PERSISTENCE[persistence]],
    ['Commands', next.map((action) => `holdfast ${ACTIONS[action].verb}`).join(' · ')],
    ['Exit code', exitText(status, id)],
    ['Reference', reasonAnchor(id)],
  ];
  for (const line of definitions(rows, io.columns)) io.out(line);
}

function tellStatus(status: Status, io: Io): void {
  const style = styleOf(io);
  const [what, todo] = STATUS_WORDS[status];
  io.out(style.bold(statusPaint(style, status)(status)));
  io.out('');
  const rows: readonly (readonly [string, string])[] = [
    ['What', what],
    ['Do', todo],
    ['Exit code', exitText(status)],
  ];
  for (const line of definitions(rows, io.columns)) io.out(line);
  io.out('');
  io.out('Reasons');
  tellTable(reasonsOf(status), io);
}

function tellTable(reasons: readonly ReasonId[], io: Io): void {
  const rows = reasons.map((id) => [id, REASONS[id].sentence] as const);
  for (const line of definitions(rows, io.columns)) io.out(line);
}

function record(id: ReasonId): object {
  return {
    reason: id,
    ...REASONS[id],
    anchor: reasonAnchor(id),
    exitCode: exitOfSnapshot({ status: REASONS[id].status, reason: id }),
  };
}

export const explain: Command = async (args, context, io) => {
  const word = args.words[0];
  const status = STATUSES.find((one) => one === word);
  const reason = ids.find((one) => one === word);
  if (word !== undefined && status === undefined && reason === undefined)
    throw usageError(
      `"${word}" is neither a reason nor a status`,
      didYouMean(word, [...STATUSES, ...ids]) ?? 'Run "holdfast explain" to see all of them.',
    );
  if (context.json) {
    const wanted = reason === undefined ? (status === undefined ? ids : reasonsOf(status)) : [reason];
    io.out(JSON.stringify({ schema: 'explain/v1', reasons: wanted.map(record) }));
  } else if (reason !== undefined) tellReason(reason, io);
  else if (status !== undefined) tellStatus(status, io);
  else {
    for (const one of STATUSES) {
      io.out(statusPaint(styleOf(io), one)(one));
      tellTable(reasonsOf(one), io);
    }
  }
  return EXIT.ok;
};
