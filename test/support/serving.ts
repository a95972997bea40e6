/**
 * `holdfast serve` as a process, and the client that started it.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { builtDist } from './build.ts';
import type { Place } from './cli.ts';

type Json = Record<string, unknown>;

/** How a served client is started. */
export interface ServeOptions {
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A running `serve`. */
export interface ServeProcess {
  readonly child: ChildProcess;
  /** Everything on stdout so far, in lines. */
  readonly lines: readonly string[];
  readonly stderr: () => string;
  /** Resolves with the exit code; -1 where a signal ended it. */
  readonly ended: Promise<number>;
  /** The next line of stdout that fits; rejects when the process ends first, or after `patienceMs`. */
  next(fits: (line: string) => boolean, patienceMs?: number): Promise<string>;
}

/** Starts `holdfast serve …` in a place. */
export async function startServe(place: Place, options: ServeOptions = {}): Promise<ServeProcess> {
  const dist = await builtDist();
  const child = spawn(process.execPath, [join(dist, 'bin.js'), 'serve', ...(options.args ?? [])], {
    cwd: options.cwd ?? place.project,
    env: { ...place.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {});
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let stderr = '';
  let over = false;
  const tell = (): void => {
    for (const look of waiting) look();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    tell();
  });
  child.stderr.on('data', (part: Buffer) => {
    stderr += part.toString();
  });
  const ended = new Promise<number>((resolve) => {
    child.once('close', (code) => {
      over = true;
      tell();
      resolve(code ?? -1);
    });
  });
  return {
    child,
    lines,
    stderr: () => stderr,
    ended,
    next: (fits, patienceMs = 20_000) =>
      new Promise((resolve, reject) => {
        let seen = 0;
        const done = (): void => {
          clearTimeout(timer);
          waiting.delete(look);
        };
        const look = (): void => {
          for (; seen < lines.length; seen += 1) {
            const line = lines[seen] ?? '';
            if (!fits(line)) continue;
            done();
            resolve(line);
            return;
          }
          if (!over) return;
          done();
          reject(new Error(`serve ended: ${stderr}`));
        };
        const timer = setTimeout(() => {
          done();
          reject(new Error(`nothing came within ${patienceMs} ms; stderr: ${stderr}`));
        }, patienceMs);
        waiting.add(look);
        look();
      }),
  };
}

const META = 'io.modelcontextprotocol/';

/** A client in lines, of one era. */
export class LineClient {
  readonly serve: ServeProcess;
  readonly #era: 'legacy' | 'modern';
  #ids = 0;

  constructor(serve: ServeProcess, era: 'legacy' | 'modern') {
    this.serve = serve;
    this.#era = era;
  }

  write(message: Json): void {
    this.serve.child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  /** Says hello, where its era does. */
  async begin(): Promise<this> {
    if (this.#era === 'modern') {
      await this.ask('server/discover');
      return this;
    }
    await this.ask('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'lines', version: '1' },
    });
    this.write({ method: 'notifications/initialized' });
    return this;
  }

  /** One request; the answer with its result or its error. Ids begin at 1 in every client. */
  async ask(method: string, params: Json = {}, patienceMs?: number): Promise<{ result?: Json; error?: Json }> {
    this.#ids += 1;
    const id = this.#ids;
    const meta = {
      [`${META}protocolVersion`]: '2026-07-28',
      [`${META}clientInfo`]: { name: 'lines', version: '1' },
      [`${META}clientCapabilities`]: {},
    };
    this.write({ id, method, params: this.#era === 'modern' ? { ...params, _meta: meta } : params });
    const isIt = (line: string): boolean => {
      const message = JSON.parse(line) as Json;
      return message['id'] === id && message['method'] === undefined;
    };
    return JSON.parse(await this.serve.next(isIt, patienceMs)) as { result?: Json; error?: Json };
  }

  /** Names of the tools; asked again until `wanted` is among them. */
  async tools(wanted?: string): Promise<readonly string[]> {
    for (let tries = 0; ; tries += 1) {
      const { result, error } = await this.ask('tools/list');
      if (error !== undefined) throw new Error(JSON.stringify(error));
      const names = ((result?.['tools'] ?? []) as { name: string }[]).map(({ name }) => name);
      if (wanted === undefined || names.includes(wanted) || tries > 50) return names;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** The text that `echo` of a server gives back. */
  async echo(tool: string, text: string): Promise<string> {
    return JSON.stringify(await this.ask('tools/call', { name: tool, arguments: { text } }));
  }

  /** Closes stdin and gives the exit code. */
  async end(): Promise<number> {
    this.serve.child.stdin?.end();
    return this.serve.ended;
  }
}
