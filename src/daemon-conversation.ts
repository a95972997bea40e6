/**
 * Opens a conversation in lines with the daemon: what a command asks of its gateway is the first line, the daemon's
 * answer the second.
 *
 * @module
 */
import { HoldfastError } from './base/errors.ts';
import type { Channel } from './daemon/channel.ts';
import type { Caller } from './daemon/exchange.ts';
import { openChannel } from './daemon/open-channel.ts';
import { errorFromJson } from './daemon/wire-error.ts';
import type { GatewayAsk } from './gateway-port.ts';

/** A conversation that has begun. */
export interface Begun {
  readonly channel: Channel;
  /** What the daemon answered. */
  readonly answer: Readonly<Record<string, unknown>>;
}

function firstLine(channel: Channel): Promise<string> {
  return new Promise((resolve, reject) => {
    channel.onLine(resolve);
    channel.onEnd(() =>
      reject(new HoldfastError('ERR_DAEMON_UNREACHABLE', 'the daemon went away before it had answered')),
    );
  });
}

/** Begins. Errors: those of `openChannel`, and what the daemon refuses. */
export async function beginConversation(caller: Caller, ask: GatewayAsk): Promise<Begun> {
  const channel = await openChannel(caller);
  const first = firstLine(channel);
  channel.send(JSON.stringify(ask));
  const answer = JSON.parse(await first) as Begun['answer'];
  if (answer['error'] !== undefined) throw errorFromJson(answer['error']);
  return { channel, answer };
}
