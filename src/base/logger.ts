/**
 * The logger that the caller hands in; its call shape is pino's, so a pino instance fits as it is.
 *
 * @module
 */

/** Four levels, each `(fields, sentence)`. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = (): void => {};

/** Says nothing. The default of the library: a library must not choose where its host's log goes. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
