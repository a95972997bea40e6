/**
 * docs/reference/numbers.md: every number a user can feel, from the table.
 *
 * @module
 */
import { NUMBERS } from '../../src/core/numbers.ts';
import type { NumberRow } from '../../src/core/numbers.ts';
import { code, page, table } from './markdown.ts';

const UNITS: readonly (readonly [number, string])[] = [
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

function readable({ default: value, unit }: NumberRow): string {
  if (unit === 'bytes') return value % 1_048_576 === 0 ? `${value / 1_048_576} MiB` : `${value / 1_024} KiB`;
  if (unit === 'count') return String(value);
  const [size, name] = UNITS.find(([ms]) => value >= ms && value % ms === 0) ?? [1, 'ms'];
  return `${value / size} ${name}`;
}

/** The page. */
export function numbersPage(): string {
  const rows = (Object.entries(NUMBERS) as [string, NumberRow][]).map(([id, row]) => [
    code(id),
    readable(row),
    code(row.env),
    row.what,
    row.source,
  ]);
  return page('Numbers', '`src/core/numbers.ts`', [
    'Each number can be set by its environment variable, in milliseconds, bytes or as a count, and per server in the entry, by its key under `holdfast` (`"holdfast": { "connectTimeoutMs": 10000 }`). The entry wins.',
    table(['key', 'default', 'variable', 'what', 'source'], rows),
  ]);
}
