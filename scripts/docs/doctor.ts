/**
 * docs/reference/doctor.md: what doctor looks at, and the record of `--json`.
 *
 * @module
 */
import { CHECKS } from '../../src/core/doctor-checks.ts';
import { code, page, table } from './markdown.ts';

/** The page. */
export function doctorPage(): string {
  const rows = Object.entries(CHECKS).map(([check, what]) => [code(check), what]);
  return page('What doctor checks', '`src/core/doctor-checks.ts`', [
    '`holdfast doctor` names the check of each finding in square brackets. Each check has a test in which what it looks for is really broken.',
    table(['check', 'what it looks at'], rows),
    '## The record',
    '`holdfast doctor --json` prints `{"schema": "doctor/v1", "findings": […]}`; `holdfast/schema/doctor.json` is its JSON schema. A finding has `level` (`ok`, `note`, `warning`, `problem`), `check`, `text`, `server` where it is about one, and `hint`, the remedy, unless the level is `ok`.',
  ]);
}
