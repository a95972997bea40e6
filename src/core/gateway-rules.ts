/**
 * What an entry says of its server for clients of the gateway: which tools, prompts and resources they see, under
 * which names, and how often they may call tools.
 *
 * @module
 */

/** Which things of one kind are shown. Globs know `*` and `?`, over the server's own names or URIs; deny wins over allow. */
export interface ShowRules {
  /** Default: everything. */
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

/** The same for what has a name. */
export interface NamedRules extends ShowRules {
  /** New name by the server's own name. */
  readonly rename?: Readonly<Record<string, string>>;
}

/** The same for tools. */
export interface ToolRules extends NamedRules {
  /** How many calls all clients together may make in a minute. Default: no limit. */
  readonly perMinute?: number;
}

/** The rules of one server, by kind. What is not shown cannot be used either. */
export interface GatewayRules {
  readonly tools?: ToolRules;
  readonly prompts?: NamedRules;
  /** Over URIs, and over the text of URI templates. There are no new names: the way back from a URI needs nothing but itself. */
  readonly resources?: ShowRules;
}
