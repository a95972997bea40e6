/**
 * Answers as values, so that a fault can let the work happen and answer something else.
 *
 * @module
 */
import { reply } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';

/** What an endpoint would answer. An object is sent as JSON. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Readonly<Record<string, unknown>>;
}

/** A request that an endpoint refuses (RFC 6749 §5.2). */
export class Refusal extends Error {
  readonly status: number;
  readonly error: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(error: string, description: string, status = 400, headers: Readonly<Record<string, string>> = {}) {
    super(description);
    this.error = error;
    this.status = status;
    this.headers = headers;
  }
}

/** The answer to a refusal. */
export function refusalReply(refusal: Refusal): Reply {
  return {
    status: refusal.status,
    headers: refusal.headers,
    body: { error: refusal.error, error_description: refusal.message },
  };
}

/** Sends an answer. */
export function sendReply(exchange: Exchange, { status, headers = {}, body = '' }: Reply): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  reply(exchange, status, { 'content-type': type, 'cache-control': 'no-store', ...headers }, text);
}

/** The fields of a form, each at most once (RFC 6749 §3.2). */
export function formOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.has(name) && name !== 'resource') throw new Refusal('invalid_request', `${name} is there twice`);
    fields.set(name, value);
  }
  return fields;
}

/** A field that has to be there. */
export function needed(fields: ReadonlyMap<string, string>, name: string): string {
  const value = fields.get(name);
  if (value === undefined || value === '') throw new Refusal('invalid_request', `${name} is missing`);
  return value;
}

/** Blank-separated words, each once. */
export function words(text: string | undefined): readonly string[] {
  return [...new Set((text ?? '').split(' ').filter((word) => word !== ''))];
}
