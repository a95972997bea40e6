/**
 * Which tools of a server the clients of the gateway see, and under which names.
 *
 * @module
 */

/** Rules for the tools of one server. Globs know `*` and `?`, over the server's own names; deny wins over allow. */
export interface ToolRules {
  /** Default: everything. */
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  /** New name by the server's own name. */
  readonly rename?: Readonly<Record<string, string>>;
}
