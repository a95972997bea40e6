/**
 * The authorization server at work: its endpoints mounted, its protected servers guarded.
 *
 * @module
 */
import { systemClock } from '../../base/clock.ts';
import { HoldfastError } from '../../base/errors.ts';
import type { Behaviour, Exchange, RequestRecord } from '../exchange.ts';
import type { FaultServer, Mount } from '../fault-server.ts';
import { startFaultServer } from '../fault-server.ts';
import { authorize } from './authorize.ts';
import { Clients } from './clients.ts';
import type { ClientRecord } from './clients.ts';
import { beginDevice, typeUserCode } from './device.ts';
import type { DeviceCodes } from './device.ts';
import { AUTH_METHODS, authorityDocument, authorityPath, resourceDocument, resourcePath } from './documents.ts';
import { DpopCheck } from './dpop.ts';
import { endpoint, FaultPlan, faulty } from './faulty.ts';
import { guarded } from './guard.ts';
import { Ledger } from './ledger.ts';
import type { AuthCounters, Grant } from './ledger.ts';
import type { AuthServerOptions, EndpointFault, EndpointId, ProtectedOptions } from './options.ts';
import { formOf, needed, Refusal } from './reply.ts';
import type { Reply } from './reply.ts';
import type { AuthServer } from './server.ts';
import type { AuthState } from './state.ts';
import { answerTokenRequest } from './token.ts';

interface Places {
  readonly resource: Mount[];
  readonly authorization: Mount[];
}

/** The servers at work. */
export class RunningAuthServer implements AuthServer {
  readonly issuer: string;
  readonly http: FaultServer;
  readonly #state: AuthState;
  readonly #plan = new FaultPlan();
  readonly #devices: DeviceCodes = new Map();
  readonly #places: Places = { resource: [], authorization: [] };
  readonly #paths: readonly string[];
  #authority: FaultServer;

