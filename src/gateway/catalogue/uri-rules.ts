/**
 * Which URIs of a server are shown. A URI is judged as it is written and as a lenient server would read it (RFC 3986
 * §6.2.2): `%73ecret` and `public/../secret` are `secret`, so that another spelling leads nowhere.
 *
 * @module
 */
import type { ShowRules } from '../../core/gateway-rules.ts';
import { isShown, matchesGlob } from './filter.ts';

/** Says of a server's own URI, or of a URI template, whether it is shown. */
export type UriRule = (uri: string) => boolean;

/** RFC 3986, appendix B, with query and fragment as one. */
const PARTS = /^([^:/?#]*:)?(\/\/[^/?#]*)?([^?#]*)(.*)$/s;
const ESCAPES = /(?:%[\da-f]{2})+/gi;
const ASCII_ESCAPE = /%[0-7][\da-f]/gi;
/** What parsers of URLs take for nothing (WHATWG URL, basic URL parser): these everywhere, all up to a blank at both ends. */
const NOTHING = /[\t\n\r]/g;
const BLANK = 0x20;

function decoded(text: string): string {
  return text.replaceAll(ESCAPES, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      // No UTF-8: a lenient server puts a sign of its own for what it cannot read, and reads the rest.
      return escapes.replaceAll(ASCII_ESCAPE, (one) => String.fromCharCode(Number.parseInt(one.slice(1), 16)));
    }
  });
}

function bare(uri: string): string {
  const text = uri.trim();
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) <= BLANK) from += 1;
  while (to > from && text.charCodeAt(to - 1) <= BLANK) to -= 1;
  return text.slice(from, to).replaceAll(NOTHING, '');
}

function withoutDots(path: string): string {
  if (!path.includes('.')) return path;
  const kept: string[] = [];
  /** Of them so many are not empty. */
  let named = 0;
  const segments = path.split('/');
  for (const [at, segment] of segments.entries()) {
    const isDots = segment === '.' || segment === '..';
    if (segment === '..' && named > 0 && kept.pop() !== '') named -= 1;
    if (!isDots && segment !== '') named += 1;
    if (!isDots) kept.push(segment);
    else if (at === segments.length - 1) kept.push('');
  }
  return kept.join('/');
}

/** The URI, or a glob over URIs, with what is written in a roundabout way written plainly. */
function plain(uri: string): string {
  const [, scheme = '', authority = '', path = '', rest = ''] = PARTS.exec(bare(uri)) ?? [];
  return `${scheme}${decoded(authority)}${withoutDots(decoded(path).replaceAll('\\', '/'))}${decoded(rest)}`;
}

/** The same, scheme and authority in small letters, for they have no case (RFC 3986 §6.2.2.1), and files spelled in one way. */
function caseless(uri: string): string {
  const same = uri.replace(/^[^:/]*:(?:\/\/[^/]*)?/, (start) => start.toLowerCase());
  return same.startsWith('file:') ? ofFile(same) : same;
}

/** The one spelling of a local file: without a host, or on `localhost` (RFC 8089 §2, appendix B), a slash is enough. */
function ofFile(uri: string): string {
  return uri
    .replace(/^file:(?:\/\/localhost)?(?:\/|\/{3,})(?=[^/]|$)/, 'file:///')
    .replaceAll(/(?<=[^:/])\/{2,}/g, '/');
}

/** The rule of an entry for the resources of its server. Without rules everything is shown. */
export function uriRule(rules: ShowRules | undefined): UriRule {
  if (rules === undefined) return () => true;
  const { allow, deny = [] } = rules;
  const plainRules: ShowRules = { deny: deny.map(plain), ...(allow === undefined ? {} : { allow: allow.map(plain) }) };
  const denied = (plainRules.deny ?? []).map(caseless);
  return (uri) => {
    if (!isShown(uri, rules)) return false;
    const read = plain(uri);
    if (!isShown(read, plainRules)) return false;
    const same = caseless(read);
    return !denied.some((glob) => matchesGlob(same, glob));
  };
}
