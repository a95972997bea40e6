/**
 * Passes a request on to its server, the result unread where the fleet can do that.
 *
 * @module
 */
import type { FleetForward, ForwardingFleet } from '../../core/fleet.ts';
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
  return asks === undefined ? failure(CODE.internal, `${server} asks for something unreadable.`) : { asks };
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
