/**
 * The headers that mirror arguments of a call: `Mcp-Param-…` (MCP 2026-07-28, Streamable HTTP, SEP-2243).
 *
 * @module
 */
import { mirroredValue } from '../core/param-headers.ts';
import type { ParamHeader } from '../core/param-headers.ts';
import { headerValue } from './http/headers.ts';

/** The values to mirror, by header name; what is absent, null or no plain value is left out. */
export function paramValues(headers: readonly ParamHeader[], args: unknown): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const header of headers) {
    const text = textOf(mirroredValue(header, args));
    if (text !== undefined) values[`mcp-param-${header.name.toLowerCase()}`] = headerValue(text);
  }
  return values;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return Number.isSafeInteger(value) ? String(value) : undefined;
}
