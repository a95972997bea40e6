/**
 * Server-sent events: the page hears that something has changed, and what to say to those who do not see it.
 *
 * @module
 */
import type { ServerResponse } from 'node:http';
import type { FleetEvent } from '../core/events.ts';
import type { Timer } from '../base/clock.ts';
import type { PageDeps } from './deps.ts';
import { PAGE_HEADERS } from './guard/headers.ts';
import { sentenceOf } from './screens/words.ts';

const BEAT_MS = 20_000;
/** Streams of one page: a browser keeps one for each tab. */
const MOST_STREAMS = 40;

/** What a reader of the screen is told of an event; most events are no news for a person. */
function newsOf(event: FleetEvent): string | undefined {
  if (event.event === 'server.status' && event.from !== event.to && event.to !== 'pending')
    return `${event.snapshot.name} is ${event.to}. ${sentenceOf(event.snapshot)}`;
  if (event.event === 'auth.required' && event.kind === 'step-up' && event.server !== undefined)
    return `${event.server} asks for more rights.`;
  return undefined;
}

/** The streams of one page. */
export class Live {
  readonly #deps: PageDeps;
  readonly #open = new Set<ServerResponse>();
  readonly #end = new AbortController();
  #beat: Timer | undefined;
  #isFollowing = false;

  constructor(deps: PageDeps) {
    this.#deps = deps;
  }

  /** Keeps the answer open and tells it every change, until its reader or the page ends. */
  add(response: ServerResponse): void {
    const [oldest] = this.#open;
    if (this.#open.size >= MOST_STREAMS) oldest?.end();
    this.#open.add(response);
    response.on('close', () => this.#open.delete(response));
    response.writeHead(200, { ...PAGE_HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
    response.write('retry: 1500\n\n');
    this.#follow();
  }

  close(): void {
    this.#end.abort(new Error('the page was closed'));
    this.#beat?.cancel();
    for (const response of this.#open) response.end();
  }

  #follow(): void {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    this.#beatLater();
    this.#listen().catch((error: unknown) => {
      if (!this.#end.signal.aborted) this.#deps.logger.warn({ error }, 'the page hears no events any longer');
      this.#isFollowing = false;
    });
  }

  async #listen(): Promise<void> {
    const { fleet, view } = this.#deps;
    for await (const event of fleet.events(this.#end.signal, { view })) {
      const news = newsOf(event);
      const data = {
        ...(event.server === undefined ? {} : { server: event.server }),
        ...(news === undefined ? {} : { news }),
      };
      this.#send(`data: ${JSON.stringify(data)}\n\n`);
    }
  }

  #send(text: string): void {
    for (const response of this.#open) response.write(text);
  }

  /** A line now and then, so that a reader that went away silently is noticed. */
  #beatLater(): void {
    this.#beat = this.#deps.clock.after(
      BEAT_MS,
      () => {
        this.#send(': still here\n\n');
        this.#beatLater();
      },
      { unref: true },
    );
  }
}
