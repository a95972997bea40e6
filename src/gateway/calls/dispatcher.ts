/**
 * Answers the requests of clients: lists from the catalogue, everything else from the server that a name belongs to.
 *
 * @module
 */
import { HoldfastError } from '../../base/errors.ts';
import { ownMark } from '../../core/own-mark.ts';
import type { Catalogue, ListName, Target } from '../catalogue/catalogue.ts';
import type { CatalogueKeeper } from '../catalogue/keeper.ts';
import { CODE, failure, success } from '../rpc/answer.ts';
import type { Answer, Failure } from '../rpc/answer.ts';
import { watchedAnswer } from '../observe/watch.ts';
import type { Watchers } from '../observe/watch.ts';
import { isObject } from '../rpc/message.ts';
import type { Json } from '../rpc/message.ts';
import { modernFailure, modernMembers, modernResult } from '../rpc/complete.ts';
import { MODERN_VERSIONS } from '../rpc/modern.ts';
import type { Caller } from './caller.ts';
import type { News } from './news.ts';
import type { OwnCalls } from './own-calls.ts';
import { overLimit } from './over-limit.ts';
import type { OverLimitDeps } from './over-limit.ts';
import { pagesIn } from './pages.ts';
import type { Passed, Passing } from './passing.ts';
import type { Persons } from './persons.ts';
import { PreparedPages } from './prepared.ts';
import { refusal, stepAfter } from './refusal.ts';

/** What a dispatcher is made from. */
export interface DispatcherDeps extends Watchers, OverLimitDeps {
  readonly keeper: CatalogueKeeper;
  readonly version: string;
  readonly mark?: string;
  readonly passing: Passing;
  readonly persons: Persons;
  readonly news: News;
  readonly own: OwnCalls;
}

/** Lists may have changed at the next question: what is shown depends on the person and on the moment. */
const CACHING = { ttlMs: 0, cacheScope: 'private' } as const;

const LIST_METHODS: Readonly<Record<string, ListName>> = {
  'tools/list': 'tools',
  'prompts/list': 'prompts',
  'resources/list': 'resources',
  'resources/templates/list': 'resourceTemplates',
};

/** Revisions with sessions that are spoken here, newest first. */
export const LEGACY_VERSIONS: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];

/** The revision of a session that begins with these params. A version that is not spoken here is answered with the newest. */
export function agreedVersion(params: Json | undefined): string {
  const asked = params?.['protocolVersion'];
  return LEGACY_VERSIONS.find((version) => version === asked) ?? LEGACY_VERSIONS[0] ?? '';
}

const NO_PAGE: Failure = failure(CODE.invalidParams, 'the cursor is not one of this list');

