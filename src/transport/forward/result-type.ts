/**
 * What kind of result some bytes are (MCP 2026-07-28, basic, `resultType`), reading them only where it must be.
 *
 * @module
 */
import { isObject } from '../protocol.ts';

const COMPLETE_FIRST = /^\{\s*"resultType"\s*:\s*"complete"\s*[,}]/;
const COMPLETE_LAST = /[,{]\s*"resultType"\s*:\s*"complete"\s*\}$/;
const KEY = '"resultType"';
const ENDS = 64;

/** `unknown` for types that this revision does not have: such a result is invalid. A missing one means complete. */
export function resultTypeOf(bytes: Buffer): 'complete' | 'input_required' | 'unknown' {
  if (!bytes.includes(KEY)) return 'complete';
  if (COMPLETE_FIRST.test(bytes.toString('latin1', 0, ENDS))) return 'complete';
  if (COMPLETE_LAST.test(bytes.toString('latin1', Math.max(0, bytes.length - ENDS)))) return 'complete';
  let result: unknown;
  try {
    result = JSON.parse(bytes.toString('utf8'));
  } catch {
    return 'unknown';
  }
  const type = isObject(result) ? (result['resultType'] ?? 'complete') : 'unknown';
  return type === 'complete' || type === 'input_required' ? type : 'unknown';
}
