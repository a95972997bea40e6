/**
 * Cells of a terminal, for the command line. They are counted the same for every face.
 *
 * @module
 */
export { cutStart, cutTo, padTo, widthOf } from '../../base/cells.ts';
