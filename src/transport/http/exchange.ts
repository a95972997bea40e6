/**
 * The one place where a session talks HTTP: configured headers for one origin only, redirects by hand, every failure an
 * `AnswerError` made from the record of the attempt.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import type { Redactor, Secret } from '../../base/secret.ts';
import type { Answer } from '../../core/fault.ts';
import type { RequestProof } from '../../core/ports.ts';
import type { Http } from '../../net/dispatcher.ts';
import { headerProblem } from '../../net/header-rule.ts';
import type { LeanResponse } from '../../net/lean-request.ts';
import { AnswerError } from '../answer-error.ts';
import { httpAnswer, networkAnswer, redirectTarget, rpcErrorOf } from './answer.ts';
import { discard, readStart } from './body.ts';
import { Prover } from './prover.ts';

/** What an exchange is about; the record names it. */
export type ExchangePhase = 'post' | 'stream' | 'resume' | 'delete';

/** One attempt, as it is logged. No secret and no body is in it. */
export interface Attempt {
  readonly phase: ExchangePhase;
  readonly method: string;
  readonly origin: string;
  readonly durationMs: number;
  readonly status?: number | undefined;
  readonly contentType?: string | undefined;
  readonly errno?: string | undefined;
}

/** What an exchanger needs from outside. */
export interface ExchangeWorld {
  readonly http: Pick<Http, 'request' | 'viaProxy'>;
  readonly clock: Clock;
  readonly redactor: Redactor;
  /** How we name ourselves; an entry may name us otherwise. */
  readonly userAgent: string;
  /** Hears every attempt. */
  readonly record: (attempt: Attempt) => void;
}

/** One request. */
export interface ExchangeRequest {
  readonly phase: ExchangePhase;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | readonly Buffer[];
  readonly signal: AbortSignal;
}

/** Redirects that are followed in a row. */
const MAX_REDIRECTS = 5;
/** Of an error's body this much is read: enough for any JSON-RPC error. */
const ERROR_BODY_BYTES = 65_536;
/** …and no longer than this: the status is known already. */
const ERROR_BODY_MS = 2_000;
/** Statuses with which a server refuses a request before it acts on it. */
const REFUSED_UNREAD: ReadonlySet<number> = new Set([401, 403, 404, 405, 406, 410, 411, 413, 415, 421, 425, 426, 429]);
/** Names that belong to the connection or to this transport; an entry cannot set them. `Mcp-…` belongs to the protocol. */
const OURS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'host',
  'last-event-id',
  'transfer-encoding',
]);

interface Merged {
  readonly own: ExchangeRequest['headers'];
  readonly all: Readonly<Record<string, string>>;
}

/** Why a redirect within one origin is not followed: there are too many, or it turns a POST into a GET. */
function redirectedHere(status: number, followed: number): string {
  return followed < MAX_REDIRECTS
    ? `HTTP ${status} redirects a POST to a page of the same origin`
    : `the server redirects within its own origin again and again: ${followed} redirects were followed, HTTP ${status} is one more`;
}

/** Sends requests to the origin of one configured URL. */
export class Exchanger {
  readonly url: URL;
  readonly #world: ExchangeWorld;
  readonly #prover: Prover;
  readonly #origin: string;
  #configured: Readonly<Record<string, Secret>>;
  /** Made once from `#configured`. */
  #checked: Readonly<Record<string, string>> | undefined;
  /** The last merge: most requests of a link go with the same headers. */
  #merged: Merged | undefined;

  constructor(url: URL, configured: Readonly<Record<string, Secret>>, world: ExchangeWorld, proof?: RequestProof) {
    this.url = url;
    this.#origin = url.origin;
    this.#configured = configured;
    this.#world = world;
    this.#prover = new Prover(proof);
  }

  /** Replaces the configured headers and what makes the headers of single requests. */
  setHeaders(headers: Readonly<Record<string, Secret>>, proof?: RequestProof): void {
    this.#configured = headers;
    this.#checked = undefined;
    this.#merged = undefined;
    this.#prover.replace(proof);
  }

  /** The configured headers as they are sent, lower-case names. Secrets are revealed: for the wire only. */
  configuredHeaders(): Readonly<Record<string, string>> {
    this.#checked ??= this.#check();
    return this.#checked;
  }

  #withConfigured(own: ExchangeRequest['headers']): Readonly<Record<string, string>> {
    if (this.#merged?.own !== own) this.#merged = { own, all: { ...this.configuredHeaders(), ...own } };
    return this.#merged.all;
  }