/** The answers of one endpoint. */
export class Dispatcher {
  readonly #deps: DispatcherDeps;
  readonly #pages = new PreparedPages();

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
  }

  /** What the endpoint says of itself. */
  get info(): Json {
    return { name: 'holdfast', title: 'Holdfast', version: this.#deps.version };
  }

  /** The result of `initialize` (MCP up to 2025-11-25). */
  initialize(params: Json | undefined): Promise<Answer> {
    return watchedAnswer(this.#deps, { method: 'initialize', params }, async () => {
      const protocolVersion = agreedVersion(params);
      return success({ protocolVersion, serverInfo: this.info, ...(await this.#introduction()) });
    });
  }

  /** One request. Never rejects. */
  answer(method: string, params: Json | undefined, caller: Caller): Promise<Answer> {
    const { requestId, protocolVersion } = caller;
    return watchedAnswer(this.#deps, { method, params, requestId, protocolVersion }, (carrying) =>
      this.#safely(method, carrying, caller),
    );
  }

  async #safely(method: string, params: Json | undefined, caller: Caller): Promise<Answer> {
    try {
      const list = Object.hasOwn(LIST_METHODS, method) ? LIST_METHODS[method] : undefined;
      if (list !== undefined) return await this.#list(list, params, caller);
      return this.#complete(await this.#answer(method, params, caller), caller);
    } catch (error) {
      return this.#complete(refusal(method, error, await stepAfter(this.#deps, error)), caller);
    }
  }

  #answer(method: string, params: Json | undefined, caller: Caller): Promise<Answer> | Answer {
    switch (method) {
      case 'tools/call':
        return this.#tool(params, caller);
      case 'prompts/get':
        return this.#prompt(params, caller);
      case 'resources/read':
        return this.#resource(method, params, caller);
      case 'completion/complete':
        return this.#completion(params, caller);
      case 'ping':
        return caller.era === 'legacy' ? success({}) : unknownMethod(method, caller);
      case 'server/discover':
        return caller.era === 'modern' ? this.#discover() : unknownMethod(method, caller);
      default:
        return this.#lasting(method, params, caller);
    }
  }

  /** What a client with a session wants from now on. */
  async #lasting(method: string, params: Json | undefined, { peer, era }: Caller): Promise<Answer> {
    const { news } = this.#deps;
    if (peer !== undefined && era === 'legacy') {
      if (method === 'logging/setLevel') return news.setLevel(peer, params?.['level']);
      if (method === 'resources/subscribe') return news.watch(peer, params?.['uri']);
      if (method === 'resources/unsubscribe') return news.unwatch(peer, params?.['uri']);
    }
    return unknownMethod(method, { era });
  }

  async #introduction(): Promise<Json> {
    const catalogue = await this.#deps.keeper.current();
    const { instructions } = catalogue;
    return {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { listChanged: true, subscribe: true },
        logging: {},
        completions: {},
        ...ownMark(this.#deps.mark),
      },
      ...(instructions === undefined ? {} : { instructions }),
    };
  }

  async #discover(): Promise<Answer> {
    return success({ supportedVersions: MODERN_VERSIONS, ...(await this.#introduction()), ...CACHING });
  }

  /** A page, complete as it is. */
  async #list(list: ListName, params: Json | undefined, { era }: Caller): Promise<Answer> {
    const cursor = params?.['cursor'];
    const catalogue = await this.#deps.keeper.current();
    if (cursor !== undefined && typeof cursor !== 'string') return NO_PAGE;
    const result = this.#pages.page(catalogue, `${era} ${list} ${cursor ?? ''}`, () => {
      const page = catalogue.page(list, cursor);
      const members = era === 'modern' ? `${modernMembers(this.info)},` : '';
      return page === undefined
        ? undefined
        : `{${members}${page},"ttlMs":${CACHING.ttlMs},"cacheScope":"${CACHING.cacheScope}"}`;
    });
    return result === undefined ? NO_PAGE : { ok: true, result };
  }

  #tool(params: Json | undefined, caller: Caller): Promise<Answer> | Answer {
    const name = nameOf(params, 'name');
    if (name === undefined) return failure(CODE.invalidParams, 'params.name is missing');
    const own = this.#deps.own.tool(name, params ?? {}, caller);
    const target = own === undefined ? this.#deps.keeper.known('tool', name) : undefined;
    return target === undefined
      ? this.#toolOf(name, own, { params, caller })
      : this.#call(target, { ...params, name: target.name }, caller);
  }

  /** A tool that is ours, or whose server is still being looked for. */
  async #toolOf(
    name: string,
    asked: Promise<Answer | undefined> | undefined,
    { params, caller }: { readonly params: Json | undefined; readonly caller: Caller },
  ): Promise<Answer> {
    const own = await asked;
    if (own !== undefined) return own;
    const target = this.#deps.keeper.known('tool', name) ?? (await this.#found('tool', name, caller));
    if ('ok' in target) return target;
    return this.#call(target, { ...params, name: target.name }, caller);
  }

  /** A tool of a server. Above its limit nothing is sent (MCP, tools, security considerations: invocations are limited). */
  #call(target: Target, params: Json, caller: Caller): Promise<Answer> {
    const { limit } = target;
    if (limit === undefined) return this.#forward('tools/call', target, params, caller);
    // An answer to a question belongs to the call that was asked; a client with sessions has no other rounds.
    const isRound = caller.era === 'modern' && params['requestState'] !== undefined;
    const waitMs = isRound ? limit.takeRound() : limit.take();
    if (waitMs > 0) return overLimit(this.#deps, target, { perMinute: limit.perMinute, waitMs });
    return this.#forward('tools/call', target, params, caller);
  }

  async #prompt(params: Json | undefined, caller: Caller): Promise<Answer> {
    const name = nameOf(params, 'name');
    if (name === undefined) return failure(CODE.invalidParams, 'params.name is missing');
    const own = await this.#deps.own.prompt(name, params?.['arguments']);
    if (own !== undefined) return own;
    const target = await this.#found('prompt', name, caller);
    if ('ok' in target) return target;
    return this.#forward('prompts/get', target, { ...params, name: target.name }, caller);
  }

  /**
   * Where a tool or prompt is. Of a server whose lists were never read nobody can say that it has no such thing: it is
   * contacted, and what keeps it from being asked is the answer.
   */
  async #found(kind: 'tool' | 'prompt', name: string, caller: Caller): Promise<Target | Answer> {
    const { keeper, persons } = this.#deps;
    const { signal } = caller;
    const found = await keeper.target(kind, name, signal);
    if (found !== undefined) return found;
    const unknown = failure(CODE.invalidParams, `Unknown ${kind}: ${name}`);
    const server = await keeper.unread(name);
    if (server === undefined) return unknown;
    try {
      await keeper.contact(server);
    } catch (error) {
      const method = kind === 'tool' ? 'tools/call' : 'prompts/get';
      // In words: a question would be bound to a name at the server, which nobody knows yet.
      const asked = await persons.afterError(
        { server, method, params: { name } },
        { ...caller, capabilities: {} },
        error,
      );
      if (asked?.kind === 'answer') return asked.answer;
      if (asked === undefined) throw error;
    }
    return (await keeper.target(kind, name, signal)) ?? unknown;
  }

  async #resource(method: string, params: Json | undefined, caller: Caller): Promise<Answer> {
    const uri = nameOf(params, 'uri');
    if (uri === undefined) return failure(CODE.invalidParams, 'params.uri is missing');
    const catalogue = await this.#deps.keeper.current();
    const target = catalogue.resource(uri);
    if (target === undefined) return failure(CODE.invalidParams, `Unknown resource: ${uri}`, { data: { uri } });
    const answer = await this.#forward(method, target, { ...params, uri: target.name }, caller);
    if (!answer.ok) return answer;
    return { ok: true, result: withExposedUris(answer.result, { server: target.server, catalogue, caller }) };
  }

  async #completion(params: Json | undefined, caller: Caller): Promise<Answer> {
    const ref = params?.['ref'];
    if (!isObject(ref)) return failure(CODE.invalidParams, 'params.ref is missing');
    const catalogue = await this.#deps.keeper.current();
    // What the server will look at is what is judged here, and goes alone.
    const { name, uri, ...rest } = ref;
    const isResource = ref['type'] === 'ref/resource' || name === undefined;
    const own = isResource ? uri : name;
    const target = typeof own !== 'string' ? undefined : isResource ? catalogue.resource(own) : catalogue.prompt(own);
    if (target === undefined) return failure(CODE.invalidParams, 'params.ref names nothing that is here');
    const named = { ...rest, [isResource ? 'uri' : 'name']: target.name };
    return this.#forward('completion/complete', target, { ...params, ref: named }, caller);
  }

  #forward(method: string, target: Target, params: Json, caller: Caller): Promise<Answer> {
    const passed: Passed = { method, target, params };
    return params['requestState'] === undefined ? this.#pass(passed, caller) : this.#next(passed, caller);
  }

  /** A further round of a request. */
  async #next(passed: Passed, caller: Caller): Promise<Answer> {
    const { passing, persons } = this.#deps;
    const { method, target, params } = passed;
    const asked = await persons.answered({ server: target.server, method, params }, caller);
    if (asked?.kind === 'answer') return asked.answer;
    if (asked !== undefined) return passing.pass({ method, target, params: withoutRound(params) }, caller);
    return this.#pass(passed, caller);
  }

  /** Where the server needs a person, and the person has done it, the request is sent once more: it was refused. */
  #pass(passed: Passed, caller: Caller): Promise<Answer> {
    const { passing, persons } = this.#deps;
    return passing.pass(passed, caller).catch(async (error: unknown) => {
      const { method, target, params } = passed;
      this.#note(error, target, caller);
      const asked = await persons.afterError({ server: target.server, method, params }, caller, error);
      if (asked === undefined) throw error;
      return asked.kind === 'answer' ? asked.answer : passing.pass(passed, caller);
    });
  }

  /** A client with a session is told itself of addresses that it has to open, and hears later that they were opened. */
  #note(error: unknown, { server }: Target, { peer }: Caller): void {
    const rpc = error instanceof HoldfastError && peer !== undefined ? error.data['rpc'] : undefined;
    for (const page of pagesIn(rpc)) if (peer !== undefined) this.#deps.news.asks(peer, server, page);
  }

  /** A modern result says that it is one, and from whom (MCP 2026-07-28, basic). */
  #complete(answer: Answer, { era }: Caller): Answer {
    if (era === 'legacy') return answer;
    if (!answer.ok) return modernFailure(answer);
    return { ok: true, result: modernResult(answer.result, this.info) };
  }
}

