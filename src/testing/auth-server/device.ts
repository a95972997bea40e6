/**
 * The device grant (RFC 8628): a code to type, a person who types it, and a client that asks again and again.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { Exchange } from '../exchange.ts';
import type { ClientRecord } from './clients.ts';
import { fresh } from './ledger.ts';
import type { Grant } from './ledger.ts';
import { formOf, needed, Refusal, words } from './reply.ts';
import type { Reply } from './reply.ts';
import { decide, resourceOf } from './state.ts';
import type { AuthState } from './state.ts';

/** The grant type of RFC 8628 §3.4. */
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

interface DeviceCode {
  readonly userCode: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly resource: string;
  readonly expiresAt: number;
  intervalMs: number;
  lastAskedAt: number | undefined;
  answered: boolean;
}

/** Codes by device code. */
export type DeviceCodes = Map<string, DeviceCode>;

const SLOW_DOWN_MS = 5_000;

/** Answers `POST /device`. */
export function beginDevice(state: AuthState, exchange: Exchange, codes: DeviceCodes): Reply {
  const habits = state.options.device;
  if (habits === undefined) throw new Refusal('unauthorized_client', 'the device grant is not offered');
  const fields = formOf(exchange.record.body);
  const client = state.clients.authenticate(exchange, fields);
  const deviceCode = fresh('device');
  const userCode = randomBytes(4).toString('hex').toUpperCase().replace(/^.{4}/, '$&-');
  const seconds = habits.expiresSeconds ?? 600;
  codes.set(deviceCode, {
    userCode,
    clientId: client.client_id,
    scopes: words(fields.get('scope')),
    resource: resourceOf(state, fields),
    expiresAt: state.clock.now() + seconds * 1_000,
    intervalMs: habits.intervalSeconds * 1_000,
    lastAskedAt: undefined,
    answered: false,
  });
  const page = `${state.issuer}/device/page`;
  return {
    status: 200,
    body: {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${userCode}`,
      expires_in: seconds,
      interval: habits.intervalSeconds,
    },
  };
}

/** The person types the code; what is decided is decided at the next poll. Whether there is such a code. */
export function typeUserCode(codes: DeviceCodes, userCode: string): boolean {
  const found = [...codes.values()].find((code) => code.userCode === userCode);
  if (found !== undefined) found.answered = true;
  return found !== undefined;
}

/** One poll (RFC 8628 §3.5). Errors: `Refusal` with `authorization_pending`, `slow_down`, `expired_token`, `access_denied`. */
export async function redeemDevice(
  state: AuthState,
  codes: DeviceCodes,
  client: ClientRecord,
  fields: ReadonlyMap<string, string>,
): Promise<Grant> {
  const text = needed(fields, 'device_code');
  const code = codes.get(text);
  if (code === undefined || code.clientId !== client.client_id) throw new Refusal('invalid_grant', 'unknown code');
  const now = state.clock.now();
  if (now >= code.expiresAt) throw new Refusal('expired_token', 'the code has expired');
  const early = code.lastAskedAt !== undefined && now - code.lastAskedAt < code.intervalMs;
  code.lastAskedAt = now;
  if (early) {
    code.intervalMs += SLOW_DOWN_MS;
    throw new Refusal('slow_down', 'too fast');
  }
  if (!code.answered) throw new Refusal('authorization_pending', 'the person has not answered yet');
  codes.delete(text);
  const decision = await decide(state, { clientId: code.clientId, scopes: code.scopes, resource: code.resource });
  if ('refused' in decision) throw new Refusal(decision.refused, decision.description);
  state.ledger.count.authorizations += 1;
  return state.ledger.grant({
    clientId: code.clientId,
    subject: decision.subject,
    scopes: decision.granted,
    resource: code.resource,
    by: 'device_code',
    asked: code.scopes,
  });
}
