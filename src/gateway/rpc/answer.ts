/**
 * Answers as JSON text: results are spliced in as they came, so that what need not be read is not read.
 *
 * @module
 */
import type { Id, Json } from './message.ts';

/** Codes of JSON-RPC 2.0 §5.1 and of MCP 2026-07-28 (basic, error codes) that the gateway itself answers with. */
export const CODE = {
  parse: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internal: -32_603,
  headerMismatch: -32_020,
  missingCapability: -32_021,
  unsupportedVersion: -32_022,
} as const;

/** An error of JSON-RPC, and the HTTP status that goes with it in the modern era. */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
  /** Default 200. */
  readonly httpStatus?: number;
}

/** An answer that fails. */
export interface Failure {
  readonly ok: false;
  readonly error: RpcError;
}

/** A result as JSON text, or an error. */
export type Answer = { readonly ok: true; readonly result: string } | Failure;

/** Makes an answer that fails. */
export function failure(
  code: number,
  message: string,
  more: Partial<Pick<RpcError, 'data' | 'httpStatus'>> = {},
): Failure {
  return { ok: false, error: { code, message, ...more } };
}

/** An answer that carries a result. */
export function success(result: Json): Answer {
  return { ok: true, result: JSON.stringify(result) };
}

/** The whole response. */
export function responseText(id: Id | null, answer: Answer): string {
  const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},`;
  if (answer.ok) return `${head}"result":${answer.result}}`;
  const { code, message, data } = answer.error;
  return `${head}"error":${JSON.stringify({ code, message, ...(data === undefined ? {} : { data }) })}}`;
}

/** A notification or request of ours. */
export function messageText(method: string, params: Json | undefined, id?: Id): string {
  return JSON.stringify({
    jsonrpc: '2.0',
    ...(id === undefined ? {} : { id }),
    method,
    ...(params === undefined ? {} : { params }),
  });
}
