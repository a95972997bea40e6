/**
 * Servers that need a person: the client is asked to open an address where it can be asked that, and then the request goes
 * on; else it is told what is wrong, with the link, in words that a model can pass on (MCP, elicitation, URL mode).
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import { HoldfastError } from '../../base/errors.ts';
import { safeLine } from '../../base/safe-text.ts';
import type { Fleet } from '../../core/fleet.ts';
import type { LoginStarted } from '../../core/fleet-sign-in.ts';
import type { LoginWaiting } from '../../core/sign-in.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { View } from '../../core/view.ts';
import { authenticateTool } from '../own/sign-in-tools.ts';
import { sentences } from '../own/words.ts';
import { Envelopes } from '../rounds/envelope.ts';
import type { StateOf } from '../rounds/envelope.ts';
import { inputRequired, readResponses } from '../rounds/input.ts';
import { CODE, failure, success } from '../rpc/answer.ts';
import type { Answer } from '../rpc/answer.ts';
import { isObject } from '../rpc/message.ts';
import type { Json } from '../rpc/message.ts';
import type { Caller } from './caller.ts';
import { pagesIn, URL_WANTED } from './pages.ts';
import { wordsOf } from './refusal.ts';

/** What persons need. */
export interface PersonsDeps {
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly view?: View;
}

/** The request for whose sake a person is asked. */
export interface Cause {
  readonly server: string;
  readonly method: string;
  readonly params: Json;
}

/** How it ended: the request can go on, or this is its answer. */
export type Asked = { readonly kind: 'go-on' } | { readonly kind: 'answer'; readonly answer: Answer };

const GO_ON: Asked = { kind: 'go-on' };
const KEY = 'sign-in';
/** Clients give a request about a minute; one that hears of progress waits longer. */
const PATIENCE_MS = 45_000;
const LONG_PATIENCE_MS = 540_000;
const PROGRESS_MS = 5_000;

const isFailed = (value: Json | Answer): value is Extract<Answer, { readonly ok: false }> => value['ok'] === false;

/** Whether the client can be asked to open an address. */
function opensAddresses({ capabilities }: Caller): boolean {
  const { elicitation } = capabilities;
  return isObject(elicitation) && elicitation['url'] !== undefined;
}

function tokenOf({ _meta: meta }: Json): string | number | undefined {
  const token = isObject(meta) ? meta['progressToken'] : undefined;
  return typeof token === 'string' || typeof token === 'number' ? token : undefined;
}

/** Asks persons to sign in, for one endpoint. */
export class Persons {
  readonly #deps: PersonsDeps;
  readonly #envelopes: Envelopes;

  constructor(deps: PersonsDeps) {
    this.#deps = deps;
    this.#envelopes = new Envelopes(deps.clock);
  }

  /**
   * After an error of the fleet: brings the person to sign in, or to grant rights, where that would help. `undefined`
   * where it would not.
   */
  async afterError(cause: Cause, caller: Caller, error: unknown): Promise<Asked | undefined> {
    if (!(error instanceof HoldfastError)) return undefined;
    if (error.code === 'ERR_RPC') return namedAddresses(error, cause, caller);
    if (error.code !== 'ERR_NEEDS_AUTH' && error.code !== 'ERR_STEP_UP_REQUIRED') return undefined;
    const { fleet, view } = this.#deps;
    const snapshot = await fleet.snapshot(cause.server, view);
    const [first] = snapshot.next;
    if (first !== 'authenticate' && first !== 'grant-access') return undefined;
    const started = await this.#begin(snapshot).catch(() => undefined);
    if (started === undefined) return undefined;
    if (started.kind === 'done') return GO_ON;
    if (opensAddresses(caller)) return this.#ask(started, cause, caller);
    return { kind: 'answer', answer: this.#told(error.message, started, cause) };
  }

  /** A round that answers our own question; `undefined` for every other request. */
  async answered(cause: Cause, caller: Caller): Promise<Asked | undefined> {
    const { requestState } = cause.params;
    if (typeof requestState !== 'string') return undefined;
    const state = this.#envelopes.open(stateOf(cause), requestState);
    if (state?.kind !== 'held') return undefined;
    const responses = readResponses(cause.params);
    if (isFailed(responses)) return { kind: 'answer', answer: responses };
    return responses[KEY]?.['action'] === 'accept' ? this.#wait(state.id, cause, caller) : declined(cause);
  }

  /**
   * The sign-in as a tool. A client that opens no addresses is told the link first, and waits when it calls again: a link
   * that is told only after the wait is of no use to the person who has to open it.
   */
  async signIn(server: Snapshot, params: Json, caller: Caller): Promise<Asked> {
    const cause = { server: server.name, method: 'tools/call', params };
    const answered = await this.answered(cause, caller);
    if (answered !== undefined) return answered;
    const started = await this.#begin(server);
    if (started.kind === 'done') return GO_ON;
    if (opensAddresses(caller)) return this.#ask(started, cause, caller);
    if (server.signingIn?.flow === started.flow) return this.#wait(started.flow, cause, caller, started);
    return {
      kind: 'answer',
      answer: text(`${linkOf(started)}\nThen call this tool again: it waits for the end of the sign-in.`),
    };
  }

  #begin({ name, next }: Snapshot): Promise<LoginStarted> {
    const { fleet, view } = this.#deps;
    return next[0] === 'grant-access' ? fleet.grantStepUp(name, {}, view) : fleet.startLogin(name, {}, view);
  }

