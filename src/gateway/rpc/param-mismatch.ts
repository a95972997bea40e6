/**
 * Whether the headers that mirror arguments of a call say what its body says (MCP 2026-07-28, Streamable HTTP, SEP-2243):
 * whoever stands between may have decided by the headers, and the server acts on the body.
 *
 * @module
 */
import { mirroredValue } from '../../core/param-headers.ts';
import type { ParamHeader } from '../../core/param-headers.ts';
import { CODE } from './answer.ts';
import type { Failure } from './answer.ts';
import { decodedHeader } from './modern.ts';

/** Integers are compared as numbers: 42.0 is 42. */
const DECIMAL = /^-?\d+(?:\.0+)?$/;

function isSame(given: string, value: unknown): boolean {
  const text = decodedHeader(given);
  if (text === undefined) return false;
  if (typeof value === 'number') return DECIMAL.test(text) && Number(text) === value;
  return typeof value === 'boolean' ? text === String(value) : text === value;
}

function problemOf(mirrored: ParamHeader, args: unknown, header: (name: string) => string | undefined) {
  const name = `mcp-param-${mirrored.name.toLowerCase()}`;
  const given = header(name);
  const value = mirroredValue(mirrored, args) ?? undefined;
  if (given !== undefined)
    return isSame(given, value) ? undefined : `the header ${name} says something else than the body`;
  // What has no text of its own cannot be mirrored; the server judges it.
  const isMirrored = typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);
  return isMirrored ? `the header ${name} is missing` : undefined;
}

/** The error -32020 where a header is missing or differs; headers that the tool does not ask for are passed over. */
export function paramMismatch(
  mirrored: readonly ParamHeader[],
  args: unknown,
  header: (name: string) => string | undefined,
): Failure | undefined {
  for (const one of mirrored) {
    const why = problemOf(one, args, header);
    if (why !== undefined) return { ok: false, error: { code: CODE.headerMismatch, message: why, httpStatus: 400 } };
  }
  return undefined;
}
