/**
 * Every field of an entry that we understand, as one table: the check of files and the published JSON schema are both
 * made from it.
 *
 * @module
 */
import type { GatewayRules } from '../core/gateway-rules.ts';
import { NUMBERS } from '../core/numbers.ts';
import type { FieldSpec } from './field-spec.ts';
import { text, whole } from './field-spec.ts';
import { OAUTH_FIELDS } from './oauth-fields.ts';

/** The transports we know, by every name that clients write in `type`. */
export const TYPE_NAMES = {
  stdio: 'stdio',
  local: 'stdio',
  http: 'http',
  'streamable-http': 'http',
  streamable_http: 'http',
  streamableHttp: 'http',
  remote: 'http',
  sse: 'sse',
} as const satisfies Record<string, 'stdio' | 'http' | 'sse'>;

/** The names of the address, the first that is present counts. */
export const URL_NAMES = ['url', 'serverUrl', 'httpUrl', 'uri'] as const;

/** A `timeout` below this is passed over, as Claude Code does. */
export const SHORTEST_TIMEOUT_MS = 1_000;

const numberFields = Object.fromEntries(
  Object.entries(NUMBERS).map(([id, row]) => [
    id,
    whole(`${row.what} (${row.unit}, default ${row.default})`, row.min, Number.MAX_SAFE_INTEGER),
  ]),
);

const SHOWN: Readonly<Record<string, FieldSpec>> = {
  allow: { kind: 'words', doc: 'Globs (`*`, `?`): only these are shown. Default: all.' },
  deny: { kind: 'words', doc: 'Globs: these are not shown, also where "allow" has them.' },
};
const NAMED: Readonly<Record<string, FieldSpec>> = { ...SHOWN, rename: { kind: 'map', doc: 'New name by name.' } };

/** The rules of an entry for clients of the gateway alone: commands and programs see everything. */
export const GATEWAY_RULES: Readonly<Record<keyof GatewayRules, FieldSpec>> = {
  tools: {
    kind: 'group',
    doc: 'Which tools clients of the gateway see, by the names that the server gives them. A hidden tool cannot be called either.',
    fields: {
      ...NAMED,
      perMinute: whole(
        'How many calls of its tools the server gets in a minute from all clients of the gateway together; a sixth of them may come at once. Default: no limit.',
        1,
      ),
    },
    isClosed: true,
  },
  prompts: {
    kind: 'group',
    doc: 'Which prompts clients of the gateway see, by the names that the server gives them. A hidden prompt cannot be asked for either.',
    fields: NAMED,
    isClosed: true,
  },
  resources: {
    kind: 'group',
    doc: "Which resources clients of the gateway see, by the server's own URIs, templates included. A hidden URI can be neither read nor watched.",
    fields: SHOWN,
    isClosed: true,
  },
};

/** The table. Times are milliseconds. `${VAR}` and `${VAR:-default}` are expanded in every text. */
export const ENTRY_FIELDS: Readonly<Record<string, FieldSpec>> = {
  type: {
    kind: 'choice',
    values: Object.keys(TYPE_NAMES),
    doc: 'Transport. Without it: a process where there is a command; else Streamable HTTP first, then HTTP+SSE.',
  },
  command: text('Program of a local server, looked up in the PATH of the caller.'),
  args: { kind: 'words', doc: 'Arguments of the program.' },
  env: { kind: 'map', doc: 'Environment variables of the program.' },
  cwd: text('Folder in which the program starts.'),
  ...Object.fromEntries(URL_NAMES.map((name) => [name, text('Address of a remote server, http or https.')])),
  headers: { kind: 'map', doc: 'Headers of every request, sent to the origin of the url only.' },
  headersHelper: text('Shell command that prints one JSON object of headers; they win over "headers".'),
  headersHelperTtl: whole(
    'How long the output of the helper may be used again; 0 (default): it runs on every connect.',
    0,
  ),
  oauth: {
    kind: 'group',
    doc: 'Sign-in settings. A text that is empty after its variables are expanded counts as not given.',
    fields: OAUTH_FIELDS,
  },
  timeout: whole(`Whole time of one call; below ${SHORTEST_TIMEOUT_MS} it is passed over.`, 0),
  connectTimeout: whole('One connect try.', 1),
  protocolEra: {
    kind: 'choice',
    values: ['auto', 'legacy', 'modern'],
    doc: 'Protocol era: modern is 2026-07-28 and later. Default auto over HTTP, legacy over stdio.',
  },
  disabled: { kind: 'flag', doc: 'The server is off until a person enables it.' },
  holdfast: {
    kind: 'group',
    doc: 'Numbers of this server that differ from the table, and what clients of the gateway see of it and may do.',
    fields: { ...GATEWAY_RULES, ...numberFields },
    isClosed: true,
  },
};

/** What names of servers may be made of. */
export const NAME_PATTERN = /^[\w.:-]{1,200}$/;
