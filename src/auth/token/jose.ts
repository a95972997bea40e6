/**
 * The library that signs JWTs, loaded when the first one is signed: most sign-ins sign none.
 *
 * @module
 */
import type * as Jose from 'jose';

let loading: Promise<typeof Jose> | undefined;

/** The module; loaded once. */
export function loadJose(): Promise<typeof Jose> {
  loading ??= import('jose');
  return loading;
}
