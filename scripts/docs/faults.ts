/**
 * docs/reference/faults.md: what a server can answer on connect and what comes of it, by running the classification.
 *
 * @module
 */
import { classifyConnect } from '../../src/core/classify.ts';
import { REASONS } from '../../src/core/reasons.ts';
import type { ReasonId } from '../../src/core/reasons.ts';
import { REQUIREMENTS as CALL_RULES } from '../../test/spec/requirements/call.ts';
import { FAULT_TABLE, contextOf } from '../../test/spec/fault-table.ts';
import type { FaultRow } from '../../test/spec/fault-table.ts';
import { code, page, table } from './markdown.ts';

const isAuth = ({ answer }: FaultRow): boolean => answer.kind === 'http' && [401, 403].includes(answer.status);
const reasonOfRow = (row: FaultRow): ReasonId => classifyConnect(row.answer, contextOf(row)).reason;

function outcome(reason: ReasonId): readonly string[] {
  const { status, persistence } = REASONS[reason];
  const retried = persistence === 'transient';
  return [
    retried ? `${code('pending')}, then ${code(status)}` : code(status),
    `[${reason}](reasons.md#${reason})`,
    retried ? 'yes' : 'no',
  ];
}

/** The page. */
export function faultsPage(): string {
  const auth = FAULT_TABLE.filter(isAuth).map((row) => [row.what, ...outcome(reasonOfRow(row))]);
  const byReason = new Map<ReasonId, string[]>();
  for (const row of FAULT_TABLE.filter((one) => !isAuth(one))) {
    const reason = reasonOfRow(row);
    byReason.set(reason, [...(byReason.get(reason) ?? []), row.what]);
  }
  const other = [...byReason].map(([reason, whats]) => [whats.join(' · '), ...outcome(reason)]);
  return page('What the server answered', '`src/core/classify.ts`', [
    'What an answer to a connect try means. It is decided by status, header and system error code, never by the text of a message. Every row is replayed by a test against a real server, port or process that answers so (where no machine can be made to, against a socket that fails so).',
    '## 401 and 403',
    'The first row that fits wins. None of them is tried again quickly, and none of them is final: the server is probed in the background and contacted at the next call, start or reconnect.',
    table(['answer', 'status', 'reason', 'quick retries'], auth),
    '## Everything else',
    table(['answer', 'status', 'reason', 'quick retries'], other),
    '## While connected',
    'A fault on a call fails that call; the status changes only when a contact of our own fails too. Each line is a requirement that tests cite by its id.',
    table(
      ['id', 'what happens'],
      CALL_RULES.map(({ id, behaviour }) => [code(id), behaviour]),
    ),
    '## Times that a server names',
    'A 429 or 503 that names a time (`Retry-After`) is never tried before it: up to 30 s it is waited in `pending`, longer means `failed` with `nextRetryAt`, at most one hour ahead.',
  ]);
}
