/**
 * The merged lists of all servers, and the way back from each name to its server. Built anew when something changes and
 * then only read: what a client is sent is serialised once per version.
 *
 * @module
 */
import type { GatewayRules } from '../../core/gateway-rules.ts';
import { paramHeadersOf } from '../../core/param-headers.ts';
import type { ParamHeader } from '../../core/param-headers.ts';
import type { Lists } from '../../core/ports.ts';
import type { RateLimit } from '../limit/rate-limit.ts';
import { exposedName } from '../naming/names.ts';
import { exposedUri, schemePart, splitUri } from '../naming/uris.ts';
import { isShown, shownName } from './filter.ts';
import { depthProblem, promptProblem, toolProblem } from './tool-check.ts';
import { uriRule } from './uri-rules.ts';
import type { UriRule } from './uri-rules.ts';

/** What one server puts in. */
export interface Contribution {
  readonly server: string;
  readonly lists: Lists;
  /** The lists are those of an earlier contact: the server cannot be asked now. */
  readonly lastKnown?: boolean;
  readonly rules?: GatewayRules;
  /** How often its tools may be called. */
  readonly limit?: RateLimit | undefined;
}

/** A list's name in answers, which is also the key of its items. */
export type ListName = 'tools' | 'prompts' | 'resources' | 'resourceTemplates';

/** One item's server and its own name or URI there. */
export interface Target {
  readonly server: string;
  readonly name: string;
  /** Of a tool: how often it may be called. */
  readonly limit?: RateLimit | undefined;
}

/** Something that was left out, and why. */
export interface LeftOut {
  readonly server: string;
  readonly item: string;
  readonly why: string;
  /** A person wants it so. */
  readonly hidden?: true;
}

/** How names are made. `bare` = one server alone, under its own names. */
export interface CatalogueOptions {
  readonly names: 'prefixed' | 'bare';
  /** Tools and prompts of the gateway itself. */
  readonly own?: { readonly tools: readonly unknown[]; readonly prompts: readonly unknown[] };
}

type Item = Readonly<Record<string, unknown>>;

/** Every list. */
export const LIST_NAMES: readonly ListName[] = ['tools', 'prompts', 'resources', 'resourceTemplates'];

const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (item: Item, key: string): string => (typeof item[key] === 'string' ? item[key] : '');

/** Longest text of `instructions`, all servers together, in characters; and of one server. */
const INSTRUCTIONS = 16_000;
const INSTRUCTIONS_EACH = 4_000;
/** Key in the `_meta` of what is listed of a server that cannot be asked now. */
export const LAST_KNOWN = 'holdfast/last-known';

/** Items of one page of a list. */
export const PAGE = 1_000;

/** The merged lists. Immutable. */
export class Catalogue {
  readonly leftOut: readonly LeftOut[];
  readonly instructions: string | undefined;
  readonly #lists: Readonly<Record<ListName, readonly Item[]>>;
  readonly #absent: ReadonlySet<Item>;
  readonly #tools: ReadonlyMap<string, Target>;
  readonly #prompts: ReadonlyMap<string, Target>;
  readonly #schemes: ReadonlyMap<string, string>;
  /** By server. */
  readonly #shownUris: ReadonlyMap<string, UriRule>;
  readonly #bare: string | undefined;
  /** The exposed URIs by those of the servers; `null` where several list the same. */
  #plain: ReadonlyMap<string, string | null> | undefined;
  readonly #texts = new Map<string, string>();
  /** Looked for where a tool is called. */
  readonly #mirrored = new Map<string, readonly ParamHeader[]>();

  constructor(contributions: readonly Contribution[], options: CatalogueOptions) {
    const merged = merge(contributions, options);
    this.leftOut = merged.leftOut;
    this.#lists = merged.lists;
    this.#absent = merged.absent;
    this.#tools = merged.tools;
    this.#prompts = merged.prompts;
    this.#shownUris = merged.shownUris;
    this.#bare = options.names === 'bare' ? contributions[0]?.server : undefined;
    this.#schemes = new Map(contributions.map(({ server }) => [schemePart(server), server]));
    this.instructions = instructionsOf(contributions, options);
  }

