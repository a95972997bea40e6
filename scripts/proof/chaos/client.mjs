/**
 * A client of the gateway that numbers its requests as every other client does.
 *
 * @module
 */
import { Agent, request } from 'node:http';
import { VERSION } from './tool.mjs';

const META = 'io.modelcontextprotocol/';

const lastMessage = (text) => {
  if (text.startsWith('{')) return JSON.parse(text);
  const events = text.split('\n').filter((line) => line.startsWith('data: '));
  return JSON.parse(events.at(-1).slice('data: '.length));
};

/** One client of either era. Ids are 1, 2, 3 … */
export class Client {
  #agent = new Agent({ keepAlive: true });
  #session = undefined;
  #id = 0;

  constructor({ url, token, era }) {
    Object.assign(this, { url: new URL(url), token, era });
  }

  async open() {
    if (this.era === 'modern') return;
    const params = { protocolVersion: VERSION.legacy, capabilities: {}, clientInfo: { name: 'chaos', version: '1' } };
    const { headers } = await this.#post('initialize', params, {});
    this.#session = headers['mcp-session-id'];
    await this.#post('notifications/initialized', undefined, {}, true);
  }

  close() {
    this.#agent.destroy();
  }

  /** One request; the whole JSON-RPC response. */
  async ask(method, params = {}) {
    return (await this.#post(method, params, {})).message;
  }

  #post(method, params, extra, isNotification = false) {
    const id = isNotification ? undefined : (this.#id += 1);
    const modern = this.era === 'modern';
    const meta = {
      [`${META}protocolVersion`]: VERSION.modern,
      [`${META}clientInfo`]: { name: 'chaos', version: '1' },
      [`${META}clientCapabilities`]: {},
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params: modern ? { ...params, _meta: meta } : params });
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${this.token}`,
      'mcp-protocol-version': modern ? VERSION.modern : VERSION.legacy,
      ...(modern ? { 'mcp-method': method, ...(params.name === undefined ? {} : { 'mcp-name': params.name }) } : {}),
      ...(this.#session === undefined ? {} : { 'mcp-session-id': this.#session }),
      ...extra,
    };
    const { hostname, port, pathname: path } = this.url;
    return new Promise((resolve, reject) => {
      const asking = request({ hostname, port, path, method: 'POST', headers, agent: this.#agent }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          try {
            const message = text === '' ? undefined : lastMessage(text);
            const isOurs = message === undefined || message.id === id;
            if (isOurs) resolve({ message, headers: response.headers });
            else reject(new Error(`the answer to ${id} has the id ${message.id} (HTTP ${response.statusCode})`));
          } catch (error) {
            reject(error);
          }
        });
      });
      asking.on('error', reject);
      asking.end(body);
    });
  }
}
