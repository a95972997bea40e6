/**
 * Listens over HTTP for as long as a command runs: the daemon does it, and is asked again when it was restarted, or this
 * process does it itself.
 *
 * @module
 */
import type { Clock } from './base/clock.ts';
import { messageOf } from './base/errors.ts';
import type { ListeningGateway, ListenRequest } from './cli/context.ts';
import type { View } from './core/view.ts';
import type { Conversation } from './daemon-port.ts';
import { serveHttp } from './gateway-port.ts';
import type { GatewayAsk } from './gateway-port.ts';
import type { Source } from './serve-source.ts';

type HttpAsk = Extract<GatewayAsk, { readonly kind: 'http' }>;
type Bound = Pick<ListeningGateway, 'url' | 'port' | 'address'>;

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;
/** Tries in a row after which the gateway has ended for good: about a minute. */
const TRIES = 10;

function askOf(request: ListenRequest, view: View): HttpAsk {
  const { profile, ports, address, hosts, origins, open } = request;
  return {
    kind: 'http',
    view: profile === undefined ? view : { ...view, profile },
    ports,
    hosts,
    origins,
    open,
    ...(address === undefined ? {} : { address }),
  };
}

async function listenOwn({ base, own }: Source, request: ListenRequest): Promise<ListeningGateway> {
  const { fleet, view } = await own();
  try {
    const gateway = await serveHttp(base, fleet, askOf(request, view));
    const { url, port, address } = gateway;
    return {
      url,
      port,
      address,
      owner: await fleet.owner(),
      servers: () => fleet.snapshots(view),
      ended: new Promise(() => {}),
      close: async () => {
        await gateway.close();
        await fleet.close();
      },
    };
  } catch (error) {
    await fleet.close();
    throw error;
  }
}

/** A listener of the daemon that is asked for again when the daemon was restarted. */
class Borrowed {
  readonly #source: Source;
  readonly #request: ListenRequest;
  readonly #closed = new AbortController();
  #now: Conversation | undefined;
  #failed: (reason: unknown) => void = () => {};
  readonly ended = new Promise<unknown>((resolve) => {
    this.#failed = resolve;
  });

  constructor(source: Source, request: ListenRequest) {
    this.#source = source;
    this.#request = request;
  }

  async open(ports: readonly number[]): Promise<ListeningGateway> {
    const conversation = await this.#ask(ports);
    const { url, port, address } = conversation.answer['listening'] as Bound;
    this.#keep(conversation, port);
    return {
      url,
      port,
      address,
      owner: conversation.owner,
      servers: async () => (this.#now === undefined ? [] : this.#now.fleet.snapshots(this.#now.view)),
      ended: this.ended,
      close: () => this.#close(),
    };
  }

  #ask(ports: readonly number[]): Promise<Conversation> {
    const { files } = this.#request;
    return this.#source.daemon.converse((view) => askOf({ ...this.#request, ports }, view), { start: true, files });
  }

  #keep(conversation: Conversation, port: number): void {
    this.#now = conversation;
    conversation.channel.onEnd(() => {
      this.#now = undefined;
      void conversation.fleet.close();
      if (this.#closed.signal.aborted) return;
      this.#request.say('the daemon has gone; asking for the listener again');
      this.#again(port, this.#source.base.clock).catch((error: unknown) => this.#failed(error));
    });
  }

  async #again(port: number, clock: Clock): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        const conversation = await this.#ask([port]);
        if (this.#closed.signal.aborted) conversation.channel.end();
        else this.#request.say(`listening again (daemon pid ${conversation.owner.pid})`);
        this.#keep(conversation, port);
        return;
      } catch (error) {
        if (tries === TRIES) throw error;
        this.#request.say(`not yet: ${messageOf(error)}`);
        await clock.sleep(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1)), this.#closed.signal);
      }
    }
  }

  async #close(): Promise<void> {
    this.#closed.abort(new Error('the command has ended'));
    const now = this.#now;
    if (now === undefined) return;
    await new Promise<void>((resolve) => {
      now.channel.onEnd(resolve);
      now.channel.end();
    });
  }
}

/** Listens, with the daemon's connections or this process's. Errors: those of `serveHttp` and of the daemon. */
export function listenAs(source: Source, request: ListenRequest): Promise<ListeningGateway> {
  if (source.whose === 'own') return listenOwn(source, request);
  return new Borrowed(source, request).open(request.ports);
}
