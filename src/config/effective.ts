/**
 * An entry as it is contacted: variables expanded from the view, folders absolute, secrets wrapped, and the key by which
 * equal entries share one connection.
 *
 * @module
 */
import { resolve } from 'node:path';
import { Secret } from '../base/secret.ts';
import type { Redactor } from '../base/secret.ts';
import type {
  EffectiveEntry,
  EffectiveRemote,
  EffectiveStdio,
  EntrySettings,
  HelperSpec,
  RemoteEndpoint,
  ServerEntry,
  StdioEndpoint,
} from '../core/entry.ts';
import { sealOAuth } from '../core/entry.ts';
import type { Fault } from '../core/fault.ts';
import type { Files } from '../core/machine.ts';
import { numbersFromEnv } from '../core/numbers.ts';
import type { SignInModel } from '../core/snapshot.ts';
import type { View } from '../core/view.ts';
import { invalidAt, lineOfField, pointerOfField } from './candidate.ts';
import { hashOf } from './canonical.ts';
import { realCommand, startedCommand } from './command-path.ts';
import type { SourcePlace } from './dialects/dialect.ts';
import { mapTexts } from './entry-texts.ts';
import { mayHideSecret, secretsOf } from './entry-secrets.ts';
import { oauthIssues, withoutEmpty } from './oauth-rule.ts';
import { pointerOf } from './pointer.ts';
import { urlIssue } from './url-rule.ts';
import { expand } from './variables.ts';

/** What expanding needs of the world. */
export interface EffectiveWorld {
  readonly files: Files;
  readonly redactor: Redactor;
  readonly platform: NodeJS.Platform;
}

/** What `effectiveOf` is asked. */
export interface EffectiveAsk {
  readonly entry: ServerEntry;
  readonly view: View;
  /** The account whose login is used. */
  readonly profile: string;
  /** Where the entry stands; decides the folders. */
  readonly place: Pick<SourcePlace, 'base' | 'workingFolder' | 'project' | 'scope'>;
}

type Endpoint = StdioEndpoint | RemoteEndpoint;

interface ExpandedEndpoint<T extends Endpoint> {
  readonly endpoint: T;
  /** Values of variables that stand in it now. */
  readonly values: readonly string[];
}

/** Characters of RFC 9110 field values; above all no line break, which would begin a header of its own. */
const HEADER_VALUE = /^[\t\u0020-\u007E\u0080-\u00FF]*$/;

const secrets = (map: Readonly<Record<string, string>>): Record<string, Secret> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, new Secret(value)]));

function missing(entry: ServerEntry, name: string, field: readonly string[]): Fault {
  const line = lineOfField(entry, field);
  const { file } = entry.source;
  return {
    reason: 'variable-missing',
    detail: `${name} in ${pointerOf(field)} (${file}:${line})`,
    at: { file, line, pointer: pointerOfField(entry, field) },
  };
}

function expanded(entry: ServerEntry, view: View): ExpandedEndpoint<Endpoint> | Fault {
  const values: string[] = [];
  let fault: Fault | undefined;
  const endpoint = mapTexts(entry.endpoint, (text, field) => {
    const outcome = expand(text, view.variables);
    if (outcome.ok) {
      if (mayHideSecret(field)) values.push(...outcome.values);
      return outcome.text;
    }
    fault ??= missing(entry, outcome.missing, field);
    return '';
  });
  return fault ?? { endpoint: withWholeOAuth(endpoint), values };
}

/** Optional settings that came out empty are not there; a key of one line, as variables hold it, gets its line breaks. */
function withWholeOAuth(endpoint: Endpoint): Endpoint {
  if (endpoint.kind === 'stdio' || endpoint.oauth === undefined) return endpoint;
  const oauth = withoutEmpty(endpoint.oauth);
  const { privateKey } = oauth;
  const key = privateKey === undefined ? {} : { privateKey: privateKey.replaceAll(String.raw`\n`, '\n') };
  return { ...endpoint, oauth: { ...oauth, ...key } };
}

/** What only shows after expanding. Texts hold no values. */
function wrongAfterExpanding(entry: ServerEntry, endpoint: Endpoint): Fault | undefined {
  const invalid = (field: readonly string[], text: string): Fault =>
    invalidAt(entry.source, { field, text }, lineOfField(entry, field));
  const hint = 'after its variables are expanded';
  if (endpoint.kind === 'stdio')
    return endpoint.command.trim() === '' ? invalid(['command'], `is empty ${hint}`) : undefined;
  const wrongUrl = urlIssue(endpoint.url);
  if (wrongUrl !== undefined) return invalid(['url'], `${wrongUrl} (${hint})`);
  for (const [name, value] of Object.entries(endpoint.headers))
    if (!HEADER_VALUE.test(value))
      return invalid(['headers', name], `holds a line break or another character that no header can carry, ${hint}`);
  const [wrong] = endpoint.oauth === undefined ? [] : oauthIssues(endpoint.oauth);
  return wrong === undefined ? undefined : invalid(wrong.field, `${wrong.text} (${hint})`);
}

