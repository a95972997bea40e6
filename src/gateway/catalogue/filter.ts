/**
 * Which tools of a server are shown, and under which names: allow and deny globs, and renames.
 *
 * @module
 */

/** Rules for the tools of one server. Globs know `*` and `?`; deny wins over allow. */
export interface ToolRules {
  /** Default: everything. */
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  /** New name by the server's own name. */
  readonly rename?: Readonly<Record<string, string>>;
}

const compiled = new Map<string, RegExp>();
const MOST_COMPILED = 1_000;

function globOf(glob: string): RegExp {
  const known = compiled.get(glob);
  if (known !== undefined) return known;
  const text = glob
    .replaceAll(/[$()+.[\\\]^{|}]/g, String.raw`\$&`)
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  const pattern = new RegExp(`^${text}$`, 's');
  if (compiled.size < MOST_COMPILED) compiled.set(glob, pattern);
  return pattern;
}

/** Whether a glob matches the whole name. */
export function matchesGlob(name: string, glob: string): boolean {
  return globOf(glob).test(name);
}

/** Whether a tool of this name is shown. */
export function isShown(name: string, { allow, deny = [] }: ToolRules): boolean {
  if (deny.some((glob) => matchesGlob(name, glob))) return false;
  return allow === undefined || allow.some((glob) => matchesGlob(name, glob));
}

/** The name under which a tool is shown. */
export function shownName(name: string, { rename = {} }: ToolRules): string {
  return Object.hasOwn(rename, name) ? (rename[name] ?? name) : name;
}
