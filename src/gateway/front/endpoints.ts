/**
 * What is served: all servers behind one endpoint, and each of them alone, made when somebody first asks for it.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { ForwardingFleet } from '../../core/fleet.ts';
import type { Meter } from '../../core/meter.ts';
import type { Tracing } from '../../core/tracing.ts';
import type { View } from '../../core/view.ts';
import { Dispatcher } from '../calls/dispatcher.ts';
import { News } from '../calls/news.ts';
import { OwnCalls } from '../calls/own-calls.ts';
import { Passing } from '../calls/passing.ts';
import { Persons } from '../calls/persons.ts';
import { CatalogueKeeper } from '../catalogue/keeper.ts';
import { rateLimitsOf } from '../limit/rate-limits.ts';
import { ownPrompts, ownTools } from '../own/own-tools.ts';
import { signInTools } from '../own/sign-in-tools.ts';

/** What a gateway is made from. */
export interface GatewayDeps {
  readonly fleet: ForwardingFleet;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  /** Shown to every client, so that the owner of the connections knows itself again. */
  readonly mark?: string;
  readonly view?: View;
  /** Counts what clients ask for; without it there is no `/metrics`. */
  readonly meter?: Meter;
  readonly tracing?: Tracing;
}

/** One endpoint: its lists and its answers. */
export interface Endpoint {
  readonly keeper: CatalogueKeeper;
  readonly dispatcher: Dispatcher;
  readonly news: News;
  close(): void;
}

/** The endpoints of one view. Who makes it closes it. */
export class Endpoints {
  readonly #deps: GatewayDeps;
  readonly #made = new Map<string, Endpoint>();

  constructor(deps: GatewayDeps) {
    this.#deps = deps;
  }

  /** That of all servers. */
  all(): Endpoint {
    return this.#endpoint(undefined);
  }

  /** That of one server; `undefined` where none is named so. */
  async of(server: string): Promise<Endpoint | undefined> {
    const { fleet, view } = this.#deps;
    const there = (await fleet.snapshots(view)).some(({ name }) => name === server);
    return there ? this.#endpoint(server) : undefined;
  }

  close(): void {
    for (const endpoint of this.#made.values()) endpoint.close();
    this.#made.clear();
  }

  #endpoint(only: string | undefined): Endpoint {
    const key = only ?? '';
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const { fleet, clock, logger, version, mark, view, meter, tracing } = this.#deps;
    const viewed = view === undefined ? {} : { view };
    const alone = only === undefined ? {} : { only };
    const keeper = new CatalogueKeeper({
      fleet,
      clock,
      logger,
      limits: rateLimitsOf(fleet, clock),
      ...viewed,
      ...alone,
      own: (servers) =>
        only === undefined
          ? { tools: ownTools(servers), prompts: ownPrompts() }
          : { tools: signInTools(servers), prompts: [] },
    });
    const persons = new Persons({ fleet, clock, ...viewed });
    const own = new OwnCalls({ fleet, keeper, persons, ...alone, ...viewed });
    const watchers = { ...(meter === undefined ? {} : { meter }), ...(tracing === undefined ? {} : { tracing }) };
    const news = new News({ fleet, keeper, logger, ...viewed, ...alone });
    const passing = new Passing({ fleet, clock, logger, news, ...viewed });
    const parts = { fleet, keeper, clock, version, passing, persons, news, own, ...watchers, ...viewed };
    const dispatcher = new Dispatcher({ ...parts, ...(mark === undefined ? {} : { mark }) });
    const close = (): void => {
      keeper.close();
      news.close();
      passing.close();
    };
    const endpoint = { keeper, dispatcher, news, close };
    this.#made.set(key, endpoint);
    return endpoint;
  }
}
