/**
 * One start of the gateway, watched by a client that asks as soon as anybody listens.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const META = 'io.modelcontextprotocol/';
const PATIENCE_MS = 30_000;

const homes = [];

/** A new, empty home. */
export function freshHome() {
  const home = mkdtempSync(join(tmpdir(), 'hf-first-'));
  homes.push(home);
  mkdirSync(join(home, 'run'), { mode: 0o700 });
  return home;
}

/** Removes every home that was made. */
export function removeHomes() {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
}

/** A port that is free now. */
export function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

const isOpen = (port) =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });

/** A gateway that is being started. */
export class Gateway {
  #port;
  #child;
  #began;
  #said = '';
  #gone;

  constructor({ bin, home, port, servers }) {
    const config = join(home, 'servers.json');
    writeFileSync(config, JSON.stringify({ mcpServers: servers }));
    const env = { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: join(home, 'run'), LANG: 'C.UTF-8' };
    const args = ['serve', '--port', String(port), '--no-daemon', '--no-token', '--json', '--config', config];
    this.#port = port;
    this.#began = performance.now();
    this.#child = spawn(process.execPath, [bin, ...args], { cwd: home, env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.stderr.on('data', (chunk) => (this.#said += chunk));
    this.#gone = once(this.#child, 'exit').then(([code]) => {
      this.#port = undefined;
      return code;
    });
  }

  /** The first list that is answered at all, and when, in ms since the start of the process. */
  async firstList() {
    while (!(await isOpen(this.#alive()))) await pause(2);
    const tools = await this.#tools();
    return { ms: performance.now() - this.#began, tools };
  }

  /** The first list with all of these tools. */
  async listWith(names) {
    for (;;) {
      const { ms, tools } = await this.firstList();
      const listed = new Set(tools.map(({ name }) => name));
      if (names.every((name) => listed.has(name))) return { ms, tools };
      if (ms > PATIENCE_MS) throw new Error(`not listed: ${names.filter((name) => !listed.has(name)).join(' ')}`);
      await pause(10);
    }
  }

  async call(name, args) {
    return this.#post('tools/call', { name, arguments: args }).then((response) => this.#whole(response));
  }

  /** Listens for changes: `open` resolves when it is heard, `changed` when the tools have changed. */
  async listen() {
    const response = await this.#post('subscriptions/listen', { notifications: { toolsListChanged: true } });
    response.on('error', () => {});
    return {
      changed: new Promise((done) => {
        response.on('data', (chunk) => {
          if (String(chunk).includes('tools/list_changed')) done(true);
        });
      }),
    };
  }

  async end() {
    this.#child.kill('SIGTERM');
    await this.#gone;
  }

  #alive() {
    if (this.#port === undefined) throw new Error(`the gateway has ended: ${this.#said}`);
    return this.#port;
  }

  async #tools() {
    const { result } = await this.#post('tools/list', {}).then((response) => this.#whole(response));
    return result.tools;
  }

  async #whole(response) {
    const chunks = [];
    for await (const chunk of response) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    return JSON.parse(
      text.startsWith('{')
        ? text
        : text
            .split('\n')
            .findLast((line) => line.startsWith('data: '))
            .slice(6),
    );
  }

  #post(method, params) {
    const meta = {
      [`${META}protocolVersion`]: '2026-07-28',
      [`${META}clientInfo`]: { name: 'bench', version: '1' },
      [`${META}clientCapabilities`]: {},
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } });
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(params.name === undefined ? {} : { 'mcp-name': params.name }),
    };
    return new Promise((done, failed) => {
      const asking = request(
        { hostname: '127.0.0.1', port: this.#alive(), path: '/mcp', method: 'POST', headers },
        done,
      );
      asking.on('error', failed);
      asking.end(body);
    });
  }
}