  constructor(options: AuthServerOptions, http: FaultServer, authority: FaultServer) {
    this.http = http;
    this.#authority = authority;
    const clock = options.clock ?? systemClock;
    this.issuer = `${authority.origin}${options.issuerPath ?? '/auth'}`;
    const resources = options.resources ?? { '/mcp': {} };
    this.#paths = Object.keys(resources);
    const { issuer } = this;
    this.#state = {
      options,
      clock,
      issuer,
      ledger: new Ledger({
        clock,
        accessSeconds: options.accessSeconds ?? 3_600,
        graceMs: options.graceMs ?? 0,
        refresh: options.refresh ?? 'rotate',
      }),
      clients: new Clients(
        {
          clock,
          methods: options.authMethods ?? AUTH_METHODS,
          documents: options.clientDocuments ?? {},
          audiences: () => [issuer, `${issuer}/token`],
        },
        options.clients ?? [],
      ),
      dpop: new DpopCheck(clock, options.dpopNonce ?? false),
      resources: () => this.#paths.map((path) => this.urlOf(path)),
      consent: options.consent ?? 'allow',
    };
    this.#mountAuthority();
    for (const [path, about] of Object.entries(resources)) this.#mountResource(path, about);
  }

  get url(): string {
    return this.urlOf(this.#paths[0] ?? '/mcp');
  }

  get requests(): AuthServer['requests'] {
    return { resource: inOrder(this.#places.resource), authorization: inOrder(this.#places.authorization) };
  }

  get counters(): Readonly<AuthCounters> {
    return { ...this.#state.ledger.count };
  }

  get grants(): readonly Readonly<Grant>[] {
    return this.#state.ledger.grants;
  }

  get clients(): readonly ClientRecord[] {
    return this.#state.clients.list();
  }

  get consent(): AuthServer['consent'] {
    return this.#state.consent;
  }

  set consent(consent: AuthServer['consent']) {
    this.#state.consent = consent;
  }

  get accessSeconds(): number {
    return this.#state.ledger.habits.accessSeconds;
  }

  set accessSeconds(seconds: number) {
    this.#state.ledger.habits.accessSeconds = seconds;
  }

  get graceMs(): number {
    return this.#state.ledger.habits.graceMs;
  }

  set graceMs(ms: number) {
    this.#state.ledger.habits.graceMs = ms;
  }

  urlOf(path: string): string {
    return `${this.http.origin}${path}`;
  }

  fault(id: EndpointId, fault: EndpointFault, times = 1): void {
    this.#plan.add(id, fault, times);
  }

  clearFaults(id?: EndpointId): void {
    this.#plan.clear(id);
  }

  expireAccessTokens(): void {
    this.#state.ledger.expireAccess();
  }

  revokeGrants(): void {
    this.#state.ledger.revokeAll();
  }

  forgetClients(id?: string): void {
    this.#state.clients.forget(id);
  }

  typeUserCode(userCode: string): boolean {
    return typeUserCode(this.#devices, userCode);
  }

  async outage(): Promise<() => Promise<void>> {
    if (this.#authority === this.http) throw new HoldfastError('ERR_USAGE', "an outage needs origins: 'two'");
    const { port } = this.#authority;
    await this.#authority.close();
    return async () => {
      this.#authority = await startFaultServer({ port, clock: this.#state.clock });
      this.#mountAuthority();
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.http.close(), this.#authority.close()]);
  }

  #mountAuthority(): void {
    const { options, issuer } = this.#state;
    const base = options.issuerPath ?? '/auth';
    const mount = (id: EndpointId, path: string, work: (exchange: Exchange) => Reply | Promise<Reply>): void => {
      this.#places.authorization.push(this.#authority.mount(path, endpoint(this.#plan, id, work)));
    };
    const document = authorityPath(options.metadata ?? 'oauth', base);
    if (document !== undefined)
      mount('metadata', document, () => ({ status: 200, body: authorityDocument(issuer, options) }));
    mount('authorize', `${base}/authorize`, (exchange) => authorize(this.#state, exchange));
    mount('register', `${base}/register`, (exchange) => this.#register(exchange));
    mount('revoke', `${base}/revoke`, (exchange) => this.#revoke(exchange));
    mount('device', `${base}/device`, (exchange) => beginDevice(this.#state, exchange, this.#devices));
    mount('device', `${base}/device/page`, (exchange) => this.#devicePage(exchange));
    const token = endpoint(this.#plan, 'token', (exchange) => this.#token(exchange));
    const counted: Behaviour = (exchange) => {
      this.#state.ledger.count.tokenRequests += 1;
      return token(exchange);
    };
    this.#places.authorization.push(this.#authority.mount(`${base}/token`, counted));
  }

  #mountResource(path: string, about: ProtectedOptions): void {
    const url = this.urlOf(path);
    const place = about.metadata ?? 'challenge';
    const document = resourcePath(place, path);
    if (document !== undefined)
      this.#places.resource.push(
        this.http.mount(
          document,
          endpoint(this.#plan, 'resource-metadata', () => ({
            status: 200,
            body: resourceDocument(url, this.issuer, about),
          })),
        ),
      );
    const metadataUrl = place === 'challenge' && document !== undefined ? this.urlOf(document) : undefined;
    const guard = guarded(this.#state, { url, options: about, metadataUrl });
    this.#places.resource.push(this.http.mount(path, faulty(this.#plan, 'resource', guard)));
  }

  async #token(exchange: Exchange): Promise<Reply> {
    const { count } = this.#state.ledger;
    try {
      only('POST', exchange);
      return await answerTokenRequest(this.#state, exchange, this.#devices);
    } catch (error) {
      if (error instanceof Refusal && error.error === 'invalid_grant') count.invalidGrants += 1;
      throw error;
    }
  }

  #register(exchange: Exchange): Reply {
    only('POST', exchange);
    const { options, ledger, clients } = this.#state;
    if (options.registration === 'none') return { status: 404 };
    if (options.registration === 'refused') throw new Refusal('access_denied', 'registration is closed', 403);
    const answer = clients.register(exchange.record.body);
    ledger.count.registrations += 1;
    return answer;
  }

  #devicePage(exchange: Exchange): Reply {
    const code = new URLSearchParams(exchange.record.url.split('?')[1]).get('user_code') ?? '';
    return this.typeUserCode(code) ? { status: 200, body: 'thank you\n' } : { status: 404, body: 'no such code\n' };
  }

  #revoke(exchange: Exchange): Reply {
    only('POST', exchange);
    const fields = formOf(exchange.record.body);
    const client = this.#state.clients.authenticate(exchange, fields);
    this.#state.ledger.revoke(needed(fields, 'token'), client.client_id);
    return { status: 200 };
  }
}

function inOrder(mounts: readonly Mount[]): readonly RequestRecord[] {
  return mounts.flatMap((mount) => [...mount.hits()]).toSorted((a, b) => a.order - b.order);
}

function only(method: 'GET' | 'POST', exchange: Exchange): void {
  if (exchange.record.method !== method) throw new Refusal('invalid_request', `${method} only`, 405);
}
