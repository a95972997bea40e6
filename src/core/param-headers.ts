/**
 * Arguments that a tool wants to see in HTTP headers too: `x-mcp-header` (MCP 2026-07-28, Streamable HTTP, SEP-2243).
 *
 * @module
 */

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One argument that is mirrored. */
export interface ParamHeader {
  /** Keys from the arguments down to the value. */
  readonly path: readonly string[];
  /** The part of the header name after `Mcp-Param-`. */
  readonly name: string;
}

/** What a tool declares; a tool whose declarations break a rule must not be listed. */
export type ParamHeaders =
  | { readonly ok: true; readonly headers: readonly ParamHeader[] }
  | { readonly ok: false; readonly why: string };

const KEY = 'x-mcp-header';
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TYPES: ReadonlySet<unknown> = new Set(['string', 'integer', 'boolean']);
/** Deeper schemas are not searched: no argument is. */
const MAX_DEPTH = 32;

/** What the schema of a tool's arguments declares. */
export function paramHeadersOf(inputSchema: unknown): ParamHeaders {
  const found: ParamHeader[] = [];
  const why = search(inputSchema, [], found) ?? repeated(found);
  return why === undefined ? { ok: true, headers: found } : { ok: false, why };
}

/** Collects declarations along `properties`; returns the first rule that is broken. */
function search(schema: unknown, path: readonly string[], found: ParamHeader[]): string | undefined {
  if (!isObject(schema) || path.length > MAX_DEPTH) return undefined;
  if (Object.hasOwn(schema, KEY)) {
    const broken = brokenRule(schema, path);
    if (broken !== undefined) return broken;
    found.push({ path, name: schema[KEY] as string });
  }
  for (const [keyword, inner] of Object.entries(schema)) {
    if (keyword === KEY) continue;
    const broken = keyword === 'properties' ? searchProperties(inner, path, found) : elsewhere(keyword, inner);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

function searchProperties(properties: unknown, path: readonly string[], found: ParamHeader[]): string | undefined {
  if (!isObject(properties)) return undefined;
  for (const [name, schema] of Object.entries(properties)) {
    const broken = search(schema, [...path, name], found);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

function brokenRule(schema: Json, path: readonly string[]): string | undefined {
  const name = schema[KEY];
  if (path.length === 0) return `${KEY} stands on the whole input`;
  if (typeof name !== 'string' || !TOKEN.test(name)) return `${KEY} of ${path.join('.')} is no header name`;
  if (!TYPES.has(schema['type'])) return `${KEY} of ${path.join('.')} is not on a string, integer or boolean`;
  return undefined;
}

/** Keywords whose values are data, not schemas. */
const DATA: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'example', 'examples']);

/** A declaration that no chain of `properties` reaches makes the tool invalid. */
function elsewhere(keyword: string, value: unknown, depth = 0): string | undefined {
  if (DATA.has(keyword) || typeof value !== 'object' || value === null || depth > MAX_DEPTH) return undefined;
  if (!Array.isArray(value) && Object.hasOwn(value, KEY)) return `${KEY} stands under ${keyword}`;
  for (const inner of Object.values(value)) {
    const broken = elsewhere(keyword, inner, depth + 1);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

function repeated(headers: readonly ParamHeader[]): string | undefined {
  const names = headers.map(({ name }) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `${KEY} names ${twice} twice`;
}

/** The argument that is mirrored; `undefined` where there is none. */
export function mirroredValue({ path }: ParamHeader, args: unknown): unknown {
  return path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), args);
}
