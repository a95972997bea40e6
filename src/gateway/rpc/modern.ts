/**
 * The rules of a stateless request (MCP 2026-07-28): what its `_meta` must say, and that its headers say the same.
 *
 * @module
 */
import { CODE, failure } from './answer.ts';
import type { Failure } from './answer.ts';
import { isObject } from './message.ts';
import type { Json } from './message.ts';

/** Stateless revisions that are spoken here. */
export const MODERN_VERSIONS: readonly string[] = ['2026-07-28'];

const PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';
const CLIENT_INFO = 'io.modelcontextprotocol/clientInfo';
const CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
/** Key of the server's own name in the `_meta` of results. */
export const SERVER_INFO = 'io.modelcontextprotocol/serverInfo';

/** What a modern request says of its client. */
export interface ModernClient {
  readonly version: string;
  readonly capabilities: Json;
}

const metaOf = (params: Json | undefined): Json | undefined => {
  const meta = params?.['_meta'];
  return isObject(meta) ? meta : undefined;
};

/** Whether a message is of the modern era: its body decides, because legacy clients send the version header too. */
export function isModern(params: Json | undefined): boolean {
  return metaOf(params)?.[PROTOCOL_VERSION] !== undefined;
}

const wrong = (why: string): Failure => failure(CODE.invalidParams, why, { httpStatus: 400 });

/** The client, or the error: -32602 for missing fields, -32022 for a version that is not spoken here. */
export function modernClient(params: Json | undefined): ModernClient | Failure {
  const meta = metaOf(params) ?? {};
  const version = meta[PROTOCOL_VERSION];
  const capabilities = meta[CLIENT_CAPABILITIES];
  if (typeof version !== 'string') return wrong(`_meta has no ${PROTOCOL_VERSION}`);
  if (!MODERN_VERSIONS.includes(version)) {
    const data = { supported: MODERN_VERSIONS, requested: version };
    const error = { code: CODE.unsupportedVersion, message: 'Unsupported protocol version', data, httpStatus: 400 };
    return { ok: false, error };
  }
  if (!isObject(capabilities)) return wrong(`_meta has no ${CLIENT_CAPABILITIES}`);
  const info = meta[CLIENT_INFO];
  if (info !== undefined && !isObject(info)) return wrong(`${CLIENT_INFO} is no object`);
  return { version, capabilities };
}

/** Where the name in `Mcp-Name` stands in the params. */
const NAME_FIELD: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

/** A header value as it was meant: `=?base64?…?=` is decoded (MCP 2026-07-28, Streamable HTTP, "Value Encoding"). */
export function decodedHeader(value: string): string | undefined {
  const encoded = /^=\?base64\?(.*)\?=$/s.exec(value)?.[1];
  if (encoded === undefined) return value;
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded) || encoded.length % 4 !== 0) return undefined;
  return Buffer.from(encoded, 'base64').toString('utf8');
}

/** The error -32020 where the headers of a modern POST are missing or say something else than its body. */
export function headerMismatch(
  request: { readonly method: string; readonly params: Json | undefined },
  header: (name: string) => string | undefined,
): Failure | undefined {
  const { method, params } = request;
  const field = Object.hasOwn(NAME_FIELD, method) ? NAME_FIELD[method] : undefined;
  const wanted: readonly (readonly [string, unknown])[] = [
    ['mcp-protocol-version', metaOf(params)?.[PROTOCOL_VERSION]],
    ['mcp-method', method],
    ...(field === undefined ? [] : [['mcp-name', params?.[field]] as const]),
  ];
  for (const [name, value] of wanted) {
    const given = header(name);
    const why =
      given === undefined
        ? `the header ${name} is missing`
        : decodedHeader(given) === value
          ? undefined
          : `the header ${name} says something else than the body`;
    if (why !== undefined) return { ok: false, error: { code: CODE.headerMismatch, message: why, httpStatus: 400 } };
  }
  return undefined;
}

/** The client of a POST, or what is wrong with it. Headers are looked at even where the version is not spoken here. */
export function modernPost(
  request: { readonly method: string; readonly params: Json | undefined },
  header: (name: string) => string | undefined,
): ModernClient | Failure {
  const client = modernClient(request.params);
  const isNamed = !('ok' in client) || client.error.code === CODE.unsupportedVersion;
  return (isNamed ? headerMismatch(request, header) : undefined) ?? client;
}
