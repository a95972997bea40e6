/**
 * One request of the control API, from its head to its answer.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { HoldfastError } from '../base/errors.ts';
import type { Fleet, FleetCall } from '../core/fleet.ts';
import type { Answering } from './answer.ts';
import { BodyRefused } from './body.ts';
import { flagOf, maybeCount, maybeFields, maybeText, textOf } from './fields.ts';
import { HANDLERS } from './handlers.ts';
import type { Ask, PlainMethod } from './handlers.ts';
import { PROTOCOL, PROTOCOL_HEADER, match } from './protocol.ts';
import type { Method } from './protocol.ts';
import { errorToJson, statusOf } from './wire-error.ts';

/** A request that is refused before any fleet hears of it. */
class Refused extends HoldfastError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super('ERR_USAGE', message);
    this.status = status;
    this.headers = headers;
  }
}

/** What a request asks for. Errors: refusals of browsers, of other protocols and of unknown routes. */
export function admit(incoming: IncomingMessage): { readonly method: Method; readonly name: string } {
  const { headers } = incoming;
  const http = incoming.method ?? '';
  if (headers.origin !== undefined) throw new Refused(403, 'the control API is not for web pages');
  const found = match(http, incoming.url ?? '');
  if ('allowed' in found) {
    if (found.allowed.length === 0) throw new Refused(404, 'the control API has no such route');
    throw new Refused(405, `this route does not take ${http}`, { allow: found.allowed.join(', ') });
  }
  const spoken = headers[PROTOCOL_HEADER];
  const always = found.method === 'owner' || found.method === 'close';
  if (spoken !== undefined && spoken !== PROTOCOL && !always)
    throw new HoldfastError('ERR_DAEMON_VERSION', `this daemon speaks protocol ${PROTOCOL}, not ${String(spoken)}`, {
      hint: 'Run: holdfast daemon stop',
    });
  return found;
}

/** Tells an error, as a whole answer or as the last line of one that has begun. */
export function refuse(answer: Answering, error: unknown, begun: boolean): void {
  const told = errorToJson(error);
  if (begun) {
    answer.hint({ error: told });
    answer.end();
    return;
  }
  const known = error instanceof Refused || error instanceof BodyRefused;
  answer.json(
    known ? error.status : statusOf(told.code),
    { error: told },
    error instanceof Refused ? error.headers : {},
  );
}

async function events(fleet: Fleet, { fields, view, signal }: Ask, answer: Answering): Promise<void> {
  const since = maybeCount(fields, 'since');
  const stream = fleet.events(signal, {
    ...(since === undefined ? {} : { since }),
    ...(view === undefined ? {} : { view }),
  });
  answer.begin();
  for await (const event of stream) await answer.line(event);
  answer.end();
}

function interactionOf(text: string | undefined): 'none' | 'url' | 'browser' {
  return text === 'url' || text === 'browser' ? text : 'none';
}

async function call(fleet: Fleet, { name, fields, view, signal }: Ask, answer: Answering): Promise<void> {
  const timeoutMs = maybeCount(fields, 'timeoutMs');
  const options: FleetCall = {
    signal,
    interaction: interactionOf(maybeText(fields, 'interaction')),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(view === undefined ? {} : { view }),
    ...(flagOf(fields, 'progress') ? { onProgress: (progress) => answer.hint({ progress }) } : {}),
  };
  const method = textOf(fields, 'method');
  const params = maybeFields(fields, 'params');
  answer.begin();
  const result = await fleet.request(name, method, params, options);
  await answer.line({ result });
  answer.end();
}

/** Does what was asked, and answers. Streams have begun when this throws after their head. */
export async function answerTo(
  fleet: Fleet,
  method: PlainMethod | 'events' | 'request',
  ask: Ask,
  answer: Answering,
): Promise<void> {
  if (method === 'events') await events(fleet, ask, answer);
  else if (method === 'request') await call(fleet, ask, answer);
  else answer.json(200, { result: await HANDLERS[method](fleet, ask) });
}
