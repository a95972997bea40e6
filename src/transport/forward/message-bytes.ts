/**
 * A message as JSON, its arguments as they came where that is remembered.
 *
 * @module
 */
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { rememberedJson } from '../../base/json-bytes.ts';
import { isObject, isRequest } from '../protocol.ts';
import type { Json } from '../protocol.ts';

/**
 * The JSON, in pieces where its arguments are known as they came: those are large, and need not be copied to be sent. It
 * stands on one line.
 */
export function messageJson(message: JSONRPCMessage): string | readonly Buffer[] {
  const params: unknown = isRequest(message) ? message.params : undefined;
  const given = isObject(params) ? rememberedJson(params['arguments']) : undefined;
  if (!isObject(params) || given === undefined) return JSON.stringify(message);
  const { arguments: _, ...others } = params;
  const { params: __, ...envelope } = message as typeof message & { readonly params?: unknown };
  const members = JSON.stringify(others).slice(1, -1);
  const head = `${JSON.stringify(envelope).slice(0, -1)},"params":{${members}${members === '' ? '' : ','}"arguments":`;
  return [Buffer.from(head), given, END];
}

const END = Buffer.from('}}');

/**
 * The same params, their arguments to be written as they were read: of two members of one name the last. Where something
 * else was made of the arguments, such as headers, the server must not find another one.
 */
export function asRead(params: Json | undefined): Json | undefined {
  const given = params?.['arguments'];
  return rememberedJson(given) === undefined ? params : { ...params, arguments: { ...(given as object) } };
}

/** The same with a line feed behind it. */
export function messageLine(message: JSONRPCMessage): string | Buffer {
  const json = messageJson(message);
  return typeof json === 'string' ? `${json}\n` : Buffer.concat([...json, LINE_FEED]);
}

const LINE_FEED = Buffer.from('\n');
