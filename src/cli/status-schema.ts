/**
 * The JSON schema of `status --json`, held to the types of the record: a field that is added there and not here does not
 * compile.
 *
 * @module
 */
import { ACTIONS } from '../core/actions.ts';
import type { CredentialInfo } from '../core/credential.ts';
import type { EntrySource } from '../core/entry.ts';
import type { Owner } from '../core/fleet.ts';
import { REASONS } from '../core/reasons.ts';
import { STATUSES } from '../core/snapshot.ts';
import type { Snapshot, StepUp, TimelineEntry } from '../core/snapshot.ts';
import type { StatusRecord } from './record.ts';

type Schema = Readonly<Record<string, unknown>>;
type Optional<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];
type RequiredKeys<T> = Exclude<keyof T, Optional<T>>;

/** An object with exactly the fields of `T`; `required` names exactly those that are always there. */
function object<T extends object>(
  description: string,
  properties: { readonly [K in keyof Required<T>]: Schema },
  required: { readonly [K in RequiredKeys<T>]: true },
): Schema {
  // Fields may be added in a minor version, so that more than these must not be an error for a reader.
  return { type: 'object', description, properties, required: Object.keys(required) };
}

const text = (description: string): Schema => ({ type: 'string', description });
const oneOf = (values: readonly string[], description: string): Schema => ({
  type: 'string',
  enum: values,
  description,
});
const count = (description: string): Schema => ({ type: 'integer', minimum: 0, description });
const whole = (description: string): Schema => ({ type: 'integer', description });
const flag = (description: string): Schema => ({ type: 'boolean', description });
const time = (description: string): Schema => ({
  type: 'string',
  format: 'date-time',
  description: `${description} ISO-8601 UTC.`,
});
const list = (items: Schema, description: string): Schema => ({ type: 'array', items, description });

const REASON = oneOf(Object.keys(REASONS), 'Why the status is what it is; "holdfast explain REASON" tells more.');
const STATUS = oneOf(STATUSES, 'One of five words, never more.');

const source = object<EntrySource>(
  'Where the entry stands.',
  {
    client: oneOf(['holdfast', 'claude-code', 'mcp-json', 'file', 'library'], 'The program whose file it is.'),
    scope: oneOf(['local', 'project', 'user', 'own', 'file', 'library'], 'Where in its configuration.'),
    file: text('Absolute path; empty for entries given in code.'),
    line: count('1-based; 0 where it is not known.'),
    pointer: text('JSON path, e.g. mcpServers.notion.'),
  },
  { client: true, scope: true, file: true, line: true, pointer: true },
);

const timelineEntry = object<TimelineEntry>(
  'One line of the history.',
  {
    at: time('When.'),
    kind: text('A word that scripts can match.'),
    text: text('The same in words.'),
    status: STATUS,
    reason: REASON,
    httpStatus: whole('Status of the HTTP answer.'),
    durationMs: { type: 'number', minimum: 0, description: 'How long it took.' },
  },
  { at: true, kind: true, text: true },
);

const stepUp = object<StepUp>(
  'More rights that the connected server asked for.',
  { scopes: list(text('A scope.'), 'The scopes asked for.'), tool: text('The tool that needs them.') },
  { scopes: true },
);

const serverInfo = object<NonNullable<Snapshot['serverInfo']>>(
  'How the server names itself.',
  { name: text('Its name.'), version: text('Its version.') },
  { name: true, version: true },
);

const login = object<CredentialInfo>(
  'The login that is held for the server.',
  {
    id: text('Id of the login.'),
    server: text('The url it was made for.'),
    issuer: text('The authorization server.'),
    resource: text('The resource that it is for (RFC 8707); empty when none was named.'),
    clientId: text('The client that we are there.'),
    profile: text('The account it belongs to.'),
    registration: oneOf(['configured', 'metadata-document', 'dynamic'], 'How the client came to be known.'),
    grant: oneOf(
      ['authorization_code', 'device_code', 'client_credentials', 'jwt_bearer', 'imported'],
      'How the login was made.',
    ),
    scopes: list(text('A scope.'), 'Rights that were granted.'),
    obtainedAt: time('When its tokens were received.'),
    expiresAt: time('When its access token ends.'),
    renewable: flag('A refresh token is held.'),
    status: oneOf(['live', 'refused'], 'Whether the authorization server still accepts it.'),
    refusal: text('Why it does not.'),
    generation: count('Rises with every renewal.'),
    unsaved: flag('Its newest tokens could not be written to the store and live in memory alone.'),
  },
  {
    id: true,
    server: true,
    issuer: true,
    resource: true,
    clientId: true,
    profile: true,
    registration: true,
    grant: true,
    scopes: true,
    obtainedAt: true,
    renewable: true,
    status: true,
    generation: true,
  },
);

