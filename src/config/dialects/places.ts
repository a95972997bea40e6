/**
 * Every place of a view in the order of precedence: local > project > user > own; files named by a person stand alone.
 *
 * @module
 */
import type { Scope } from '../../core/entry.ts';
import type { View } from '../../core/view.ts';
import { claudeLocal, claudeUser } from './claude-code.ts';
import type { Dialect, SourcePlace } from './dialect.ts';
import { namedFiles } from './file.ts';
import { mcpJson } from './mcp-json.ts';
import { own } from './own.ts';

const EVERYDAY: readonly Dialect[] = [claudeLocal, mcpJson, claudeUser, own];

/** The places that a view reads, the strongest first. */
export function placesOf(view: View): readonly SourcePlace[] {
  const dialects = view.files === undefined ? EVERYDAY : [namedFiles];
  return dialects.flatMap((dialect) => dialect(view));
}

/** The places of one scope, also those that the view does not read because a person named other files. */
export function placesOfScope(view: View, scope: Scope): readonly SourcePlace[] {
  return [...EVERYDAY, namedFiles].flatMap((dialect) => dialect(view)).filter((place) => place.scope === scope);
}
