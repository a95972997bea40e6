/**
 * Levels of log messages (RFC 5424 §6.2.1, MCP logging).
 *
 * @module
 */

/** From the most talkative to the most urgent. */
export const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;

/** One of them. */
export type Level = (typeof LEVELS)[number];

/** Whether a value is a level. */
export function isLevel(value: unknown): value is Level {
  return LEVELS.some((level) => level === value);
}

/** Whether a message of this level is to be heard from `least` on. What has no known level is heard. */
export function isHeard(level: unknown, least: Level): boolean {
  return !isLevel(level) || LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}

/** The most talkative of some levels. */
export function lowest(levels: Iterable<Level>): Level | undefined {
  let found: Level | undefined;
  for (const level of levels) if (found === undefined || LEVELS.indexOf(level) < LEVELS.indexOf(found)) found = level;
  return found;
}
