/**
 * What of a server is shown, and under which names: allow and deny globs, and renames.
 *
 * @module
 */
import type { NamedRules, ShowRules } from '../../core/gateway-rules.ts';

/**
 * Whether a glob matches the whole name: `*` is any text, `?` any one character. Never worse than the product of both
 * lengths, whatever a server calls its things.
 */
export function matchesGlob(name: string, glob: string): boolean {
  let at = 0;
  let of = 0;
  /** Where the last `*` stands, and from where its text may grow. */
  let star = -1;
  let grown = 0;
  while (at < name.length) {
    if (glob[of] === '*') {
      star = of;
      grown = at;
      of += 1;
    } else if (of < glob.length && (glob[of] === '?' || glob[of] === name[at])) {
      at += 1;
      of += 1;
    } else if (star === -1) return false;
    else {
      grown += 1;
      at = grown;
      of = star + 1;
    }
  }
  while (glob[of] === '*') of += 1;
  return of === glob.length;
}

/** Whether what has this name or URI is shown. */
export function isShown(name: string, { allow, deny = [] }: ShowRules): boolean {
  if (deny.some((glob) => matchesGlob(name, glob))) return false;
  return allow === undefined || allow.some((glob) => matchesGlob(name, glob));
}

/** The name under which a tool or prompt is shown. */
export function shownName(name: string, { rename = {} }: NamedRules): string {
  return (Object.hasOwn(rename, name) && rename[name]) || name;
}
