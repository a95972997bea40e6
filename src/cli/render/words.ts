/**
 * A snapshot in the words of a table cell, for the command line.
 *
 * @module
 */
export { reasonCell, signInCell, sourceText, toolsCell, waitsForPerson } from '../../core/telling.ts';
