/**
 * Passes requests on to their servers and answers back, whatever the eras of both ends: what a server asks meanwhile is
 * asked in the words of the client's era.
 *
 * | client | server | a question of the server |
 * | --- | --- | --- |
 * | with sessions | with sessions | a request on the stream of the call, relayed |
 * | with sessions | stateless | the result that asks becomes requests; their answers go with the next round |
 * | stateless | stateless | the result that asks, its state in an envelope of ours |
 * | stateless | with sessions | the call stays open, and a result that asks is made of the request |
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { HoldfastError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { FleetForward, ForwardingFleet } from '../../core/fleet.ts';
import { canBeAsked, relayable } from '../../core/relay.ts';
import type { AskClient, RelayAnswer } from '../../core/relay.ts';
import type { View } from '../../core/view.ts';
import type { Target } from '../catalogue/catalogue.ts';
import { CODE, failure } from '../rpc/answer.ts';
import type { Answer, Failure } from '../rpc/answer.ts';
import { isObject } from '../rpc/message.ts';
import type { Json } from '../rpc/message.ts';
import { Envelopes } from '../rounds/envelope.ts';
import type { RoundState, StateOf } from '../rounds/envelope.ts';
import { HeldCall, HeldCalls } from '../rounds/held.ts';
import { inputRequired, readResponses } from '../rounds/input.ts';
import type { InputRequired, Question } from '../rounds/input.ts';
import type { Caller } from './caller.ts';
import { forward } from './forward.ts';
import { isHeard, isLevel } from './levels.ts';
import type { Level } from './levels.ts';
import type { News } from './news.ts';
import { judgedAsk, pagesIn } from './pages.ts';

/** What passing on needs. */
export interface PassingDeps {
  readonly fleet: ForwardingFleet;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly view?: View;
  readonly news: News;
}

/** One request for one server. */
export interface Passed {
  readonly method: string;
  readonly target: Target;
  readonly params: Json;
}

/** Rounds of questions that one call may take. */
const MOST_ROUNDS = 16;
const LOG_LEVEL = 'io.modelcontextprotocol/logLevel';

const STALE: Failure = failure(
  CODE.invalidParams,
  'requestState is not one of this request, or is too old: send the request anew, without it',
  { httpStatus: 400 },
);

/** What the client says of itself is for us; the server hears it from us, about us. Everything else goes along. */
function withoutMeta(params: Json): { readonly token: string | number | undefined; readonly rest: Json } {
  if (params['_meta'] === undefined) return { token: undefined, rest: params };
  const { _meta: meta, ...rest } = params;
  if (!isObject(meta)) return { token: undefined, rest };
  const { progressToken, ...others } = meta;
  const kept = Object.fromEntries(
    Object.entries(others).filter(([key]) => key === LOG_LEVEL || !key.startsWith('io.modelcontextprotocol/')),
  );
  const token = typeof progressToken === 'string' || typeof progressToken === 'number' ? progressToken : undefined;
  return { token, rest: Object.keys(kept).length === 0 ? rest : { ...rest, _meta: kept } };
}

const isFailure = (value: Json | Failure): value is Failure => value['ok'] === false && 'error' in value;

function levelIn(params: Json): Level | undefined {
  const { _meta: meta } = params;
  const level = isObject(meta) ? meta[LOG_LEVEL] : undefined;
  return isLevel(level) ? level : undefined;
}

/** An elicitation by URL as clients with sessions want it: they know it by an id. */
function legacyParams({ method, params }: Question): Json {
  const isUrl = method === 'elicitation/create' && params['mode'] === 'url';
  return isUrl && params['elicitationId'] === undefined ? { ...params, elicitationId: randomUUID() } : params;
}

/** Passes requests on for one endpoint. Who makes it closes it. */
export class Passing {
  readonly #deps: PassingDeps;
  readonly #envelopes: Envelopes;
  readonly #held: HeldCalls;

  constructor(deps: PassingDeps) {
    this.#deps = deps;
    this.#envelopes = new Envelopes(deps.clock);
    this.#held = new HeldCalls(deps.clock);
  }

  /** The answer. Errors: those of `Fleet.request`. */
  pass(passed: Passed, caller: Caller): Promise<Answer> {
    return caller.era === 'legacy' ? this.#forSession(passed, caller) : this.#forStateless(passed, caller);
  }

