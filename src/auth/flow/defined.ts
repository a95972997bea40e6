/**
 * Leaves out what is not there, so that optional fields stay absent instead of being `undefined`.
 *
 * @module
 */

/** The fields that have a value. */
export function defined<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
