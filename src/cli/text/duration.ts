/**
 * Durations as people write and read them, for the command line.
 *
 * @module
 */
export { age, parseDuration, shortDuration, until } from '../../base/duration.ts';
