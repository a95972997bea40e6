/**
 * A client of a gateway in lines, on a virtual clock: what it says, and everything that it is sent.
 *
 * @module
 */
import { silentLogger } from '../../src/base/logger.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { Endpoints } from '../../src/gateway/front/endpoints.ts';
import type { Endpoint } from '../../src/gateway/front/endpoints.ts';
import { LineConversation } from '../../src/gateway/front/lines.ts';
import type { VirtualClock } from '../../src/testing/virtual-clock.ts';

/** A message as it comes out of JSON. */
export interface Said {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown> & {
    readonly content?: readonly { readonly text?: string }[];
    readonly inputRequests?: Record<string, { readonly params: Record<string, unknown> }>;
  };
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

const META = 'io.modelcontextprotocol/';

/** One client. Who makes it closes it. */
export class TestConversation {
  readonly heard: Said[] = [];
  readonly #clock: VirtualClock;
  readonly #endpoints: Endpoints;
  readonly #lines: LineConversation;
  readonly #capabilities: object | undefined;
  #ids = 0;

  /** `modern` = the capabilities of a stateless client, sent with each request. */
  constructor(
    fleet: Fleet,
    clock: VirtualClock,
    modern?: object,
    endpoint?: { readonly of: Endpoints; readonly endpoint: Endpoint },
  ) {
    this.#clock = clock;
    this.#capabilities = modern;
    this.#endpoints = endpoint?.of ?? new Endpoints({ fleet, clock, logger: silentLogger, version: '0' });
    const served = endpoint?.endpoint ?? this.#endpoints.all();
    this.#lines = new LineConversation(served, (line) => this.heard.push(JSON.parse(line) as Said));
  }

  /** A client of one server alone. */
  static async alone(server: string, fleet: Fleet, clock: VirtualClock): Promise<TestConversation> {
    const of = new Endpoints({ fleet, clock, logger: silentLogger, version: '0' });
    const endpoint = await of.of(server);
    if (endpoint === undefined) throw new Error(`there is no server ${server}`);
    return new TestConversation(fleet, clock, undefined, { of, endpoint });
  }

  /** Sends a request; its id. */
  send(method: string, params: Record<string, unknown> = {}): number {
    this.#ids += 1;
    const meta =
      this.#capabilities === undefined
        ? {}
        : {
            [`${META}protocolVersion`]: '2026-07-28',
            [`${META}clientInfo`]: { name: 'test', version: '1' },
            [`${META}clientCapabilities`]: this.#capabilities,
          };
    const given = params['_meta'] as object | undefined;
    this.say({ id: this.#ids, method, params: { ...params, _meta: { ...given, ...meta } } });
    return this.#ids;
  }

  /** Sends any message. */
  say(message: object): void {
    void this.#lines.receive(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  /** The answer to a request, after so much time at most. */
  async answerTo(id: number, ms = 1_000): Promise<Said> {
    return this.find((said) => said.id === id && said.method === undefined, ms);
  }

  /** The first message that fits, after so much time at most. */
  async find(fits: (said: Said) => boolean, ms = 1_000): Promise<Said> {
    for (let passed = 0; passed <= ms; passed += 20) {
      const found = this.heard.find((said) => fits(said));
      if (found !== undefined) return found;
      await this.#clock.advance(20);
    }
    throw new Error(`nothing of the kind was said: ${JSON.stringify(this.heard)}`);
  }

  /** Sends a request and waits for its answer. */
  ask(method: string, params: Record<string, unknown> = {}, ms?: number): Promise<Said> {
    return this.answerTo(this.send(method, params), ms);
  }

  /** Begins a session with these capabilities. */
  async begin(capabilities: object = {}): Promise<void> {
    await this.ask('initialize', {
      protocolVersion: '2025-11-25',
      capabilities,
      clientInfo: { name: 't', version: '1' },
    });
    this.say({ method: 'notifications/initialized' });
  }

  close(): void {
    this.#lines.close();
    this.#endpoints.close();
  }
}

/** The text of a tool's result. */
export function textOf({ result }: Said): string {
  return (result?.content ?? []).map(({ text }) => text ?? '').join('\n');
}
