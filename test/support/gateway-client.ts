/**
 * A plain client of the gateway, of either era: one POST a request, nothing hidden.
 *
 * @module
 */

type Json = Record<string, unknown>;

/** What came back, and how long it took. */
export interface Answered {
  readonly ok: boolean;
  readonly ms: number;
  readonly result?: Json;
  readonly error?: Json;
}

const META = 'io.modelcontextprotocol/';

/** A call of a tool by a stateless client, its arguments as they are written; the last message of the answer. */
export async function statelessCall(
  url: string,
  about: {
    readonly name: string;
    readonly args?: string | Buffer;
    readonly capabilities?: object;
    readonly headers?: Readonly<Record<string, string>>;
  },
): Promise<ReturnType<typeof lastMessage>> {
  const { name, args = '{}', capabilities = {}, headers = {} } = about;
  const meta = { [`${META}protocolVersion`]: '2026-07-28', [`${META}clientCapabilities`]: capabilities };
  const head = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","_meta":${JSON.stringify(meta)},"arguments":`;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': name,
      ...headers,
    },
    body: Buffer.concat([Buffer.from(head), Buffer.from(args), Buffer.from('}}')]),
  });
  return lastMessage(await response.text());
}

/** A stateless client of one address. Requests that take longer than `patienceMs` fail. */
export class PlainClient {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  #ids = 0;

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.#url = url;
    this.#headers = headers;
  }

  /** One request. A tool's own error counts as a failure. Never rejects. */
  async ask(method: string, params: Json = {}, patienceMs = 20_000): Promise<Answered> {
    const began = performance.now();
    const name = params['name'] ?? params['uri'];
    const meta = {
      ...(params['_meta'] as Json | undefined),
      [`${META}protocolVersion`]: '2026-07-28',
      [`${META}clientInfo`]: { name: 'plain', version: '1' },
      [`${META}clientCapabilities`]: {},
    };
    this.#ids += 1;
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': method,
          ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
          ...this.#headers,
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: this.#ids, method, params: { ...params, _meta: meta } }),
        signal: AbortSignal.timeout(patienceMs),
      });
      const { result, error } = lastMessage(await response.text());
      const ms = performance.now() - began;
      if (error !== undefined) return { ok: false, ms, error };
      return { ok: result?.['isError'] !== true, ms, ...(result === undefined ? {} : { result }) };
    } catch (error) {
      return { ok: false, ms: performance.now() - began, error: { message: String(error) } };
    }
  }

  /** The names of the tools that are listed. */
  async tools(): Promise<readonly string[]> {
    const { result } = await this.ask('tools/list');
    return ((result?.['tools'] ?? []) as { name: string }[]).map(({ name }) => name);
  }

  /** Calls a tool. */
  async call(name: string, args: Json = {}): Promise<Answered> {
    return this.ask('tools/call', { name, arguments: args });
  }
}

/** The last message of an answer, plain or as a stream of events. */
export function lastMessage(text: string): { readonly result?: Json; readonly error?: Json } {
  if (!text.startsWith('event:') && !text.startsWith(':') && !text.startsWith('data:')) return JSON.parse(text) as Json;
  const events = text.split('\n').filter((line) => line.startsWith('data: '));
  return JSON.parse((events.at(-1) ?? '').slice('data: '.length)) as Json;
}
