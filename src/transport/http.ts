/**
 * Opens sessions with remote servers: Streamable HTTP in both eras, HTTP+SSE where the entry asks for it or leaves it open.
 *
 * @module
 */
import type { EffectiveRemote } from '../core/entry.ts';
import { isRemote } from '../core/entry.ts';
import type { Answer } from '../core/fault.ts';
import type { OpenOutcome, OpenRequest } from '../core/ports.ts';
import type { Http } from '../net/dispatcher.ts';
import type { ExchangeWorld } from './http/exchange.ts';
import { SseLink } from './http/sse-link.ts';
import { StreamableLink } from './http/streamable-link.ts';
import type { Link } from './link.ts';
import type { SessionOutcome, SessionWorld } from './session.ts';
import { CLIENT_INFO, openSession } from './session.ts';

/** What HTTP needs beside what every session needs. */
export interface HttpWorld extends SessionWorld {
  readonly http: Pick<Http, 'request' | 'viaProxy'>;
}

/** Refusals of the request as such; 401, 403 and 5xx must not lead to an older transport (MCP 2025-11-25, HTTP+SSE). */
const REFUSED: ReadonlySet<number> = new Set([400, 404, 405]);
/** What an HTTP+SSE endpoint says when it is there but cannot be used now: worth more than the refusal before it. */
const PRESENT: ReadonlySet<number> = new Set([401, 403, 429, 500, 502, 503, 504]);

/**
 * One try to open a session with a remote server, era probe and fallbacks under the one `request.signal`. Never throws for
 * what comes from outside. Errors: `TypeError` for an entry that is not remote.
 */
export async function openHttp(request: OpenRequest, world: HttpWorld): Promise<OpenOutcome> {
  const { endpoint } = request.entry;
  if (!isRemote(endpoint)) throw new TypeError('not a remote entry');
  if (!URL.canParse(endpoint.url)) return { ok: false, answer: { kind: 'protocol', text: 'the url cannot be read' } };
  if (endpoint.kind === 'sse') return openOverSse(request, endpoint, world);
  const first = await openOverHttp(request, endpoint, world);
  if (first.ok || endpoint.kind === 'http' || !refusesTransport(first) || request.signal.aborted) return first;
  const second = await openOverSse(request, endpoint, world);
  return second.ok || isPresent(second.answer) ? second : first;
}

/** Whether a failed try over Streamable HTTP leaves room for HTTP+SSE. */
export function refusesTransport({ answer, spokeModern }: Extract<SessionOutcome, { ok: false }>): boolean {
  return answer.kind === 'http' && REFUSED.has(answer.status) && !spokeModern;
}

function isPresent(answer: Answer): boolean {
  return answer.kind === 'http' && PRESENT.has(answer.status);
}

function openOverHttp(request: OpenRequest, endpoint: EffectiveRemote, world: HttpWorld): Promise<SessionOutcome> {
  const link = new StreamableLink({
    url: new URL(endpoint.url),
    headers: request.headers,
    proof: request.proof,
    numbers: request.numbers,
    random: world.random,
    world: exchangeWorld(request, world),
  });
  return openSession({ request, link, era: request.entry.settings.protocolEra, world });
}

/** HTTP+SSE is older than the modern era: `initialize` it is. */
function openOverSse(request: OpenRequest, endpoint: EffectiveRemote, world: HttpWorld): Promise<SessionOutcome> {
  const link: Link = new SseLink({
    url: new URL(endpoint.url),
    headers: request.headers,
    proof: request.proof,
    messageBytes: request.numbers.messageBytes,
    world: exchangeWorld(request, world),
    signal: request.signal,
  });
  return openSession({ request, link, era: 'legacy', world });
}

function exchangeWorld(request: OpenRequest, world: HttpWorld): ExchangeWorld {
  const { http, clock, redactor, logger, clientInfo = CLIENT_INFO } = world;
  const server = request.entry.name;
  return {
    http,
    clock,
    redactor,
    userAgent: `${clientInfo.name}/${clientInfo.version}`,
    record: (attempt) => logger.debug({ server, ...attempt }, 'http exchange'),
  };
}
