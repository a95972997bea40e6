/**
 * One HTTP request to an endpoint: which era it is of, and what is done for it (MCP 2026-07-28 and up to 2025-11-25,
 * Streamable HTTP).
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { LightAbortController } from '../../base/light-abort.ts';
import type { AskClient } from '../../core/relay.ts';
import type { Caller } from '../calls/caller.ts';
import { grantedFilter, subscriptionMeta, wants, watchedResources } from '../calls/announcements.ts';
import type { Peer } from '../calls/peer.ts';
import { agreedVersion, LEGACY_VERSIONS } from '../calls/dispatcher.ts';
import { CODE, failure, messageText, responseText, success } from '../rpc/answer.ts';
import type { Answer, Failure } from '../rpc/answer.ts';
import { withHeaderContext } from '../observe/watch.ts';
import { isObject, readMessage } from '../rpc/message.ts';
import type { Id, Json, Message } from '../rpc/message.ts';
import { isModern, modernPost } from '../rpc/modern.ts';
import { paramMismatch } from '../rpc/param-mismatch.ts';
import type { Endpoint } from './endpoints.ts';
import type { Listeners } from './listeners.ts';
import { EventStream, Reply } from './reply.ts';
import { readBody } from './request-body.ts';
import type { Session, Sessions } from './sessions.ts';

/** Where the request arrived, and what is shared with others. */
export interface Place {
  readonly endpoint: Endpoint;
  readonly path: string;
  readonly sessions: Sessions;
  readonly listeners: Listeners;
  readonly clock: Clock;
}

type Request = Extract<Message, { readonly kind: 'request' }>;

const headerOf = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};

/** A refusal below JSON-RPC, as an error without id. */
export function refuse(
  response: ServerResponse,
  status: number,
  why: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent) return;
  const text = responseText(null, failure(CODE.invalidRequest, why));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** Aborts when the client leaves before it was answered. */
function untilGone(response: ServerResponse): AbortController {
  const gone = new LightAbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new Error('the client has gone'));
  });
  return gone;
}

/** Serves one request; resolves when it is answered or its stream stands. */
export function serve(request: IncomingMessage, response: ServerResponse, place: Place): Promise<void> {
  return request.method === 'POST' ? post(request, response, place) : other(request, response, place);
}

async function other(request: IncomingMessage, response: ServerResponse, place: Place): Promise<void> {
  if (request.method === 'GET') openStream(request, response, place);
  else if (request.method === 'DELETE') endSession(request, response, place);
  else refuse(response, 405, 'POST, GET or DELETE', { allow: 'POST, GET, DELETE' });
}

async function post(request: IncomingMessage, response: ServerResponse, place: Place): Promise<void> {
  const type = request.headers['content-type'] ?? '';
  if (type !== 'application/json' && !/^application\/json\s*(?:;|$)/i.test(type)) {
    refuse(response, 415, 'the body must be application/json');
    return;
  }
  const body = await readBody(request);
  if (!body.ok) {
    if (body.why === 'too-large') refuse(response, 413, 'the message is too large', { connection: 'close' });
    return;
  }
  const read = readMessage(body.text, body.bytes);
  if (read.kind === 'bad') {
    new Reply(response, place.clock, false).end(responseText(read.id, failure(read.code, read.why)), 400);
    return;
  }
  const message = read.kind === 'request' ? carrying(read, request) : read;
  const mayStream = (headerOf(request, 'accept') ?? '').includes('text/event-stream');
  const exchange = { request, response, place, reply: new Reply(response, place.clock, mayStream) };
  if (message.kind !== 'response' && (isModern(message.params) || message.method === 'server/discover'))
    await modern(message, exchange);
  else await legacy(message, exchange);
}

/** A trace that stands in the headers goes along with the message. */
function carrying(message: Request, { headers }: IncomingMessage): Request {
  const params = withHeaderContext(message.params, headers);
  return params === message.params ? message : { ...message, params };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly place: Place;
  readonly reply: Reply;
}

function accepted(response: ServerResponse): void {
  response.writeHead(202, { 'content-length': 0 });
  response.end();
}

async function modern(message: Exclude<Message, { kind: 'response' }>, exchange: Exchange): Promise<void> {
  const { request, response, place, reply } = exchange;
  if (message.kind === 'notification') {
    accepted(response);
    return;
  }
  const header = (name: string): string | undefined => headerOf(request, name);
  const client = modernPost(message, header);
  const differs = 'ok' in client ? client : argumentsDiffer(message, place, header);
  if (differs !== undefined) reply.end(responseText(message.id, differs), differs.error.httpStatus);
  if (differs !== undefined || 'ok' in client) return;
  if (message.method === 'subscriptions/listen') {
    await listen(message, exchange);
    return;
  }
  const { signal } = untilGone(response);
  const caller: Caller = {
    era: 'modern',
    requestId: message.id,
    capabilities: client.capabilities,
    signal,
    notify: (name, said) => reply.notify(messageText(name, said)),
  };
  await answer(message, caller, { place, reply });
}

/** The error where headers that mirror arguments of a call say something else than its body. */
function argumentsDiffer(
  { method, params }: Request,
  { endpoint }: Place,
  header: (name: string) => string | undefined,
): Failure | undefined {
  if (method !== 'tools/call') return undefined;
  return paramMismatch(endpoint.keeper.mirrored(params?.['name']), params?.['arguments'], header);
}

