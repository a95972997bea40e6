/**
 * The log of one server: its history, and what its process wrote last.
 *
 * @module
 */
import { iso } from '../base/clock.ts';
import type { LogLine } from '../core/fleet.ts';
import { clean } from './clean.ts';
import type { Binding } from './binding.ts';
import type { FleetDeps } from './deps.ts';

/** Every line that is known. */
export function logOf(binding: Binding, deps: FleetDeps): readonly LogLine[] {
  const history = binding
    .snapshot()
    .timeline.map(({ at: then, text }): LogLine => ({ at: then, stream: 'timeline', text }));
  const lines = binding.connection?.stderr() ?? [];
  return [
    ...history,
    ...lines.map(({ at, text }): LogLine => ({ at: iso(at), stream: 'stderr', text: clean(deps.redactor, text) })),
  ];
}
