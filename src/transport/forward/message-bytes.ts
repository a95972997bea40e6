/**
 * A message as JSON, its arguments as they came where that is remembered.
 *
 * @module
 */
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { rememberedJson } from '../../base/json-bytes.ts';
import { isObject, isRequest } from '../protocol.ts';

/** The JSON on one line, with `end` behind it. */
export function messageJson(message: JSONRPCMessage, end = ''): string | Buffer {
  const params: unknown = isRequest(message) ? message.params : undefined;
  const given = isObject(params) ? rememberedJson(params['arguments']) : undefined;
  if (!isObject(params) || given === undefined) return JSON.stringify(message) + end;
  const { arguments: _, ...others } = params;
  const { params: __, ...envelope } = message as typeof message & { readonly params?: unknown };
  const members = JSON.stringify(others).slice(1, -1);
  const head = `${JSON.stringify(envelope).slice(0, -1)},"params":{${members}${members === '' ? '' : ','}"arguments":`;
  return Buffer.concat([Buffer.from(head), given, Buffer.from(`}}${end}`)]);
}
