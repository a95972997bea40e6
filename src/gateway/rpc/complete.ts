/**
 * A result as the client's era wants it, with as little of it read as can be.
 *
 * @module
 */
import { HoldfastError } from '../../base/errors.ts';
import { CODE } from './answer.ts';
import type { Failure } from './answer.ts';
import { isObject } from './message.ts';
import type { Json } from './message.ts';
import { SERVER_INFO } from './modern.ts';

const TYPE = '"resultType"';
const META = '"_meta"';
/** What the letters of both names can be written as. */
const ESCAPES: readonly string[] = [String.raw`\u005`, String.raw`\u006`, String.raw`\u007`];
const ESCAPE = String.raw`\u00`;
const OPEN = 0x7b;

/** HTTP statuses of errors that this era knows (MCP 2026-07-28, Streamable HTTP). */
const STATUS: Readonly<Record<number, number>> = {
  [CODE.methodNotFound]: 404,
  [CODE.missingCapability]: 400,
  [CODE.unsupportedVersion]: 400,
};
/** Of servers with sessions: a resource that is not there, and a person who has to open an address. */
const NOT_FOUND = -32_002;
const URL_WANTED = -32_042;

/** An error as this era knows it: with its HTTP status, and without codes that it does not have. */
export function modernFailure(answer: Failure): Failure {
  const { code, httpStatus = STATUS[code] } = answer.error;
  if (code === NOT_FOUND || code === URL_WANTED)
    return { ok: false, error: { ...answer.error, code: code === NOT_FOUND ? CODE.invalidParams : CODE.internal } };
  return httpStatus === undefined ? answer : { ok: false, error: { ...answer.error, httpStatus } };
}

/** Adds the members of the first object to the second one, neither of them read. */
function spliced(members: string, result: string | Buffer): string | Buffer {
  const isEmpty = result.length < 3;
  const start = `{${members}${isEmpty ? '' : ','}`;
  if (typeof result === 'string') return start + result.slice(1);
  return Buffer.concat([Buffer.from(start), result.subarray(1)]);
}

/** What a modern result begins with. */
export const modernMembers = (info: Json): string =>
  `"resultType":"complete","_meta":${JSON.stringify({ [SERVER_INFO]: info })}`;

/** Whether a member of one of these names may be in it, at whatever depth, and in whatever way of writing. */
function mayName(result: string | Buffer): boolean {
  if (result.includes(TYPE) || result.includes(META)) return true;
  return typeof result !== 'string' && result.includes(ESCAPE) && ESCAPES.some((escape) => result.includes(escape));
}

/**
 * A modern result says that it is one, and from whom (MCP 2026-07-28, basic): both are written in front where no member
 * of these names is in the result, at whatever depth; else it is read.
 */
export function modernResult(result: string | Buffer, info: Json): string | Buffer {
  const isObjectText = typeof result === 'string' ? result.startsWith('{') : result[0] === OPEN;
  if (isObjectText && !mayName(result)) return spliced(modernMembers(info), result);
  const value = JSON.parse(result.toString()) as Json;
  const isOurs = typeof result === 'string';
  // A server's own, which was passed on as complete: what asks is text of ours, its state sealed. Of two types the last counts.
  if (!isOurs && value['resultType'] === 'input_required')
    throw new HoldfastError('ERR_UNREACHABLE', 'The server sent a result of two types.', { data: { sent: 'maybe' } });
  // To a server with sessions the name means nothing: it may have a member of its own that is called so.
  const resultType = (isOurs ? value['resultType'] : undefined) ?? 'complete';
  const meta = isObject(value['_meta']) ? value['_meta'] : {};
  return JSON.stringify({ ...value, resultType, _meta: { ...meta, [SERVER_INFO]: info } });
}