/** A stream of announcements: what was granted first, then what changes. It ends with the client, or with us. */
async function listen({ id, params }: Request, { response, place }: Exchange): Promise<void> {
  const filter = grantedFilter(params);
  const stream = new EventStream(response, place.clock);
  const meta = subscriptionMeta(id);
  const { news } = place.endpoint;
  let isAcknowledged = false;
  const peer: Peer = {
    tell: (method, about) => {
      if (isAcknowledged) stream.send(messageText(method, { ...about, _meta: meta }), true);
    },
  };
  response.once('close', () => news.farewell(peer));
  const notifications = { ...filter, ...(await watchedResources(params, (uri) => news.watch(peer, uri))) };
  stream.send(messageText('notifications/subscriptions/acknowledged', { notifications, _meta: meta }));
  isAcknowledged = true;
  const off = place.listeners.add(place.path, {
    announce: (kind, method) => {
      if (wants(filter, kind)) stream.send(messageText(method, { _meta: meta }), true);
    },
    end: () => stream.end(responseText(id, success({ resultType: 'complete', _meta: meta }))),
  });
  response.once('close', off);
}

/** Answers for a caller, who hears the answer by its reply. */
async function answer({ id, method, params }: Request, caller: Caller, { place, reply }: Answering): Promise<void> {
  reply.expectWait();
  reply.answer(id, await place.endpoint.dispatcher.answer(method, params, caller));
}

type Answering = Pick<Exchange, 'place' | 'reply'>;

function sessionOf(request: IncomingMessage, response: ServerResponse, place: Place): Session | undefined {
  const id = headerOf(request, 'mcp-session-id');
  if (id === undefined) {
    refuse(response, 400, 'Mcp-Session-Id is missing: begin with initialize');
    return undefined;
  }
  const version = headerOf(request, 'mcp-protocol-version');
  if (version !== undefined && !LEGACY_VERSIONS.includes(version)) {
    refuse(response, 400, `MCP-Protocol-Version ${JSON.stringify(version.slice(0, 40))} is not spoken here`);
    return undefined;
  }
  const session = place.sessions.use(id, place.path);
  if (session === undefined) refuse(response, 404, 'no such session: begin again with initialize');
  return session;
}

function legacy(message: Message, exchange: Exchange): Promise<void> | undefined {
  const { request, response, place, reply } = exchange;
  if (message.kind === 'request' && message.method === 'initialize') return begin(message, place, reply);
  const session = sessionOf(request, response, place);
  if (session === undefined) return undefined;
  if (message.kind === 'request') return call(message, session, { place, reply });
  if (message.kind === 'notification') heard(message, session);
  else session.questions.answered(message);
  accepted(response);
  return undefined;
}

/** The client of a session, for one of its requests. */
class SessionCaller implements Caller {
  readonly era = 'legacy';
  readonly requestId: Id;
  readonly signal: AbortSignal;
  readonly peer: Session;
  readonly protocolVersion: string;
  readonly capabilities: Json;
  readonly #reply: Reply;

  constructor(requestId: Id, peer: Session, signal: AbortSignal, reply: Reply) {
    this.requestId = requestId;
    this.peer = peer;
    this.protocolVersion = peer.protocolVersion;
    this.capabilities = peer.capabilities;
    this.signal = signal;
    this.#reply = reply;
  }

  readonly notify: Caller['notify'] = (method, said) => this.#reply.notify(messageText(method, said));

  readonly ask: AskClient = (method, params, signal) =>
    this.peer.questions.ask({ method, params }, signal, (text) => {
      if (!this.#reply.ask(text)) throw new Error('the client cannot be asked on this stream');
    });
}

/** A request of a session. A client that leaves has not cancelled (MCP 2025-11-25, cancellation); its notification does. */
async function call(message: Request, session: Session, about: Answering): Promise<void> {
  const cut = new LightAbortController();
  session.calls.set(message.id, cut);
  try {
    await answer(message, new SessionCaller(message.id, session, cut.signal, about.reply), about);
  } finally {
    if (session.calls.get(message.id) === cut) session.calls.delete(message.id);
  }
}

async function begin({ id, params }: Request, { endpoint, sessions, path }: Place, reply: Reply): Promise<void> {
  const found: Answer = await endpoint.dispatcher.initialize(params);
  const capabilities = params?.['capabilities'];
  const session = found.ok ? sessions.begin(path, isObject(capabilities) ? capabilities : {}) : undefined;
  if (session === undefined) {
    reply.end(responseText(id, failure(CODE.internal, 'there are too many sessions')), 503, { 'retry-after': '30' });
    return;
  }
  session.protocolVersion = agreedVersion(params);
  endpoint.news.welcome(session);
  session.onend = (): void => endpoint.news.farewell(session);
  reply.end(responseText(id, found), 200, { 'mcp-session-id': session.id });
}

function heard({ method, params }: Extract<Message, { readonly kind: 'notification' }>, session: Session): void {
  if (method !== 'notifications/cancelled') return;
  const id = params?.['requestId'];
  if (typeof id === 'string' || typeof id === 'number')
    session.calls.get(id)?.abort(new Error('cancelled by the client'));
}

/** The stream for what belongs to no request. A second one takes the place of the first: a client that reconnects has lost it. */
function openStream(request: IncomingMessage, response: ServerResponse, place: Place): void {
  if (headerOf(request, 'mcp-session-id') === undefined) {
    refuse(response, 405, 'a stream belongs to a session', { allow: 'POST' });
    return;
  }
  const session = sessionOf(request, response, place);
  if (session === undefined) return;
  session.stream?.end();
  const stream = new EventStream(response, place.clock);
  session.stream = stream;
  response.once('close', () => {
    if (session.stream === stream) session.stream = undefined;
  });
}

function endSession(request: IncomingMessage, response: ServerResponse, place: Place): void {
  const session = sessionOf(request, response, place);
  if (session === undefined) return;
  place.sessions.end(session);
  response.writeHead(200, { 'content-length': 0 });
  response.end();
}
