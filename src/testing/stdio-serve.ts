/**
 * A small MCP server over two streams: one JSON message per line in, one per line out.
 *
 * @module
 */
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import type { RpcMessage } from './exchange.ts';
import { McpCore } from './mcp-core.ts';
import { answerOf, legacyHello } from './mcp-dispatch.ts';
import type { StdioSettings } from './stdio-options.ts';

/** What the server stands in. */
export interface StdioWorld {
  readonly input: Readable;
  readonly output: Writable;
  readonly clock: Clock;
  /** Ends the process, as a crash. */
  readonly crash: (why: string) => void;
}

type Params = Readonly<Record<string, unknown>>;

class StdioServer {
  readonly #world: StdioWorld;
  readonly #settings: StdioSettings;
  readonly #core: McpCore;
  readonly #running = new Map<string | number, AbortController>();

  constructor(settings: StdioSettings, world: StdioWorld) {
    this.#settings = settings;
    this.#world = world;
    this.#core = new McpCore({
      name: settings.name ?? 'stdio-server',
      extraTools: settings.tools ?? 0,
      ...(settings['page-size'] === undefined ? {} : { pageSize: settings['page-size'] }),
    });
  }

  send(message: Params): void {
    this.#world.output.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  async take(line: string): Promise<void> {
    if (this.#settings.silent === true) return;
    const message = parse(line);
    if (message === undefined) {
      this.send({ id: null, error: { code: -32_700, message: 'Parse error' } });
      return;
    }
    if (message.method === 'notifications/cancelled') this.#cancel(message.params?.['requestId']);
    if (message.method === undefined || message.id === undefined || message.id === null) return;
    if (message.method === 'initialize') await this.#initialize(message);
    else await this.#answer(message, message.id);
  }

  async #initialize(message: RpcMessage): Promise<void> {
    const { clock } = this.#world;
    await clock.sleep(this.#settings['initialize-delay'] ?? 0);
    this.send({ id: message.id, result: legacyHello(this.#core, message.params?.['protocolVersion']) });
    const after = this.#settings['change-after'];
    if (after === undefined) return;
    clock.after(after, () => {
      this.#core.addTool('late-tool');
      this.send({ method: 'notifications/tools/list_changed' });
    });
  }

  async #answer(message: RpcMessage, id: string | number): Promise<void> {
    const fatal = this.#settings['crash-on-call'];
    if (fatal !== undefined && message.method === 'tools/call' && message.params?.['name'] === fatal)
      this.#world.crash(`the tool ${fatal} was called`);
    const cancel = new AbortController();
    this.#running.set(id, cancel);
    try {
      const { body } = await answerOf(this.#core, message, {
        clock: this.#world.clock,
        signal: cancel.signal,
        notify: (method, params) => this.send({ method, params }),
      });
      this.send(body);
    } catch (error) {
      // A cancelled request gets no answer.
      if (!cancel.signal.aborted) throw error;
    } finally {
      this.#running.delete(id);
    }
  }

  #cancel(id: unknown): void {
    if (typeof id === 'string' || typeof id === 'number') this.#running.get(id)?.abort();
  }
}

function parse(line: string): RpcMessage | undefined {
  try {
    return JSON.parse(line) as RpcMessage;
  } catch {
    return undefined;
  }
}

/** Serves until the input ends. */
export async function serveStdio(settings: StdioSettings, world: StdioWorld): Promise<void> {
  const server = new StdioServer(settings, world);
  for (let line = 1; line <= (settings['stray-lines'] ?? 0); line += 1)
    world.output.write(`stray line ${line} on stdout\n`);
  const lines = createInterface({ input: world.input, crlfDelay: Number.POSITIVE_INFINITY });
  const failed = (error: unknown): void => world.crash(String(error));
  lines.on('line', (line) => void server.take(line).catch(failed));
  await new Promise<void>((resolve) => {
    lines.once('close', resolve);
  });
}