  /** How many items a list has. */
  count(list: ListName): number {
    return this.#lists[list].length;
  }

  /** The whole list without marks, for comparisons: a server that comes and goes changes no list. */
  items(list: ListName): readonly Item[] {
    return this.#lists[list];
  }

  /** One page as JSON: `"tools":[…]` and, where there is more, `,"nextCursor":"…"`. `undefined` for a cursor that is not ours. */
  page(list: ListName, cursor?: string): string | undefined {
    const at = cursor === undefined ? 0 : Number(/^p(\d{1,9})$/.exec(cursor)?.[1] ?? Number.NaN);
    const items = this.#lists[list];
    if (Number.isNaN(at) || (at > 0 && at >= items.length)) return undefined;
    const key = `${list} ${at}`;
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const next = at + PAGE < items.length ? `,"nextCursor":"p${at + PAGE}"` : '';
    const text = `"${list}":${JSON.stringify(items.slice(at, at + PAGE).map((item) => this.#marked(item)))}${next}`;
    this.#texts.set(key, text);
    return text;
  }

  #marked(item: Item): Item {
    if (!this.#absent.has(item)) return item;
    const meta = isItem(item['_meta']) ? item['_meta'] : {};
    return { ...item, _meta: { ...meta, [LAST_KNOWN]: true } };
  }

  tool(name: string): Target | undefined {
    return this.#tools.get(name);
  }

