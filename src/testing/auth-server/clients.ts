/**
 * The clients that the authorization server knows, how they register and how they prove themselves.
 *
 * @module
 */
import { createPublicKey } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Exchange } from '../exchange.ts';
import { headerOf } from '../exchange.ts';
import { isSignedBy, readJws } from './jws.ts';
import { fresh } from './ledger.ts';
import { Refusal } from './reply.ts';
import type { Reply } from './reply.ts';

/** A client, in the words of RFC 7591 §2. */
export interface ClientRecord {
  readonly client_id: string;
  readonly client_secret?: string;
  readonly redirect_uris?: readonly string[];
  /** Default: `none`, or `client_secret_basic` where there is a secret. */
  readonly token_endpoint_auth_method?: string;
  readonly grant_types?: readonly string[];
  readonly scope?: string;
  /** SPKI PEM, for `private_key_jwt`. */
  readonly publicKey?: string;
}

/** What the register of clients needs to know. */
export interface ClientRules {
  readonly clock: Clock;
  readonly methods: readonly string[];
  readonly documents: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Audiences that a client assertion may name. */
  readonly audiences: () => readonly string[];
}

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The register of clients. */
export class Clients {
  readonly #known = new Map<string, ClientRecord>();
  readonly #rules: ClientRules;
  readonly #assertions = new Set<string>();

  constructor(rules: ClientRules, known: readonly ClientRecord[]) {
    this.#rules = rules;
    for (const client of known) this.#known.set(client.client_id, client);
  }

  list(): readonly ClientRecord[] {
    return [...this.#known.values()];
  }

  find(id: string): ClientRecord | undefined {
    const known = this.#known.get(id);
    const document = this.#rules.documents[id];
    if (known !== undefined || document === undefined) return known;
    // The document has to name itself (client ID metadata documents §4.1).
    return document['client_id'] === id ? { ...document, client_id: id } : undefined;
  }

  forget(id?: string): void {
    if (id === undefined) this.#known.clear();
    else this.#known.delete(id);
  }

  /** Registers a client (RFC 7591 §3.1). */
  register(body: string): Reply {
    const asked = clientMetadata(body);
    const uris = asked.redirect_uris ?? [];
    if (!Array.isArray(uris) || uris.some((uri) => !isAllowedRedirect(uri)))
      throw new Refusal('invalid_redirect_uri', 'https, or http on loopback');
    const method = asked.token_endpoint_auth_method ?? 'client_secret_basic';
    if (!this.#rules.methods.includes(method)) throw new Refusal('invalid_client_metadata', `${method} is not offered`);
    const secret = method.startsWith('client_secret') ? { client_secret: fresh('secret') } : {};
    const client = { ...asked, client_id: fresh('client'), token_endpoint_auth_method: method, ...secret };
    this.#known.set(client.client_id, client);
    const times = { client_id_issued_at: Math.floor(this.#rules.clock.now() / 1_000) };
    return {
      status: 201,
      body: { ...client, ...times, ...('client_secret' in secret ? { client_secret_expires_at: 0 } : {}) },
    };
  }

  /** The client that a request to the token endpoint comes from, proved. Errors: `Refusal` `invalid_client`. */
  authenticate(exchange: Exchange, fields: ReadonlyMap<string, string>): ClientRecord {
    const basic = basicOf(headerOf(exchange, 'authorization'));
    const assertion = fields.get('client_assertion');
    const used = basic !== undefined ? 'client_secret_basic' : methodOf(fields, assertion);
    const id = basic?.id ?? fields.get('client_id') ?? assertedId(assertion);
    const client = id === undefined ? undefined : this.find(id);
    if (client === undefined) throw unknownClient('no such client');
    if (!allowedMethods(client).includes(used)) throw unknownClient(`the client may not use ${used}`);
    if (used.startsWith('client_secret') && (basic?.secret ?? fields.get('client_secret')) !== client.client_secret)
      throw unknownClient('wrong secret');
    if (used === 'private_key_jwt') this.#checkAssertion(client, fields, assertion ?? '');
    return client;
  }

  #checkAssertion(client: ClientRecord, fields: ReadonlyMap<string, string>, assertion: string): void {
    if (fields.get('client_assertion_type') !== ASSERTION) throw unknownClient('client_assertion_type is wrong');
    const jws = readJws(assertion, 'invalid_client');
    const { claims } = jws;
    if (client.publicKey === undefined || !isSignedBy(jws, createPublicKey(client.publicKey)))
      throw unknownClient('the signature is wrong');
    if (claims['iss'] !== client.client_id || claims['sub'] !== client.client_id)
      throw unknownClient('iss or sub is wrong');
    const audiences = [claims['aud']].flat();
    if (!audiences.some((audience) => this.#rules.audiences().includes(String(audience))))
      throw unknownClient('aud is wrong');
    if (!(Number(claims['exp']) * 1_000 > this.#rules.clock.now())) throw unknownClient('exp is over');
    const jti = claims['jti'];
    if (typeof jti !== 'string' || this.#assertions.has(jti)) throw unknownClient('jti is missing or was used before');
    this.#assertions.add(jti);
  }
}

function clientMetadata(body: string): Partial<ClientRecord> {
  try {
    return JSON.parse(body) as Partial<ClientRecord>;
  } catch {
    throw new Refusal('invalid_client_metadata', 'no JSON');
  }
}

/** The method that the client has registered; where it has registered none, whatever fits its secret. */
function allowedMethods(client: ClientRecord): readonly string[] {
  if (client.token_endpoint_auth_method !== undefined) return [client.token_endpoint_auth_method];
  return client.client_secret === undefined ? ['none'] : ['client_secret_basic', 'client_secret_post'];
}

function methodOf(fields: ReadonlyMap<string, string>, assertion: string | undefined): string {
  if (assertion !== undefined) return 'private_key_jwt';
  return fields.has('client_secret') ? 'client_secret_post' : 'none';
}

function assertedId(assertion: string | undefined): string | undefined {
  if (assertion === undefined) return undefined;
  const { sub } = readJws(assertion, 'invalid_client').claims as { sub?: unknown };
  return typeof sub === 'string' ? sub : undefined;
}

function unknownClient(why: string): Refusal {
  return new Refusal('invalid_client', why, 401, { 'www-authenticate': 'Basic realm="token"' });
}

/** Both parts are form-encoded before they are joined (RFC 6749 §2.3.1). */
function basicOf(header: string | undefined): { readonly id: string; readonly secret: string } | undefined {
  const value = /^Basic\s+(.+)$/i.exec(header ?? '')?.[1];
  if (value === undefined) return undefined;
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return { id: decode(text.slice(0, colon)), secret: decode(text.slice(colon + 1)) };
}

function decode(part: string): string {
  return decodeURIComponent(part.replaceAll('+', ' '));
}

function isAllowedRedirect(uri: unknown): boolean {
  if (typeof uri !== 'string' || !URL.canParse(uri)) return false;
  const url = new URL(uri);
  if (url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]';
}

/**
 * Whether a redirect is one that the client has registered: exactly, but for the port of a literal loopback address or
 * of `localhost` (RFC 8252 §7.3) where the registered one has none.
 */
export function isRegisteredRedirect(client: ClientRecord, uri: string): boolean {
  return (client.redirect_uris ?? []).some((registered) => {
    if (registered === uri) return true;
    if (!URL.canParse(registered) || !URL.canParse(uri)) return false;
    const known = new URL(registered);
    const given = new URL(uri);
    if (known.protocol !== 'http:' || !isLoopback(known.hostname) || known.port !== '') return false;
    given.port = '';
    return given.href === known.href;
  });
}
