/**
 * A login as a record of the store and back: facts without secrets, secrets apart. Reading is tolerant: fields that are
 * unknown are passed over, optional ones of a wrong type are absent; only a record without its essentials is no login.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { Secret } from '../../base/secret.ts';
import type { Authority, ClientIdentity, Credential, CredentialKey, TokenSet } from '../../core/credential.ts';
import type { RecordBody, StoredRecord } from '../../core/store.ts';

/** A login before it is written. */
export type CredentialParts = Omit<Credential, 'id' | 'generation'>;

/** What the last write of a record was, so that other processes know what has happened. */
export type LastWrite = (typeof LAST_WRITES)[number];
const LAST_WRITES = ['login', 'refresh', 'refresh-after-401', 'refusal'] as const;

type Fields = Readonly<Record<string, unknown>>;

/** Id of the login with this key: SHA-256, hex. */
export function credentialId({ issuer, resource, client, profile, serverUrl, lane }: CredentialKey): string {
  return createHash('sha256')
    .update(JSON.stringify([issuer, resource, client, profile, serverUrl, lane]))
    .digest('hex');
}

/** Leaves out what is `undefined`. */
function known<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** The record of a login. `last` says what wrote it. */
export function toBody(id: string, credential: CredentialParts, last: LastWrite): RecordBody {
  const { key, authority, client, tokens, requestedScopes, grant, status, refusal } = credential;
  const { clientId, method, kind, signingAlgorithm } = client;
  const { tokenType, obtainedAt, expiresAt, scopes } = tokens;
  return {
    id,
    facts: known({
      schema: 1,
      last,
      key,
      authority,
      client: known({ clientId, method, kind, signingAlgorithm }),
      tokens: known({ tokenType, obtainedAt, expiresAt, scopes }),
      requestedScopes,
      grant,
      status,
      refusal,
    }),
    secrets: known<Record<string, string>>({
      accessToken: tokens.accessToken.reveal(),
      refreshToken: tokens.refreshToken?.reveal(),
      clientSecret: client.clientSecret?.reveal(),
      privateKey: client.privateKey?.reveal(),
      dpopKey: credential.dpopKey?.reveal(),
    }),
  };
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const fieldsOf = (value: unknown): Fields => (isObject(value) ? value : {});
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const timeOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
const flagOf = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);
const textsOf = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
const secretOf = (value: unknown): Secret | undefined =>
  typeof value === 'string' && value !== '' ? new Secret(value) : undefined;

function oneOf<const T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((word) => word === value);
}

function keyIn(value: unknown): CredentialKey | undefined {
  const fields = fieldsOf(value);
  const issuer = textOf(fields['issuer']);
  const serverUrl = textOf(fields['serverUrl']);
  if (issuer === undefined || serverUrl === undefined) return undefined;
  return {
    issuer,
    serverUrl,
    resource: textOf(fields['resource']) ?? '',
    client: textOf(fields['client']) ?? '',
    profile: textOf(fields['profile']) ?? 'default',
    lane: textOf(fields['lane']) ?? '',
  };
}

function authorityIn(value: unknown): Authority | undefined {
  const fields = fieldsOf(value);
  const issuer = textOf(fields['issuer']);
  const tokenEndpoint = textOf(fields['tokenEndpoint']);
  if (issuer === undefined || tokenEndpoint === undefined) return undefined;
  return known<Authority>({
    issuer,
    tokenEndpoint,
    authorizationEndpoint: textOf(fields['authorizationEndpoint']),
    registrationEndpoint: textOf(fields['registrationEndpoint']),
    revocationEndpoint: textOf(fields['revocationEndpoint']),
    deviceAuthorizationEndpoint: textOf(fields['deviceAuthorizationEndpoint']),
    scopesSupported: textsOf(fields['scopesSupported']),
    grantTypesSupported: textsOf(fields['grantTypesSupported']),
    tokenAuthMethods: textsOf(fields['tokenAuthMethods']),
    codeChallengeMethods: textsOf(fields['codeChallengeMethods']),
    clientIdMetadataDocuments: flagOf(fields['clientIdMetadataDocuments']),
    issParameter: flagOf(fields['issParameter']),
    dpopAlgorithms: textsOf(fields['dpopAlgorithms']),
    by: oneOf(fields['by'], ['metadata', 'endpoints']) ?? 'metadata',
  });
}

const METHODS = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const;
const KINDS = ['configured', 'metadata-document', 'dynamic'] as const;
const GRANTS = ['authorization_code', 'device_code', 'client_credentials', 'jwt_bearer', 'imported'] as const;

function clientIn(value: unknown, secrets: Fields): ClientIdentity | undefined {
  const fields = fieldsOf(value);
  const clientId = textOf(fields['clientId']);
  if (clientId === undefined) return undefined;
  const clientSecret = secretOf(secrets['clientSecret']);
  return known<ClientIdentity>({
    clientId,
    clientSecret,
    privateKey: secretOf(secrets['privateKey']),
    signingAlgorithm: textOf(fields['signingAlgorithm']),
    method: oneOf(fields['method'], METHODS) ?? (clientSecret === undefined ? 'none' : 'client_secret_basic'),
    kind: oneOf(fields['kind'], KINDS) ?? 'configured',
  });
}

function tokensIn(value: unknown, secrets: Fields): TokenSet | undefined {
  const fields = fieldsOf(value);
  const accessToken = secretOf(secrets['accessToken']);
  if (accessToken === undefined) return undefined;
  return known<TokenSet>({
    accessToken,
    tokenType: oneOf(fields['tokenType'], ['bearer', 'dpop']) ?? 'bearer',
    refreshToken: secretOf(secrets['refreshToken']),
    obtainedAt: timeOf(fields['obtainedAt']) ?? 0,
    expiresAt: timeOf(fields['expiresAt']),
    scopes: textsOf(fields['scopes']),
  });
}

/** The login in a record, or `undefined` when its essentials are missing: key, token endpoint, client, access token. */
export function fromRecord({ id, generation, facts, secrets }: StoredRecord): Credential | undefined {
  const key = keyIn(facts['key']);
  const authority = authorityIn(facts['authority']);
  const client = clientIn(facts['client'], secrets);
  const tokens = tokensIn(facts['tokens'], secrets);
  if (key === undefined || authority === undefined || client === undefined || tokens === undefined) return undefined;
  return known<Credential>({
    id,
    generation,
    key,
    authority,
    client,
    tokens,
    requestedScopes: textsOf(facts['requestedScopes']) ?? tokens.scopes ?? [],
    grant: oneOf(facts['grant'], GRANTS) ?? 'imported',
    status: oneOf(facts['status'], ['live', 'refused']) ?? 'live',
    refusal: textOf(facts['refusal']),
    dpopKey: secretOf(secrets['dpopKey']),
  });
}

/** What wrote the record last. */
export function lastWriteOf({ facts }: StoredRecord): LastWrite {
  return oneOf(facts['last'], LAST_WRITES) ?? 'login';
}

/** Every secret of a login, for the redactor. */
export function secretsOf({ tokens, client, dpopKey }: CredentialParts): readonly (Secret | undefined)[] {
  return [tokens.accessToken, tokens.refreshToken, client.clientSecret, client.privateKey, dpopKey];
}