  /** The arguments of a tool that stand in headers too. A declaration that breaks a rule does not count. */
  mirrored(name: string): readonly ParamHeader[] {
    const known = this.#mirrored.get(name);
    if (known !== undefined || !this.#tools.has(name)) return known ?? [];
    const declared = paramHeadersOf(this.#lists.tools.find((tool) => tool['name'] === name)?.['inputSchema']);
    const headers = declared.ok ? declared.headers : [];
    this.#mirrored.set(name, headers);
    return headers;
  }

  prompt(name: string): Target | undefined {
    return this.#prompts.get(name);
  }

  /** The server of a URI, whether or not it is listed: templates give URIs that no list has. None for a hidden one. */
  resource(uri: string): Target | undefined {
    if (this.#bare !== undefined) return this.#shown(this.#bare, uri);
    const split = splitUri(uri);
    const server = split === undefined ? undefined : this.#schemes.get(split.part);
    if (split !== undefined && server !== undefined) return this.#shown(server, split.uri);
    // As it stands in results, which are passed on unread: where only one server lists it.
    this.#plain ??= ownersOf(this.#lists.resources);
    const owner = this.#plain.get(uri);
    return typeof owner === 'string' ? this.resource(owner) : undefined;
  }

  /** Whether the rules of a server's entry show a resource, by the server's own URI. */
  isShown(server: string, uri: string): boolean {
    return this.#shownUris.get(server)?.(uri) !== false;
  }

  #shown(server: string, name: string): Target | undefined {
    return this.isShown(server, name) ? { server, name } : undefined;
  }

  /** The URI of a server's resource as clients know it. */
  exposedUri(server: string, uri: string): string {
    return this.#bare === undefined ? exposedUri(server, uri) : uri;
  }
}

function ownersOf(resources: readonly Item[]): ReadonlyMap<string, string | null> {
  const owners = new Map<string, string | null>();
  for (const resource of resources) {
    const exposed = textOf(resource, 'uri');
    const uri = splitUri(exposed)?.uri ?? exposed;
    owners.set(uri, owners.has(uri) ? null : exposed);
  }
  return owners;
}

interface Merged {
  readonly lists: Record<ListName, Item[]>;
  readonly tools: Map<string, Target>;
  readonly prompts: Map<string, Target>;
  readonly leftOut: LeftOut[];
  /** Items of servers that cannot be asked now. */
  readonly absent: Set<Item>;
  /** Names of tools and prompts of the gateway itself. */
  readonly own: { readonly tools: ReadonlySet<string>; readonly prompts: ReadonlySet<string> };
  readonly shownUris: Map<string, UriRule>;
}

function merge(contributions: readonly Contribution[], options: CatalogueOptions): Merged {
  const merged: Merged = {
    lists: { tools: [], prompts: [], resources: [], resourceTemplates: [] },
    tools: new Map(),
    prompts: new Map(),
    leftOut: [],
    absent: new Set(),
    own: { tools: namesOf(options.own?.tools), prompts: namesOf(options.own?.prompts) },
    shownUris: new Map(),
  };
  merged.lists.tools.push(...(options.own?.tools ?? []).filter(isItem));
  merged.lists.prompts.push(...(options.own?.prompts ?? []).filter(isItem));
  for (const contribution of contributions) {
    const from = LIST_NAMES.map((name) => merged.lists[name].length);
    addNamed(merged, 'tools', contribution, options);
    addNamed(merged, 'prompts', contribution, options);
    addResources(merged, contribution, options);
    if (contribution.lastKnown !== true) continue;
    for (const [at, name] of LIST_NAMES.entries())
      for (const item of merged.lists[name].slice(from[at])) merged.absent.add(item);
  }
  return merged;
}

const namesOf = (items: readonly unknown[] = []): ReadonlySet<string> =>
  new Set(items.filter(isItem).map((item) => textOf(item, 'name')));

/** Why something is left out that a person does not want to be seen. */
const HIDDEN = { why: 'the rules of the entry hide it', hidden: true } as const;

/** What has a name, by kind: where its way back is kept, and why it may not be fit to be listed. */
const NAMED = { tools: toolProblem, prompts: promptProblem } as const;

function addNamed(
  merged: Merged,
  kind: keyof typeof NAMED,
  { server, lists, limit, rules: { [kind]: rules = {} } = {} }: Contribution,
  { names }: CatalogueOptions,
): void {
  for (const item of lists[kind]) {
    const problem = NAMED[kind](item);
    const own = isItem(item) ? textOf(item, 'name') : '';
    const shown = shownName(own, rules);
    const name = names === 'bare' ? shown : exposedName(server, shown);
    if (problem !== undefined) merged.leftOut.push({ server, item: own, why: problem });
    else if (!isShown(own, rules)) merged.leftOut.push({ server, item: own, ...HIDDEN });
    else if (merged[kind].has(name) || merged.own[kind].has(name))
      merged.leftOut.push({ server, item: own, why: `"${name}" is there already` });
    else {
      merged[kind].set(name, { server, name: own, limit: kind === 'tools' ? limit : undefined });
      merged.lists[kind].push({ ...(item as Item), name });
    }
  }
}

function addResources(merged: Merged, { server, lists, rules }: Contribution, { names }: CatalogueOptions): void {
  const isShownUri = uriRule(rules?.resources);
  merged.shownUris.set(server, isShownUri);
  const rows: readonly (readonly ['resources' | 'resourceTemplates', string])[] = [
    ['resources', 'uri'],
    ['resourceTemplates', 'uriTemplate'],
  ];
  for (const [list, key] of rows) {
    for (const item of lists[list]) {
      const own = isItem(item) ? textOf(item, key) : '';
      const problem = own === '' ? `a resource has no ${key}` : depthProblem(item);
      if (problem !== undefined) merged.leftOut.push({ server, item: own, why: problem });
      else if (!isShownUri(own)) merged.leftOut.push({ server, item: own, ...HIDDEN });
      else merged.lists[list].push({ ...(item as Item), [key]: names === 'bare' ? own : exposedUri(server, own) });
    }
  }
}

/** What the servers say of themselves, each under its name, within bounds. */
function instructionsOf(contributions: readonly Contribution[], { names }: CatalogueOptions): string | undefined {
  const parts: string[] = [];
  let left = INSTRUCTIONS;
  for (const { server, lists } of contributions) {
    const { instructions } = lists;
    if (instructions === undefined || instructions.trim() === '') continue;
    const text =
      instructions.length > INSTRUCTIONS_EACH ? `${instructions.slice(0, INSTRUCTIONS_EACH)} …` : instructions;
    const part = names === 'bare' ? text : `## ${server}\n\n${text}`;
    if (part.length > left) break;
    left -= part.length;
    parts.push(part);
  }
  return parts.length === 0 ? undefined : parts.join('\n\n');
}