function withoutRound({ requestState: _state, inputResponses: _responses, ...rest }: Json): Json {
  return rest;
}

function nameOf(params: Json | undefined, key: string): string | undefined {
  const value = params?.[key];
  return typeof value === 'string' ? value : undefined;
}

function unknownMethod(method: string, { era }: Pick<Caller, 'era'>): Failure {
  return failure(CODE.methodNotFound, `Method not found: ${method}`, era === 'modern' ? { httpStatus: 404 } : {});
}

/** What a server read stands under the URI that the client asked for. */
function withExposedUris(
  text: string | Buffer,
  { server, catalogue, caller }: { readonly server: string; readonly catalogue: Catalogue; readonly caller: Caller },
): string | Buffer {
  const result = JSON.parse(text.toString()) as Json;
  const { contents } = result;
  if (!Array.isArray(contents)) return text;
  // A server with sessions says nothing of how long it is good for (MCP 2026-07-28, caching).
  const caching = caller.era === 'modern' ? CACHING : {};
  // What asks has no contents: of two types only this one is meant.
  const complete = caller.era === 'modern' ? { resultType: 'complete' } : {};
  const renamed = contents.map((part: unknown) =>
    isObject(part) && typeof part['uri'] === 'string'
      ? { ...part, uri: catalogue.exposedUri(server, part['uri']) }
      : part,
  );
  return JSON.stringify({ ...caching, ...result, ...complete, contents: renamed });
}
