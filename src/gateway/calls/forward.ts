/**
 * Passes a request on to its server, the result unread where the fleet can do that.
 *
 * @module
 */
import type { Logger } from '../../base/logger.ts';
import { safeLine } from '../../base/safe-text.ts';
import type { FleetForward, ForwardingFleet } from '../../core/fleet.ts';
import { asksForNoPage } from '../../core/page.ts';
import { mayBeAsked } from '../../core/relay.ts';
import { CODE, failure, success } from '../rpc/answer.ts';
import type { Answer } from '../rpc/answer.ts';
import { isObject } from '../rpc/message.ts';
import { readInputRequired } from '../rounds/input.ts';
import type { InputRequired } from '../rounds/input.ts';
import { judgedError, refusedPage } from './pages.ts';

/** The answer of the server, or what it wants to know first. Errors: those of `Fleet.request`. */
export async function forward(
  fleet: ForwardingFleet,
  server: string,
  request: FleetForward,
  logger: Logger,
): Promise<Answer | { readonly asks: InputRequired }> {
  try {
    if (fleet.forward === undefined) return await asked(fleet, server, request);
    const { result, asksForInput } = await fleet.forward(server, request);
    if (asksForInput) return questions(result, server, { request, logger });
    return { ok: true, result: Buffer.from(result.buffer, result.byteOffset, result.byteLength) };
  } catch (error) {
    throw judgedError(error, server, logger);
  }
}

/** What a client may be asked; the answer in its stead where one of the questions may not reach it. */
function questions(
  result: Uint8Array,
  server: string,
  { request: { clientCapabilities = {} }, logger }: { readonly request: FleetForward; readonly logger: Logger },
): Answer | { readonly asks: InputRequired } {
  const asks = readInputRequired(result);
  if (asks === undefined) return failure(CODE.internal, `${server} asks for something unreadable.`);
  const all = Object.values(asks.questions);
  if (all.some((one) => asksForNoPage(one.method, one.params)))
    return failure(CODE.internal, refusedPage(server, logger));
  const beyond = all.find((one) => !mayBeAsked(clientCapabilities, one.method, one.params));
  if (beyond === undefined) return { asks };
  return failure(CODE.internal, `${server} asks for what this client cannot do: ${safeLine(beyond.method, 60)}`);
}

async function asked(fleet: ForwardingFleet, server: string, request: FleetForward): Promise<Answer> {
  const { method, params, onNotification, ...call } = request;
  const result = await fleet.request(server, method, params, {
    ...call,
    ...(onNotification === undefined
      ? {}
      : { onProgress: (progress) => onNotification('notifications/progress', { ...progress }) }),
  });
  return success(isObject(result) ? result : { value: result });
}
