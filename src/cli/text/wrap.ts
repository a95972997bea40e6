/**
 * Paragraphs broken into lines, for the command line.
 *
 * @module
 */
export { definitions, wrap } from '../../base/wrap.ts';
