/**
 * What a person approves: the parts of an entry one by one, so that a later difference can be told.
 *
 * @module
 */
import { relative } from 'node:path';
import { safeLine } from '../base/safe-text.ts';
import type { OAuthSettings, ServerEntry } from '../core/entry.ts';
import { hashOf } from './canonical.ts';
import { isRecord } from './entry-check.ts';
import { variableNames } from './entry-texts.ts';
import type { Script } from './scripts.ts';
import { shownCommand, shownText, shownUrl, shownValue } from './shown.ts';

/** One part: its text for people, and a hash of what it really is. */
export type Fact = readonly [shown: string, digest: string];

/** The parts of what is approved, by name, in the order in which they are shown. */
export type Facts = Readonly<Record<string, Fact>>;

/** What the facts are made from. */
export interface Approvable {
  readonly entry: ServerEntry;
  /** The entry as it stands in the file. */
  readonly raw: unknown;
  readonly projectRoot: string;
  readonly scripts: readonly Script[];
}

const DIGEST_LENGTH = 16;
const MAIN_FIELDS = new Set([
  'command',
  'args',
  'env',
  'cwd',
  'url',
  'serverUrl',
  'httpUrl',
  'uri',
  'headers',
  'headersHelper',
]);

const fact = (shown: string, value: unknown): Fact => [shown, hashOf(value).slice(0, DIGEST_LENGTH)];

function endpointFacts(entry: ServerEntry): readonly (readonly [string, Fact])[] {
  const { endpoint } = entry;
  if (endpoint.kind === 'stdio') {
    const words = [endpoint.command, ...endpoint.args];
    return [
      ['runs', fact(shownCommand(words), words)],
      ...(endpoint.cwd === undefined ? [] : [['in folder', fact(safeLine(endpoint.cwd), endpoint.cwd)] as const]),
      ...Object.entries(endpoint.env).map(
        ([name, value]) => [`env ${name}`, fact(shownValue(name, value), value)] as const,
      ),
    ];
  }
  const { headersHelper } = endpoint;
  return [
    ['contacts', fact(shownUrl(endpoint.url), endpoint.url)],
    ...Object.entries(endpoint.headers).map(([name, value]) => [`header ${name}`, fact('(hidden)', value)] as const),
    ...(headersHelper === undefined ? [] : [['runs helper', fact(shownText(headersHelper), headersHelper)] as const]),
    ...oauthFacts(endpoint.oauth),
  ];
}

/** Where a sign-in would send what it holds: a project must not choose that unseen. */
function oauthFacts(oauth: OAuthSettings | undefined): readonly (readonly [string, Fact])[] {
  const places: readonly (readonly [string, string | undefined])[] = [
    ['signs in with the metadata of', oauth?.authServerMetadataUrl],
    ['signs in at', oauth?.issuer],
    ['signs in as', oauth?.clientMetadataUrl],
    ['sends the id token to', oauth?.identityProvider?.tokenEndpoint],
  ];
  return places.flatMap(([what, url]) => (url === undefined ? [] : [[what, fact(shownUrl(url), url)] as const]));
}

/** Fields beside the endpoint: shown by name only, because they may hold anything. */
function otherFacts(raw: unknown): readonly (readonly [string, Fact])[] {
  if (!isRecord(raw)) return [];
  return Object.entries(raw)
    .filter(([key]) => !MAIN_FIELDS.has(key))
    .map(([key, value]) => [`sets ${key}`, fact('', value)] as const);
}

/** The parts of what would be approved. Names of fields and files are made safe to print. */
export function factsOf(about: Approvable): Facts {
  const names = variableNames(about.entry);
  const all: readonly (readonly [string, Fact])[] = [
    ...endpointFacts(about.entry),
    ...(names.length === 0 ? [] : [['may read the variables', fact(names.join(', '), names)] as const]),
    ...about.scripts.map(({ path, digest }) => {
      const shown = relative(about.projectRoot, path);
      return [`runs the file ${shown}`, fact(`sha256 ${digest.slice(0, 12)}`, digest)] as const;
    }),
    ...otherFacts(about.raw),
  ];
  return Object.fromEntries(all.map(([name, value]) => [safeLine(name, 200), value]));
}

/** The facts as lines for people. */
export function summaryOf(facts: Facts): readonly string[] {
  return Object.entries(facts).map(([name, [shown]]) => (shown === '' ? name : `${name}: ${shown}`));
}

/** What differs, one line each. */
export function differenceOf(before: Facts, now: Facts): readonly string[] {
  const lines: string[] = [];
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    const fresh = Object.hasOwn(now, name) ? now[name] : undefined;
    if (old?.[1] === fresh?.[1]) continue;
    if (old === undefined) lines.push(`added: ${name}${fresh?.[0] ? `: ${fresh[0]}` : ''}`);
    else if (fresh === undefined) lines.push(`removed: ${name}${old[0] ? `: ${old[0]}` : ''}`);
    else if (old[0] === fresh[0]) lines.push(`changed: ${name} (its hidden part)`);
    else lines.push(`changed: ${name}: ${old[0]} → ${fresh[0]}`);
  }
  return lines;
}
