/**
 * What meters and traces say of a request: its method, its target, how it ended, and the context it carries.
 *
 * @module
 */
import { HoldfastError } from '../base/errors.ts';
import { OTHER } from './metrics.ts';

type Json = Readonly<Record<string, unknown>>;

/** The context of a trace in `params._meta` (W3C Trace Context, W3C Baggage; MCP SEP-414), and in HTTP headers. */
export const TRACE_KEYS = ['traceparent', 'tracestate', 'baggage'] as const;

/** Methods that are told apart; any other one is a word that some client made up. */
const METHODS: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'tools/call',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'completion/complete',
  'logging/setLevel',
  'subscriptions/listen',
]);

/** The method as a label. */
export function methodLabel(method: string): string {
  return METHODS.has(method) ? method : OTHER;
}

/** Type of the error of a tool that says itself that it failed. */
export const TOOL_ERROR = 'tool_error';

/** As servers write it, and the part of it that is found quickest: quotation marks and small letters are everywhere. */
const SAID: readonly string[] = ['"isError":true', '"isError": true'];
const PART = 'Error"';

/** Whether the result of a tool that nobody reads says somewhere that the tool failed; what is written otherwise is missed. */
export function mayBeToolError(result: string | Buffer): boolean {
  return result.includes(PART) && SAID.some((text) => result.includes(text));
}

/** The type of a JSON-RPC error: its code, where the code is one that the protocol keeps for itself. */
export function rpcErrorType(code: unknown): string {
  const isReserved = typeof code === 'number' && code <= -32_000 && code >= -32_768;
  return isReserved ? String(code) : OTHER;
}

/** The type of an error with which a request ended. */
export function errorTypeOf(error: unknown): string {
  if (!(error instanceof HoldfastError)) return OTHER;
  if (error.code !== 'ERR_RPC') return error.code;
  const rpc = error.data['rpc'];
  return rpcErrorType(isObject(rpc) ? rpc['code'] : undefined);
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The `_meta` of a request. */
export function metaOf(params: Json | undefined): Json | undefined {
  const meta = params?.['_meta'];
  return isObject(meta) ? meta : undefined;
}

/** The params with this context in `_meta`, in place of the one that was there. */
export function withContext(params: Json | undefined, carried: Readonly<Record<string, string>>): Json | undefined {
  if (Object.keys(carried).length === 0) return params;
  return { ...params, _meta: { ...metaOf(params), ...carried } };
}
