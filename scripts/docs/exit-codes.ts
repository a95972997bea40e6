/**
 * docs/reference/exit-codes.md: what each exit code means, and which errors and states lead to it.
 *
 * @module
 */
import { EXIT_MEANINGS, exitOfError, exitOfSnapshot } from '../../src/cli/exit.ts';
import { ERROR_CODES } from '../../test/spec/surface.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import { REASONS } from '../../src/core/reasons.ts';
import type { ReasonId } from '../../src/core/reasons.ts';
import { code, codes, page, table } from './markdown.ts';

/** The page. */
export function exitCodesPage(): string {
  const reasons = Object.keys(REASONS) as ReasonId[];
  const rows = EXIT_MEANINGS.map(([exit, meaning]) => {
    const errors = (ERROR_CODES as readonly ErrorCode[]).filter((error) => exitOfError(error) === exit);
    const states = reasons.filter((reason) => exitOfSnapshot({ status: REASONS[reason].status, reason }) === exit);
    return [code(String(exit)), meaning, codes(errors) || '–', exit === 0 ? '–' : codes(states) || '–'];
  });
  return page('Exit codes', '`src/cli/exit.ts`', [
    'Each code has one meaning. `holdfast status` ends with 0 whatever the states are; `status --exit-code`, `wait`, `reconnect` and the other verbs that contact a server end with the code of its state, the worst one of several (2, 7, 3, 4, 8 in this order).',
    table(['code', 'meaning', 'errors', 'reasons'], rows),
  ]);
}
