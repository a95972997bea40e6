/**
 * The HTTP headers that the protocol itself wants on each message.
 *
 * @module
 */
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { isObject, isRequest, modernVersionOf } from '../protocol.ts';

/** What a legacy session adds to every request after `initialize` (MCP 2025-11-25, Streamable HTTP). */
export interface SessionHeaders {
  readonly version: string | undefined;
  readonly sessionId: string | undefined;
}

/** Where the name in `Mcp-Name` stands (MCP 2026-07-28, Streamable HTTP; Tasks extension). */
const NAME_FIELD: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** Headers of a request that names the session: GET, DELETE and every legacy POST. */
export function sessionHeaders({ version, sessionId }: SessionHeaders): Record<string, string> {
  return {
    ...(version === undefined ? {} : { 'mcp-protocol-version': version }),
    ...(sessionId === undefined ? {} : { 'mcp-session-id': sessionId }),
  };
}

/** Headers of one POST. A modern message brings its version itself; a legacy one has that of the session. */
export function postHeaders(message: JSONRPCMessage, session: SessionHeaders): Record<string, string> {
  const base = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };
  const version = modernVersionOf(message);
  if (version === undefined) return { ...base, ...sessionHeaders(session) };
  return { ...base, 'mcp-protocol-version': version, ...standardHeaders(message) };
}

/** The headers of many POSTs of one link: those of legacy messages are the same until the session changes. */
export class PostHeaders {
  #version: string | undefined;
  #sessionId: string | undefined;
  #legacy: Readonly<Record<string, string>> | undefined;

  /** The headers of one POST with `more` over them. Legacy ones without more are one object, for others to compare by. */
  of(
    message: JSONRPCMessage,
    session: SessionHeaders,
    more: Readonly<Record<string, string>> | undefined,
  ): Readonly<Record<string, string>> {
    const isPlain = more === undefined || Object.keys(more).length === 0;
    if (!isPlain || modernVersionOf(message) !== undefined) return { ...postHeaders(message, session), ...more };
    const isSame = this.#version === session.version && this.#sessionId === session.sessionId;
    if (this.#legacy !== undefined && isSame) return this.#legacy;
    this.#version = session.version;
    this.#sessionId = session.sessionId;
    this.#legacy = postHeaders(message, session);
    return this.#legacy;
  }
}

function standardHeaders(message: JSONRPCMessage): Record<string, string> {
  if (!isRequest(message)) return {};
  const field = Object.hasOwn(NAME_FIELD, message.method) ? NAME_FIELD[message.method] : undefined;
  const params: unknown = message.params;
  const name = field !== undefined && isObject(params) ? params[field] : undefined;
  return { 'mcp-method': message.method, ...(typeof name === 'string' ? { 'mcp-name': headerValue(name) } : {}) };
}

const PLAIN = /^[\t -~]+$/;
const SENTINEL = /^=\?base64\?.*\?=$/s;

/**
 * A text as a header value: as it is where that is safe, else `=?base64?…?=` of its UTF-8 bytes
 * (MCP 2026-07-28, Streamable HTTP, "Value Encoding").
 */
export function headerValue(text: string): string {
  const safe = PLAIN.test(text) && text === text.trim() && !SENTINEL.test(text);
  return safe ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}
