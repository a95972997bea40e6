/**
 * Passes a request on to its server, the result unread where the fleet can do that.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { FleetForward, ForwardingFleet } from '../../core/fleet.ts';
import { mayBeAsked } from '../../core/relay.ts';
import { CODE, failure, success } from '../rpc/answer.ts';
import type { Answer } from '../rpc/answer.ts';
import { isObject } from '../rpc/message.ts';
import { readInputRequired } from '../rounds/input.ts';
import type { InputRequired } from '../rounds/input.ts';

/** The answer of the server, or what it wants to know first. Errors: those of `Fleet.request`. */
export async function forward(
  fleet: ForwardingFleet,
  server: string,
  request: FleetForward,
): Promise<Answer | { readonly asks: InputRequired }> {
  if (fleet.forward === undefined) return asked(fleet, server, request);
  const { result, asksForInput } = await fleet.forward(server, request);
  if (!asksForInput) return { ok: true, result: Buffer.from(result.buffer, result.byteOffset, result.byteLength) };
  const asks = readInputRequired(result);
  if (asks === undefined) return failure(CODE.internal, `${server} asks for something unreadable.`);
  const { clientCapabilities = {} } = request;
  const beyond = Object.values(asks.questions).find((one) => !mayBeAsked(clientCapabilities, one.method, one.params));
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
