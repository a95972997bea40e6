/**
 * The version of this package; a test holds it equal to package.json.
 *
 * @module
 */

/** Semantic version. */
export const VERSION = '0.1.0';