const signingIn = object<NonNullable<Snapshot['signingIn']>>(
  'A sign-in that waits for a person.',
  {
    flow: text('Id of the sign-in.'),
    url: text('Where the person goes.'),
    expiresAt: time('Its end.'),
    stepUp: flag('It is about more rights for a login that works.'),
  },
  { flow: true, url: true, expiresAt: true, stepUp: true },
);

const snapshot = object<Snapshot>(
  'The state of one server. No secret is ever in it.',
  {
    name: text('Name of the server in its view.'),
    status: STATUS,
    reason: REASON,
    message: text('The sentence of the reason, with its particulars.'),
    since: time('Since when the status is what it is.'),
    attempt: count('The try under way or the last one made; equal to maxAttempts when the quick retries are over.'),
    maxAttempts: count('How many quick tries there are.'),
    nextRetryAt: time('When it is tried next by itself.'),
    phase: oneOf(['startup', 'reconnect', 'manual', 'probe'], 'Why it is being contacted.'),
    httpStatus: whole('Status of the HTTP answer that decided.'),
    detail: text('Text of the server or of the operating system, redacted.'),
    exitCode: whole('Exit code of the process.'),
    exitSignal: text('Signal that ended the process.'),
    redirectTo: text('The address to put into the entry (reason redirected).'),
    signIn: oneOf(['none', 'headers', 'helper', 'oauth', 'stdio'], 'How it signs in, as far as its entry says.'),
    offersOAuth: flag('The server advertises OAuth, whether or not the entry uses it.'),
    stepUp,
    missingScopes: list(text('A scope.'), 'Scopes that the server found missing.'),
    expiresAt: time('When the access token ends.'),
    login,
    signingIn,
    era: oneOf(['legacy', 'modern'], 'Protocol era of the endpoint.'),
    protocolVersion: text('Protocol version in use.'),
    transport: oneOf(['stdio', 'http', 'sse'], 'How it is reached.'),
    endpoint: text('The url without credentials and query, or the command.'),
    serverInfo,
    tools: count('Number of tools.'),
    prompts: count('Number of prompts.'),
    resources: count('Number of resources.'),
    listsLastKnown: flag('The lists are those of an earlier contact.'),
    source,
    configHash: text('Hash of the effective entry.'),
    approvalHash: text('Hash to approve, where the entry waits for approval.'),
    next: list(oneOf(Object.keys(ACTIONS), 'An action.'), 'What to offer, the first is the default.'),
    timeline: list(timelineEntry, 'The history, oldest first.'),
  },
  {
    name: true,
    status: true,
    since: true,
    signIn: true,
    offersOAuth: true,
    transport: true,
    source: true,
    next: true,
    timeline: true,
  },
);

const owner = object<Owner>(
  'Who owns the connections that the record speaks of.',
  {
    kind: oneOf(['daemon', 'in-process'], 'The one daemon of the user, or the process that printed the record.'),
    pid: count('Its process id.'),
    version: text('Its version.'),
    startedAt: time('When it was started.'),
  },
  { kind: true, pid: true, version: true, startedAt: true },
);

/** The schema, JSON Schema 2020-12. */
export function statusSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'holdfast status --json',
    ...object<StatusRecord>(
      'What "holdfast status --json" prints. Fields may be added; none is removed or changes its meaning within v1.',
      {
        schema: { const: 'status/v1' },
        time: time('When the record was made.'),
        owner,
        servers: list(snapshot, 'Every server of the view, in the order of its files.'),
        problems: list(
          text('File, line and what is wrong.'),
          'Configuration files that cannot be read: their servers are missing, or are those of the last good reading. Absent where there are none.',
        ),
      },
      { schema: true, time: true, owner: true, servers: true },
    ),
  };
}
