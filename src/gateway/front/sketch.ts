/**
 * The little that a bridge has to know of a message: its id, its method, and what a cancellation is about.
 *
 * @module
 */
import { isId, isObject } from '../rpc/message.ts';
import type { Id } from '../rpc/message.ts';

/** What is known of one line. Without `method` it is an answer, or nothing. */
export interface Sketch {
  readonly id?: Id;
  readonly method?: string;
  /** The request that a cancellation names. */
  readonly about?: Id;
}

/** An answer as the gateway writes it, from both ends; what lies between need not be read. */
const ANSWER = /^\{"jsonrpc":"2\.0","(?:result|error)":/;
const ITS_ID = /,"id":("(?:[^"\\]|\\.){0,200}"|-?\d{1,16})\}$/;
/** So much of the end of a line holds the id. */
const TAIL = 240;

function read(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The sketch of a line; empty for what is no message. */
export function sketchOf(line: string): Sketch {
  const end = ANSWER.test(line) ? ITS_ID.exec(line.slice(-TAIL)) : null;
  if (end !== null) return { id: JSON.parse(end[1] ?? 'null') as Id };
  const value = read(line);
  if (!isObject(value)) return {};
  const { id, method, params } = value;
  const about = method === 'notifications/cancelled' && isObject(params) ? params['requestId'] : undefined;
  return {
    ...(isId(id) ? { id } : {}),
    ...(typeof method === 'string' ? { method } : {}),
    ...(isId(about) ? { about } : {}),
  };
}
