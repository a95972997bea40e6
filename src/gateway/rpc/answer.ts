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

/** A result as JSON, text or UTF-8 bytes, or an error. Bytes are a server's and were not read. */
export type Answer = { readonly ok: true; readonly result: string | Buffer } | Failure;

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

/** The whole response, on one line. */
export function responseText(id: Id | null, answer: Answer): string {
  if (answer.ok && typeof answer.result !== 'string') return responseBytes(id, answer).toString('utf8');
  const tail = `,"id":${JSON.stringify(id)}}`;
  if (answer.ok) return `{"jsonrpc":"2.0","result":${answer.result.toString()}${tail}`;
  const { code, message, data } = answer.error;
  return `{"jsonrpc":"2.0","error":${JSON.stringify({ code, message, ...(data === undefined ? {} : { data }) })}${tail}`;
}

/**
 * The same as bytes. The id stands last: bytes that were not read may hold members of their own, and of two of one name
 * the last counts. Line ends, which JSON has only between its tokens, would end the line or the event that carries it.
 */
export function responseBytes(id: Id | null, answer: Answer): Buffer {
  if (!answer.ok || typeof answer.result === 'string') return Buffer.from(responseText(id, answer));
  return Buffer.concat([Buffer.from(RESULT), onOneLine(answer.result), Buffer.from(responseTail(id))]);
}

/** What stands before the result of a response, and what behind it. */
export const RESULT = '{"jsonrpc":"2.0","result":';
export const responseTail = (id: Id | null): string => `,"id":${JSON.stringify(id)}}`;

const LINE_ENDS: readonly number[] = [0x0a, 0x0d];
const SPACE = 0x20;

/** The same bytes, their line ends made spaces in place: in JSON they stand between tokens only. */
export function onOneLine(json: Buffer): Buffer {
  for (const end of LINE_ENDS) for (let at = json.indexOf(end); at !== -1; at = json.indexOf(end, at)) json[at] = SPACE;
  return json;
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
