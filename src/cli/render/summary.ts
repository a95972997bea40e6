/**
 * The state of many servers in one line of words, for the command line.
 *
 * @module
 */
export { ownerText, sorted, summaryOf } from '../../core/summary.ts';