function settingsOf(entry: ServerEntry, view: View): EntrySettings {
  return { ...entry.settings, numbers: { ...numbersFromEnv(view.variables), ...entry.settings.numbers } };
}

function signInOf(endpoint: RemoteEndpoint): SignInModel {
  if (endpoint.headersHelper !== undefined) return 'helper';
  if (Object.keys(endpoint.headers).length > 0) return 'headers';
  return endpoint.oauth === undefined ? 'none' : 'oauth';
}

// The folder of a client need not exist, but nothing can be started in a folder that is not there.
async function folderOr(files: Files, path: string, other: string): Promise<string> {
  const facts = await files.facts(path).catch(() => undefined);
  return facts?.kind === 'folder' ? path : other;
}

async function stdioOf(world: EffectiveWorld, ask: EffectiveAsk, endpoint: StdioEndpoint) {
  const { view, place } = ask;
  const where = { path: view.path, base: place.base, platform: world.platform };
  const real = await realCommand(world.files, endpoint.command, where);
  const effective: EffectiveStdio = {
    kind: 'stdio',
    command: startedCommand(endpoint.command, where),
    args: endpoint.args,
    env: secrets(endpoint.env),
    cwd:
      endpoint.cwd === undefined
        ? await folderOr(world.files, place.workingFolder, view.home)
        : resolve(place.base, endpoint.cwd),
    path: view.path,
  };
  // Two callers with different PATHs share the process as long as both mean the same program.
  const matters = {
    kind: 'stdio',
    command: effective.command,
    real,
    args: effective.args,
    env: endpoint.env,
    cwd: effective.cwd,
  };
  return { endpoint: effective, matters };
}

async function remoteOf(world: EffectiveWorld, ask: EffectiveAsk, endpoint: RemoteEndpoint) {
  const { view, place } = ask;
  const { kind, url, headers, headersHelper, headersHelperTtlMs, oauth } = endpoint;
  const cwd = await folderOr(world.files, place.base, view.home);
  const helper: HelperSpec | undefined =
    headersHelper === undefined
      ? undefined
      : {
          command: headersHelper,
          cwd,
          ttlMs: headersHelperTtlMs ?? 0,
          fromProject: place.scope === 'project',
          path: view.path,
        };
  const effective: EffectiveRemote = {
    kind,
    url,
    headers: secrets(headers),
    ...(helper === undefined ? {} : { helper }),
    ...(oauth === undefined ? {} : { oauth: sealOAuth(oauth) }),
  };
  return { endpoint: effective, matters: { kind, url, headers, helper, oauth } };
}

/**
 * Expands one entry, registers its secret values for redaction, and computes its key. A fault means that nothing may be
 * sent: `variable-missing` names the first variable without value and default, `config-invalid` what came out wrong.
 */
export async function effectiveOf(world: EffectiveWorld, ask: EffectiveAsk): Promise<EffectiveEntry | Fault> {
  const { entry, view, place, profile } = ask;
  const outcome = expanded(entry, view);
  if ('reason' in outcome) return outcome;
  const { endpoint, values } = outcome;
  world.redactor.add(...secretsOf(endpoint, values));
  const wrong = wrongAfterExpanding(entry, endpoint);
  if (wrong !== undefined) return wrong;
  const made = endpoint.kind === 'stdio' ? await stdioOf(world, ask, endpoint) : await remoteOf(world, ask, endpoint);
  const settings = settingsOf(entry, view);
  const { gateway: _rules, ...connecting } = settings;
  // A remote server that is configured for every project does not know in which one it is used, so that all share it.
  const projectRoot = endpoint.kind === 'stdio' ? view.projectRoot : place.project;
  return {
    name: entry.name,
    source: entry.source,
    // A process has no login, so all accounts share it.
    key: hashOf({
      ...made.matters,
      settings: connecting,
      projectRoot,
      ...(endpoint.kind === 'stdio' ? {} : { profile }),
    }),
    endpoint: made.endpoint,
    settings,
    signIn: endpoint.kind === 'stdio' ? 'stdio' : signInOf(endpoint),
    ...(projectRoot === undefined ? {} : { projectRoot }),
    profile,
  };
}