  close(): void {
    this.#held.close();
  }

  #forSession(passed: Passed, caller: Caller): Promise<Answer> {
    const { ask } = caller;
    const asking =
      ask === undefined || !canBeAsked(caller.capabilities) ? {} : { onRequest: this.#noted(ask, passed, caller) };
    return this.#forward(passed, caller, asking).then((first) =>
      'asks' in first ? this.#rounds(first, passed, { caller, asking }) : first,
    );
  }

  /** Remembers whom a server has asked to open an address. */
  #noted(ask: AskClient, { target }: Passed, { peer, capabilities: { elicitation } }: Caller): AskClient {
    if (peer === undefined || !isObject(elicitation) || elicitation['url'] === undefined) return ask;
    return (method, params, signal) => {
      this.#deps.news.asks(peer, target.server, params);
      return ask(method, params, signal);
    };
  }

  /** What a stateless server asks inside its results is asked of the client, round by round. */
  async #rounds(
    first: { readonly asks: InputRequired },
    passed: Passed,
    { caller, asking }: { readonly caller: Caller; readonly asking: Pick<FleetForward, 'onRequest'> },
  ): Promise<Answer> {
    let { asks } = first;
    for (let round = 1; round <= MOST_ROUNDS; round += 1) {
      const next = await answered(asks, caller);
      if (isFailure(next)) return next;
      if (round === MOST_ROUNDS) break;
      const outcome = await this.#forward({ ...passed, params: { ...passed.params, ...next } }, caller, asking);
      if (!('asks' in outcome)) return outcome;
      ({ asks } = outcome);
    }
    return failure(CODE.internal, `${passed.target.server} asks again and again.`);
  }

  async #forStateless(passed: Passed, caller: Caller): Promise<Answer> {
    const { method, target, params } = passed;
    const { requestState, ...rest } = params;
    if (requestState === undefined && params['inputResponses'] === undefined) return this.#begin(passed, caller);
    const responses = readResponses(params);
    if (isFailure(responses)) return responses;
    if (requestState === undefined) return this.#begin(passed, caller);
    const of: StateOf = { server: target.server, method, name: target.name };
    const state = typeof requestState === 'string' ? this.#envelopes.open(of, requestState) : undefined;
    if (state === undefined) return STALE;
    return this.#resume({ ...passed, params: rest }, caller, { state, responses });
  }

  async #resume(
    passed: Passed,
    caller: Caller,
    { state, responses }: { readonly state: RoundState; readonly responses: Readonly<Record<string, Json>> },
  ): Promise<Answer> {
    if (state.kind === 'held') {
      const call = this.#held.take(state.id);
      if (call === undefined) return STALE;
      call.answer(responses);
      return this.#step(call, passed, caller);
    }
    const { inputResponses: _, ...plain } = passed.params;
    if (state.kind === 'again') return this.#begin({ ...passed, params: plain }, caller);
    const theirs = state.state === undefined ? {} : { requestState: state.state };
    return this.#begin({ ...passed, params: { ...passed.params, ...theirs } }, caller);
  }

  /** Sends it. Only a client that can be asked something may find its call held. */
  async #begin(passed: Passed, caller: Caller): Promise<Answer> {
    try {
      return await this.#start(passed, caller);
    } catch (error) {
      const questions = addressesIn(error, caller);
      if (questions === undefined) throw error;
      const of: StateOf = { server: passed.target.server, method: passed.method, name: passed.target.name };
      return inputRequired({ questions, state: this.#envelopes.seal(of, { kind: 'again' }) });
    }
  }

  async #start(passed: Passed, caller: Caller): Promise<Answer> {
    if (!canBeAsked(caller.capabilities)) return this.#asking(await this.#forward(passed, caller, {}), passed);
    const call = new HeldCall(this.#deps.clock);
    const notify: Caller['notify'] = (method, params) => call.notify(method, params);
    call.notify = caller.notify.bind(caller);
    call.begin(async (onRequest, signal) =>
      this.#asking(await this.#forward(passed, { ...caller, notify, signal }, { onRequest }), passed),
    );
    return this.#step(call, passed, caller);
  }

  async #step(call: HeldCall, { method, target }: Passed, caller: Caller): Promise<Answer> {
    call.notify = caller.notify.bind(caller);
    const step = await call.step(caller.signal);
    if (step.kind === 'answer') return step.answer;
    this.#held.keep(call);
    const of: StateOf = { server: target.server, method, name: target.name };
    return inputRequired({
      questions: step.questions,
      state: this.#envelopes.seal(of, { kind: 'held', id: call.id }),
    });
  }

  /** A result that asks goes to a stateless client as it is, but for the state. */
  #asking(outcome: Answer | { readonly asks: InputRequired }, { method, target }: Passed): Answer {
    if (!('asks' in outcome)) return outcome;
    const { questions, state } = outcome.asks;
    const of: StateOf = { server: target.server, method, name: target.name };
    const theirs: RoundState = { kind: 'theirs', ...(state === undefined ? {} : { state }) };
    return inputRequired({ questions, state: this.#envelopes.seal(of, theirs) });
  }

  #forward(
    { method, target, params }: Passed,
    caller: Caller,
    asking: Pick<FleetForward, 'onRequest'>,
  ): Promise<Answer | { readonly asks: InputRequired }> {
    const { fleet, view, news, logger } = this.#deps;
    const { onRequest } = asking;
    const { token, rest } = withoutMeta(params);
    const { peer, capabilities, era } = caller;
    const level = peer === undefined ? levelIn(rest) : news.levelOf(peer);
    const request: FleetForward = {
      method,
      params: era === 'legacy' && level !== undefined ? withLevel(rest, level) : rest,
      signal: caller.signal,
      interaction: 'none',
      clientCapabilities: relayable(capabilities),
      ...(view === undefined ? {} : { view }),
      ...(peer === undefined ? {} : { client: peer }),
      ...(onRequest === undefined ? {} : { onRequest: judgedAsk(onRequest, target.server, logger) }),
      onNotification: (name, about) => {
        if (name === 'notifications/progress') {
          if (token !== undefined) caller.notify(name, { progressToken: token, ...about });
        } else if (level === undefined ? era === 'legacy' : isHeard(about['level'], level)) caller.notify(name, about);
      },
    };
    const go = (): ReturnType<typeof forward> => forward(fleet, target.server, request, logger);
    return era === 'modern' && level !== undefined ? news.need(target.server, level).then(go) : go();
  }
}

