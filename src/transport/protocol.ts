/**
 * The few facts of MCP and JSON-RPC that links and sessions share, and a reader of messages that trusts nothing.
 *
 * @module
 */
import type { JSONRPCMessage, JSONRPCNotification, JSONRPCRequest, RequestId } from '@modelcontextprotocol/client';
import { isTooDeep } from '../base/json-depth.ts';
import { AnswerError } from './answer-error.ts';

/** Revisions without `initialize` that are spoken here, best first. */
export const MODERN_VERSIONS: readonly string[] = ['2026-07-28'];

/** Keys of `params._meta` that make a request a modern one (MCP 2026-07-28, basic, `_meta`). */
export const META = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
} as const;

/** Codes of JSON-RPC 2.0 §5.1 and of MCP 2026-07-28 that mean something to a client. */
export const RPC = {
  methodNotFound: -32_601,
  headerMismatch: -32_020,
  missingCapability: -32_021,
  unsupportedVersion: -32_022,
} as const;

/** A plain object, as it comes out of JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A response, whatever it says. */
export interface Reply {
  readonly id: RequestId | null;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** Whether a message asks for an answer. */
export function isRequest(message: JSONRPCMessage): message is JSONRPCRequest {
  return 'method' in message && 'id' in message;
}

/** Whether a message is sent without an answer. */
export function isNotification(message: JSONRPCMessage): message is JSONRPCNotification {
  return 'method' in message && !('id' in message);
}

/** The message as a response, if it is one. */
export function replyOf(message: JSONRPCMessage): Reply | undefined {
  return 'method' in message ? undefined : (message as Reply);
}

/** The version that a modern request names in its `_meta`; `undefined` for a legacy one. */
export function modernVersionOf(message: JSONRPCMessage): string | undefined {
  const params: unknown = 'method' in message ? message.params : undefined;
  const meta = isObject(params) ? params['_meta'] : undefined;
  const version = isObject(meta) ? meta[META.protocolVersion] : undefined;
  return typeof version === 'string' ? version : undefined;
}

function isMessage(value: unknown): value is JSONRPCMessage {
  if (!isObject(value) || value['jsonrpc'] !== '2.0') return false;
  const { id, method, result, error } = value;
  const named = typeof id === 'string' || typeof id === 'number';
  if (method !== undefined) return typeof method === 'string' && (id === undefined || named);
  if (isObject(error)) return typeof error['code'] === 'number' && (named || id === null || id === undefined);
  return named && isObject(result);
}

/** A message of a server that is nested deeper than this is none: it could be passed on to nobody. */
export const DEEPEST = 1_000;

/**
 * The messages of one JSON text: one, or several in a batch (MCP 2025-03-26). Anything else is an `AnswerError` of kind
 * `protocol`.
 */
export function readMessages(text: string): readonly JSONRPCMessage[] {
  if (isTooDeep(text, DEEPEST))
    throw new AnswerError({
      kind: 'protocol',
      text: `the server sent JSON that is nested deeper than ${DEEPEST} levels`,
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new AnswerError({ kind: 'protocol', text: 'the server sent broken JSON' }, { cause });
  }
  const messages: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (messages.every(isMessage)) return messages;
  throw new AnswerError({ kind: 'protocol', text: 'the server sent JSON that is no JSON-RPC message' });
}
