/**
 * A client's message, read once: what it is, and why it is none. Nothing above reads JSON from outside.
 *
 * @module
 */

import { isTooDeep } from '../../base/json-depth.ts';
import { readLarge } from './large.ts';

/** A plain object, as it comes out of JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The id of a request, as the client chose it. It never leaves for a server: ids are minted anew there. */
export type Id = string | number;

/** Whether a value can be an id. `1e400` is read as a number that JSON cannot write: no answer could carry it. */
export function isId(value: unknown): value is Id {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

/** What a client sent. */
export type Message =
  | { readonly kind: 'request'; readonly id: Id; readonly method: string; readonly params: Json | undefined }
  | { readonly kind: 'notification'; readonly method: string; readonly params: Json | undefined }
  | { readonly kind: 'response'; readonly id: Id; readonly result?: unknown; readonly error?: Json };

/** What is wrong with a text, with the code of JSON-RPC 2.0 §5.1. */
export interface BadMessage {
  readonly kind: 'bad';
  readonly id: Id | null;
  readonly code: -32700 | -32600;
  readonly why: string;
}

/** JSON nested deeper than this is refused before it is parsed. */
export const DEEPEST = 200;

const bad = (code: BadMessage['code'], why: string, id: Id | null = null): BadMessage => ({
  kind: 'bad',
  id,
  code,
  why,
});

/** Reads one message, a text and the bytes that it came in. Batches (MCP 2025-03-26 only) are refused: the revision after it took them away again. */
export function readMessage(text: string, bytes?: Buffer): Message | BadMessage {
  if (isTooDeep(text, DEEPEST)) return bad(-32_700, `JSON is nested deeper than ${DEEPEST} levels`);
  let value: unknown;
  try {
    value = readLarge(text, bytes) ?? JSON.parse(text);
  } catch {
    return bad(-32_700, 'not JSON');
  }
  if (Array.isArray(value)) return bad(-32_600, 'batches are not taken');
  if (!isObject(value)) return bad(-32_600, 'not a JSON-RPC message');
  return messageOf(value);
}

function messageOf(value: Json): Message | BadMessage {
  const { jsonrpc, id, method, params, result, error } = value;
  const known = isId(id) ? id : undefined;
  if (jsonrpc !== '2.0') return bad(-32_600, 'jsonrpc is not "2.0"', known);
  if (method === undefined) {
    if (known === undefined || (result === undefined && !isObject(error)))
      return bad(-32_600, 'neither request nor response', known);
    return { kind: 'response', id: known, ...(isObject(error) ? { error } : { result }) };
  }
  if (typeof method !== 'string') return bad(-32_600, 'method is no text', known);
  if (params !== undefined && !isObject(params)) return bad(-32_600, 'params is no object', known);
  if (known !== undefined) return { kind: 'request', id: known, method, params };
  if (Object.hasOwn(value, 'id')) return bad(-32_600, 'id is neither text nor number');
  return { kind: 'notification', method, params };
}