/** The addresses that such an error names, as questions for a client that can open them. */
function addressesIn(error: unknown, { capabilities }: Caller): InputRequired['questions'] | undefined {
  const rpc = error instanceof HoldfastError && error.code === 'ERR_RPC' ? error.data['rpc'] : undefined;
  const { elicitation } = capabilities;
  const asked = isObject(elicitation) && elicitation['url'] !== undefined ? pagesIn(rpc) : [];
  if (asked.length === 0) return undefined;
  return Object.fromEntries(
    asked.map((params, at) => [`url${at + 1}`, { method: 'elicitation/create', params: { mode: 'url', ...params } }]),
  );
}

function withLevel(params: Json, level: Level): Json {
  const { _meta: meta } = params;
  return { ...params, _meta: { ...(isObject(meta) ? meta : {}), [LOG_LEVEL]: level } };
}

/** The answers of a client with sessions to what a stateless server asks, as params of the next round. */
async function answered({ questions, state }: InputRequired, caller: Caller): Promise<Json | Failure> {
  const { ask, signal } = caller;
  if (ask === undefined) return failure(CODE.internal, 'The server asks for input that cannot be given here.');
  const answers = await Promise.all(
    Object.entries(questions).map(async ([key, question]) => [key, await askOne(question, ask, signal)] as const),
  );
  const inputResponses: Record<string, Json> = {};
  for (const [key, answer] of answers) {
    if ('error' in answer) {
      const { code, message, data } = answer.error;
      return failure(code, message, data === undefined ? {} : { data });
    }
    inputResponses[key] = answer.result;
  }
  return { inputResponses, ...(state === undefined ? {} : { requestState: state }) };
}

function askOne(question: Question, ask: AskClient, signal: AbortSignal): Promise<RelayAnswer> {
  return ask(question.method, legacyParams(question), signal);
}