  async #ask(started: LoginWaiting, cause: Cause, caller: Caller): Promise<Asked> {
    const { flow, url, userCode } = started;
    const code = userCode === undefined ? '' : ` The code to type there: ${userCode}.`;
    const message = `"${cause.server}" wants you to sign in, in the browser.${code}`;
    if (caller.era === 'modern') {
      const questions = { [KEY]: { method: 'elicitation/create', params: { mode: 'url', url, message } } };
      const state = this.#envelopes.seal(stateOf(cause), { kind: 'held', id: flow });
      return { kind: 'answer', answer: inputRequired({ questions, state }) };
    }
    const params = { mode: 'url', url, message, elicitationId: flow };
    const answer = await caller.ask?.('elicitation/create', params, caller.signal).catch(() => undefined);
    if (answer === undefined || 'error' in answer)
      return { kind: 'answer', answer: this.#told(`${cause.server} needs a person`, started, cause) };
    if (answer.result['action'] !== 'accept') return declined(cause);
    const asked = await this.#wait(flow, cause, caller, started);
    caller.notify('notifications/elicitation/complete', { elicitationId: flow });
    return asked;
  }

  /** Waits for the end of a sign-in, with progress where the client wants to hear of it. */
  async #wait(flow: string, cause: Cause, caller: Caller, started?: LoginWaiting): Promise<Asked> {
    const { fleet, view, clock } = this.#deps;
    const token = tokenOf(cause.params);
    const over = new AbortController();
    if (token !== undefined) void this.#report(token, cause, caller, over.signal);
    const timeoutMs = token === undefined ? PATIENCE_MS : LONG_PATIENCE_MS;
    const began = clock.monotonic();
    try {
      const { snapshot } = await fleet.loginResult(flow, {
        signal: caller.signal,
        timeoutMs,
        ...(view === undefined ? {} : { view }),
      });
      return snapshot.status === 'connected'
        ? GO_ON
        : {
            kind: 'answer',
            answer: refused(cause, `${cause.server} is ${snapshot.status}. ${snapshot.message ?? ''}`),
          };
    } catch (error) {
      const isWaiting = error instanceof HoldfastError && error.code === 'ERR_PENDING';
      const seconds = Math.round((clock.monotonic() - began) / 1_000);
      const late = `Nobody has signed in to ${cause.server} within ${seconds} s.`;
      if (isWaiting && started !== undefined) return { kind: 'answer', answer: this.#told(late, started, cause) };
      return { kind: 'answer', answer: refused(cause, isWaiting ? `${late} Try again.` : wordsOf(error)) };
    } finally {
      over.abort();
    }
  }

  async #report(token: string | number, cause: Cause, caller: Caller, signal: AbortSignal): Promise<void> {
    const message = `waiting for the sign-in to ${cause.server}`;
    try {
      for (let progress = 1; ; progress += 1) {
        caller.notify('notifications/progress', { progressToken: token, progress, message });
        await this.#deps.clock.sleep(PROGRESS_MS, signal);
      }
    } catch {
      // The wait is over.
    }
  }

  /** What is wrong, and what a person can do: for clients that open no addresses themselves. */
  #told(what: string, started: LoginWaiting, cause: Cause): Answer {
    const tool = `call ${authenticateTool(cause.server)}, which waits for it`;
    const words = `${sentences(what)}\n${linkOf(started)}\nThen try again, or ${tool}.`;
    return refused(cause, words, started);
  }
}

const stateOf = ({ server, method, params }: Cause): StateOf => ({
  server,
  method,
  name: String(params['name'] ?? params['uri']),
});

/** The address has a line of its own: a stop behind it would be taken for its last character. */
function linkOf({ url, userCode }: LoginWaiting): string {
  return `A person has to open this address:\n${url}${userCode === undefined ? '' : `\nand type the code ${userCode}`}`;
}

function text(words: string, isError = false): Answer {
  return success({ content: [{ type: 'text', text: words }], ...(isError ? { isError } : {}) });
}

/** A model passes on what a client cannot open itself. */
function namedAddresses({ data }: HoldfastError, cause: Cause, caller: Caller): Asked | undefined {
  const { rpc } = data;
  if (!isObject(rpc) || rpc['code'] !== URL_WANTED || cause.method !== 'tools/call' || opensAddresses(caller))
    return undefined;
  const lines = pagesIn(rpc).map(
    ({ message, url }) => `${safeLine(String(message), 500)}: ${safeLine(String(url), 2_000)}`,
  );
  const words = [`${cause.server} wants a person to open an address first.`, ...lines].join('\n');
  return { kind: 'answer', answer: text(words, true) };
}

/** A tool's failure is a result that a model reads; every other one an error. */
function refused({ method, server }: Cause, words: string, started?: LoginWaiting): Answer {
  if (method === 'tools/call') return text(words, true);
  const data = { code: 'ERR_NEEDS_AUTH', server, ...(started === undefined ? {} : { url: started.url }) };
  return failure(CODE.internal, words, { data });
}

function declined(cause: Cause): Asked {
  return { kind: 'answer', answer: refused(cause, `${cause.server} needs a sign-in, and the person did not want to.`) };
}
