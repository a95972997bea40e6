/**
 * Speaks MCP on stdin and stdout: every line goes through a bridge to whoever owns the connections.
 *
 * @module
 */
import type { GatewayRequest } from './cli/context.ts';
import type { View } from './core/view.ts';
import { Bridge } from './gateway/front/bridge.ts';
import type { OwnerLines } from './gateway/front/bridge.ts';
import { LineReader } from './gateway/front/line-reader.ts';
import { CODE, failure, responseText } from './gateway/rpc/answer.ts';
import { serveLines } from './gateway-port.ts';
import type { GatewayAsk } from './gateway-port.ts';
import type { ServeWorld, Source } from './serve-source.ts';

/** After the end of stdin, what is under way may still be answered for so long: `printf … | holdfast serve --stdio`. */
const LAST_ANSWERS_MS = 5_000;

/** Bytes that wait for a client that does not read, before nothing more is fetched for it. */
const MOST_WAITING = 4 * 1_024 * 1_024;
/** Beyond this, where nothing can be held back, the client is taken for gone. */
const TOO_MUCH_WAITING = 64 * 1_024 * 1_024;

type LinesRequest = GatewayRequest & { readonly server?: string };

const asked = ({ profile }: GatewayRequest, view: View): View => (profile === undefined ? view : { ...view, profile });

async function throughDaemon({ daemon }: Source, request: LinesRequest, start: boolean): Promise<OwnerLines> {
  const { server, files } = request;
  const ask = (view: View): GatewayAsk => ({
    kind: 'lines',
    view: asked(request, view),
    ...(server === undefined ? {} : { server }),
  });
  const { channel, fleet } = await daemon.converse(ask, { start, files });
  // The channel is a connection of its own.
  await fleet.close();
  return channel;
}

/** A conversation with a fleet of this process, in the form of one with the daemon. */
async function withOwn({ base, own }: Source, { server }: LinesRequest): Promise<OwnerLines> {
  const { fleet, view } = await own();
  const ends: (() => void)[] = [];
  const waiting: string[] = [];
  let hear: (line: string) => void = (line) => void waiting.push(line);
  const conversation = await serveLines(base, fleet, {
    view,
    send: (line) => hear(line),
    ...(server === undefined ? {} : { server }),
  }).catch(async (error: unknown) => {
    await fleet.close();
    throw error;
  });
  return {
    send: (line) => conversation.receive(line),
    onLine(listener) {
      hear = listener;
      for (const line of waiting.splice(0)) listener(line);
    },
    onEnd: (listener) => void ends.push(listener),
    end() {
      conversation.close();
      void fleet.close().finally(() => {
        for (const listener of ends) listener();
      });
    },
  };
}

/** Resolves at the end of stdin, or when the signal aborts. */
function untilGone({ stdin, signal }: ServeWorld, bridge: Bridge, refuse: () => void): Promise<'ended' | 'aborted'> {
  return new Promise((resolve) => {
    const input = stdin();
    const reader = new LineReader({ line: (text) => void bridge.receive(text), tooLong: refuse });
    const ended = (): void => {
      reader.end();
      resolve('ended');
    };
    input.on('data', (chunk: Buffer) => reader.feed(chunk));
    input.once('end', ended);
    input.once('error', ended);
    signal().addEventListener('abort', () => resolve('aborted'), { once: true });
    if (signal().aborted) resolve('aborted');
  });
}

/** Writes lines to the client, and holds the bridge back while the client does not read. */
function clientLines({ stdout }: ServeWorld, hold: (on: boolean) => void, giveUp: () => void): (line: string) => void {
  let held = false;
  stdout.on('drain', () => {
    if (held) hold(true);
    held = false;
  });
  return (line) => {
    stdout.write(`${line}\n`);
    if (stdout.writableLength > TOO_MUCH_WAITING) giveUp();
    if (held || stdout.writableLength <= MOST_WAITING) return;
    held = true;
    hold(false);
  };
}

/** Serves one client until it goes. Rejects where there is no way to the connections. */
export async function serveStdio(source: Source, world: ServeWorld, request: LinesRequest): Promise<void> {
  const { clock } = source.base;
  let over: Promise<void> = Promise.resolve();
  const giveUp = new AbortController();
  const answer = clientLines(
    world,
    (on) => bridge.flow(on),
    () => giveUp.abort(),
  );
  const bridge: Bridge = new Bridge({
    clock,
    answer,
    say: request.say,
    open: async ({ start }) => {
      const owner = await (source.whose === 'own' ? withOwn(source, request) : throughDaemon(source, request, start));
      over = new Promise((resolve) => {
        owner.onEnd(resolve);
      });
      return owner;
    },
  });
  const tooLong = (): void => answer(responseText(null, failure(CODE.invalidRequest, 'the message is too long')));
  const signal = AbortSignal.any([world.signal(), giveUp.signal]);
  const gone = untilGone({ ...world, signal: () => signal }, bridge, tooLong);
  try {
    await bridge.start();
    if ((await gone) === 'ended') {
      const limit = new AbortController();
      await Promise.race([bridge.idle(), clock.sleep(LAST_ANSWERS_MS, limit.signal).catch(() => undefined)]);
      limit.abort();
    }
  } finally {
    bridge.close();
    // A fleet of this process ends its processes in order.
    await over;
  }
}