  #check(): Record<string, string> {
    const headers: Record<string, string> = { 'user-agent': this.#world.userAgent };
    for (const [name, secret] of Object.entries(this.#configured)) {
      const key = name.toLowerCase();
      const value = secret.reveal();
      if (OURS.has(key) || key.startsWith('mcp-')) continue;
      const problem = headerProblem(name, value);
      // Configuration is checked before; what a helper printed may still hold anything.
      if (problem !== undefined)
        throw new AnswerError({ kind: 'protocol', text: `a header ${problem}` }, { sent: 'no' });
      headers[key] = value;
    }
    return headers;
  }

  /**
   * The response if it is a success. Everything else is thrown as an `AnswerError`; an abort is thrown as its reason.
   * A request whose proof lacked the server's nonce is sent once more with it: it was refused before it was read.
   * `target` must lie on the origin of the configured URL.
   */
  async send(request: ExchangeRequest, target: URL = this.url): Promise<LeanResponse> {
    let url = target;
    for (let followed = 0; ; followed += 1) {
      let response = await this.#once(request, url);
      if (this.#prover.wantsNonce(response)) {
        await discard(response);
        response = await this.#once(request, url);
      }
      if (response.status >= 200 && response.status < 300) return response;
      const next = followed < MAX_REDIRECTS ? this.#redirect(request, response, url) : undefined;
      if (next === undefined) throw await this.#refusal(response, url, followed);
      await discard(response);
      url = next;
    }
  }

  /** What it means that a body broke off while it was read. Throws the reason if the reader itself broke it off. */
  broken(error: unknown, signal: AbortSignal): AnswerError {
    if (error instanceof AnswerError) return error;
    signal.throwIfAborted();
    return new AnswerError(networkAnswer(error, this.#world.http.viaProxy(this.url)).answer, { cause: error });
  }

  /** Only the same origin, and only where the method stays: a POST is never turned into a GET. */
  #redirect(request: ExchangeRequest, response: LeanResponse, from: URL): URL | undefined {
    const target = redirectTarget(response, from.href);
    if (target === undefined || target.origin !== this.url.origin) return undefined;
    return request.method === 'POST' && response.status === 303 ? undefined : target;
  }

  #once(request: ExchangeRequest, url: URL): Promise<LeanResponse> {
    const origin = url === this.url ? this.#origin : url.origin;
    if (origin !== this.#origin) {
      throw new AnswerError({ kind: 'protocol', text: 'an address on another origin was named' }, { sent: 'no' });
    }
    const { clock, record, http } = this.#world;
    const started = clock.monotonic();
    const { phase, method } = request;
    const took = (): number => Math.round(clock.monotonic() - started);
    return (this.#prover.isActive ? this.#proven(request, url) : this.#plain(request, url)).then(
      (response) => {
        this.#prover.learn(response);
        const { status } = response;
        record({ phase, method, origin, durationMs: took(), status, contentType: response.header('content-type') });
        return response;
      },
      (cause: unknown) => {
        if (cause instanceof AnswerError) throw cause;
        request.signal.throwIfAborted();
        const { answer, sent } = networkAnswer(cause, http.viaProxy(url));
        const errno = answer.kind === 'network' ? answer.errno : undefined;
        record({ phase, method, origin, durationMs: took(), errno });
        throw new AnswerError(answer, { sent, cause });
      },
    );
  }

  #plain({ method, headers, signal, body }: ExchangeRequest, url: URL): Promise<LeanResponse> {
    return this.#world.http.request(url, { method, headers: this.#withConfigured(headers), signal, body });
  }

  async #proven({ method, headers, signal, body }: ExchangeRequest, url: URL): Promise<LeanResponse> {
    const all = { ...this.configuredHeaders(), ...(await this.#prover.headers(method, url)), ...headers };
    return this.#world.http.request(url, { method, headers: all, signal, body });
  }

  async #refusal(response: LeanResponse, url: URL, followed: number): Promise<AnswerError> {
    const { clock, redactor } = this.#world;
    const patience = new AbortController();
    const timer = clock.after(ERROR_BODY_MS, () => patience.abort());
    const { text } = await readStart(response.body, ERROR_BODY_BYTES, patience.signal).catch(() => ({ text: '' }));
    timer.cancel();
    const rpc = rpcErrorOf(text);
    const here = redirectTarget(response, url.href)?.origin === this.#origin;
    const answer: Answer = here
      ? { kind: 'protocol', text: redirectedHere(response.status, followed) }
      : httpAnswer(response, text, { nowMs: clock.now(), redactor, from: url.href });
    const unread = response.status < 400 || REFUSED_UNREAD.has(response.status);
    return new AnswerError(answer, { sent: unread ? 'rejected' : 'maybe', ...(rpc === undefined ? {} : { rpc }) });
  }
}
