/**
 * What a small MCP server knows and can do, whatever the era or the transport: tools, prompts, resources.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';

/** Revisions with `initialize`, newest first. */
export const LEGACY_VERSIONS: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];
/** Revisions without sessions. */
export const MODERN_VERSIONS: readonly string[] = ['2026-07-28'];

/** What the server offers. */
export interface McpContent {
  /** Default `fault-server`. */
  readonly name?: string;
  /** Default `1.0.0`. */
  readonly version?: string;
  readonly instructions?: string;
  /** Tools beside the built-in ones (`tool-1` …), to make lists long. */
  readonly extraTools?: number;
  /** Entries per page of a list; default: all on one page. */
  readonly pageSize?: number;
  /** Default true: two prompts and two resources. */
  readonly promptsAndResources?: boolean;
}

/** A tool as `tools/list` shows it. */
export interface McpTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

/** One call of a tool that the server has begun. */
export interface McpCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What a request may use while it runs. */
export interface McpContext {
  readonly clock: Clock;
  /** Aborts when the caller cancels or is gone. */
  readonly signal: AbortSignal;
  /** Sends a notification that belongs to the request. */
  readonly notify: (method: string, params: Readonly<Record<string, unknown>>) => void;
}

/** A JSON-RPC error to answer with. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

type Params = Readonly<Record<string, unknown>>;

const object = (properties: Readonly<Record<string, unknown>>, required: readonly string[]): Params => ({
  type: 'object',
  properties,
  required,
});
const NUMBER = { type: 'number' };
const TEXT = { type: 'string' };

const BUILT_IN: readonly McpTool[] = [
  { name: 'echo', description: 'Returns the text.', inputSchema: object({ text: TEXT }, ['text']) },
  { name: 'add', description: 'Adds two numbers.', inputSchema: object({ a: NUMBER, b: NUMBER }, ['a', 'b']) },
  { name: 'slow', description: 'Answers after ms milliseconds.', inputSchema: object({ ms: NUMBER }, ['ms']) },
  {
    name: 'progress',
    description: 'Reports progress in steps, one every ms milliseconds.',
    inputSchema: object({ steps: NUMBER, ms: NUMBER }, ['steps']),
  },
  { name: 'fail', description: 'Ends with an error result.', inputSchema: object({ text: TEXT }, []) },
];

const PROMPTS = [
  { name: 'greet', description: 'A greeting.', arguments: [{ name: 'who', required: true }] },
  { name: 'review', description: 'A review.' },
];
const RESOURCES = [
  { uri: 'test://one', name: 'one', mimeType: 'text/plain' },
  { uri: 'test://two', name: 'two', mimeType: 'text/plain' },
];
const TEMPLATES = [{ uriTemplate: 'test://{name}', name: 'any', mimeType: 'text/plain' }];

const textResult = (text: string): Params => ({ content: [{ type: 'text', text }] });

/** The lists and calls of one server. Its tools can be changed while it runs. */
export class McpCore {
  readonly serverInfo: { readonly name: string; readonly version: string };
  readonly instructions: string | undefined;
  /** Calls begun, oldest first. */
  readonly calls: McpCall[] = [];
  readonly #pageSize: number;
  readonly #full: boolean;
  #tools: readonly McpTool[];

  constructor(content: McpContent = {}) {
    this.serverInfo = { name: content.name ?? 'fault-server', version: content.version ?? '1.0.0' };
    this.instructions = content.instructions;
    this.#pageSize = content.pageSize ?? Number.POSITIVE_INFINITY;
    this.#full = content.promptsAndResources ?? true;
    const extra = Array.from({ length: content.extraTools ?? 0 }, (_, index) => plainTool(`tool-${index + 1}`));
    this.#tools = [...BUILT_IN, ...extra];
  }

  get capabilities(): Params {
    const changing = { listChanged: true };
    return this.#full ? { tools: changing, prompts: changing, resources: changing } : { tools: changing };
  }

  addTool(name: string): void {
    this.#tools = [...this.#tools.filter((tool) => tool.name !== name), plainTool(name)];
  }

  removeTool(name: string): void {
    this.#tools = this.#tools.filter((tool) => tool.name !== name);
  }

  /** The result of a request. Errors: `RpcError`. */
  async answer(method: string, params: Params, context: McpContext): Promise<Params> {
    switch (method) {
      case 'tools/list':
        return this.#page('tools', this.#tools, params);
      case 'tools/call':
        return this.#call(params, context);
      default:
        if (this.#full) return this.#answerFull(method, params);
        throw new RpcError(-32_601, `Method not found: ${method}`);
    }
  }

  #answerFull(method: string, params: Params): Params {
    switch (method) {
      case 'prompts/list':
        return this.#page('prompts', PROMPTS, params);
      case 'resources/list':
        return this.#page('resources', RESOURCES, params);
      case 'resources/templates/list':
        return this.#page('resourceTemplates', TEMPLATES, params);
      case 'resources/read':
        return {
          contents: [{ uri: params['uri'], mimeType: 'text/plain', text: `content of ${String(params['uri'])}` }],
        };
      case 'prompts/get':
        return { messages: [{ role: 'user', content: { type: 'text', text: `prompt ${String(params['name'])}` } }] };
      default:
        throw new RpcError(-32_601, `Method not found: ${method}`);
    }
  }

  #page(key: string, all: readonly unknown[], params: Params): Params {
    const from = params['cursor'] === undefined ? 0 : Number(params['cursor']);
    if (!Number.isInteger(from) || from < 0) throw new RpcError(-32_602, 'Invalid cursor');
    const to = from + this.#pageSize;
    const page = all.slice(from, Math.min(to, all.length));
    return to < all.length ? { [key]: page, nextCursor: String(to) } : { [key]: page };
  }

  async #call(params: Params, context: McpContext): Promise<Params> {
    const name = String(params['name']);
    const input = (params['arguments'] ?? {}) as Params;
    if (!this.#tools.some((tool) => tool.name === name)) throw new RpcError(-32_602, `Unknown tool: ${name}`);
    this.calls.push({ name, arguments: input });
    switch (name) {
      case 'echo':
        return textResult(String(input['text']));
      case 'add':
        return textResult(String(Number(input['a']) + Number(input['b'])));
      case 'slow':
        await context.clock.sleep(Number(input['ms']), context.signal);
        return textResult(`slept ${String(input['ms'])} ms`);
      case 'progress':
        return this.#progress(params, input, context);
      case 'fail':
        return { ...textResult(typeof input['text'] === 'string' ? input['text'] : 'as asked'), isError: true };
      default:
        return textResult(`${name} was called`);
    }
  }

  async #progress(params: Params, input: Params, context: McpContext): Promise<Params> {
    const token = (params['_meta'] as Params | undefined)?.['progressToken'];
    const total = Number(input['steps']);
    for (let progress = 1; progress <= total; progress += 1) {
      await context.clock.sleep(Number(input['ms'] ?? 0), context.signal);
      if (token !== undefined)
        context.notify('notifications/progress', {
          progressToken: token,
          progress,
          total,
          message: `step ${progress}`,
        });
    }
    return textResult(`${total} steps`);
  }
}

function plainTool(name: string): McpTool {
  return { name, description: `The tool ${name}.`, inputSchema: { type: 'object' } };
}
