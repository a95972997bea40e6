/**
 * Every row of the answer table made real: a server, a process or a port that answers like that; where no machine can be
 * made to, a socket that fails so, or a connector that tells it.
 *
 * @module
 */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTls } from 'node:https';
import { createServer as createSocketServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import type { Answer, Challenge } from '../../src/core/fault.ts';
import type { NumberOverrides } from '../../src/core/numbers.ts';
import {
  hang,
  html,
  mcpServer,
  mountSignIn,
  startBrokenPort,
  startRefusingPort,
  status,
} from '../../src/testing/index.ts';
import type { Behaviour, FaultServer } from '../../src/testing/index.ts';
import { selfSignedCertificate } from '../../src/testing/self-signed.ts';
import { contextOf } from '../spec/fault-table.ts';
import type { FaultRow } from '../spec/fault-table.ts';

/** Where rows are replayed. */
export interface ReplayWorld {
  readonly servers: FaultServer;
  /** A folder for programs. */
  readonly folder: string;
  /** Path of the scriptable stdio server. */
  readonly stdio: string;
  /** What has to be closed at the end. */
  readonly closers: (() => Promise<void> | void)[];
}

/** How close to the real thing a replay is. */
export type Replay =
  /** A real server, port or process answers like that. */
  | { readonly kind: 'real'; readonly entry: ReplayEntry; readonly token?: boolean }
  /** The socket under the transport fails so. */
  | { readonly kind: 'socket'; readonly errno: string; readonly viaProxy: boolean }
  /** The connector tells it: no program can be made to fail like that. */
  | { readonly kind: 'connector'; readonly answer: Answer };

/** An entry as it stands in a file, with numbers of its own where the row needs them. */
export type ReplayEntry = object & { readonly holdfast?: NumberOverrides };

type Maker = (world: ReplayWorld, path: string) => Promise<ReplayEntry> | ReplayEntry;

const bearerText = ({ scheme, params }: Challenge): string =>
  `${scheme.replace(/^./, (first) => first.toUpperCase())} ${Object.entries(params)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`;

async function listen(world: ReplayWorld, server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  world.closers.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const at = (port: number, scheme: 'http' | 'https' = 'http'): object => ({
  type: 'http',
  url: `${scheme}://127.0.0.1:${port}/mcp`,
});

async function port(world: ReplayWorld, starting: ReturnType<typeof startRefusingPort>): Promise<object> {
  const made = await starting;
  world.closers.push(() => made.close());
  return { type: 'http', url: made.url };
}

const selfSigned =
  (expired: boolean): Maker =>
  async (world) =>
    at(await listen(world, createTls(selfSignedCertificate(Date.now(), expired))), 'https');

const headerless: Maker = async (world) =>
  at(
    await listen(
      world,
      createSocketServer((socket) => void socket.once('data', () => socket.end('this is no HTTP\r\n\r\n'))),
    ),
  );

/** Sockets that a machine can be made to have. */
const REAL_ERRNOS: Readonly<Record<string, Maker>> = {
  ECONNREFUSED: (world) => port(world, startRefusingPort()),
  ECONNRESET: (world) => port(world, startBrokenPort('reset')),
  UND_ERR_SOCKET: async (world) =>
    at(
      await listen(
        world,
        createSocketServer((socket) => void socket.once('data', () => socket.end())),
      ),
    ),
  ENOTFOUND: () => ({ type: 'http', url: `http://${'x'.repeat(64)}.invalid/mcp` }),
  HPE_INVALID_CONSTANT: headerless,
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned(false),
  CERT_HAS_EXPIRED: selfSigned(true),
  EPROTO: async (world) =>
    at(
      await listen(
        world,
        createServer((_, response) => void response.end()),
      ),
      'https',
    ),
  UND_ERR_HEADERS_OVERFLOW: async (world) =>
    at(
      await listen(
        world,
        createServer((_, response) => {
          for (let index = 0; index < 40; index += 1) response.setHeader(`x-${index}`, 'y'.repeat(1_000));
          response.end();
        }),
      ),
    ),
};

const program =
  (name: string, content: string, mode: number): Maker =>
  async ({ folder }) => {
    const path = join(folder, name);
    await writeFile(path, content);
    await chmod(path, mode);
    return { command: path };
  };

/** Commands that a machine can be made to refuse. */
const REAL_SPAWNS: Readonly<Record<string, Maker>> = {
  ENOENT: () => ({ command: 'no-such-program-anywhere' }),
  ENOTDIR: () => ({ command: '/etc/passwd/program' }),
  EACCES: program('not-executable', 'echo\n', 0o644),
  EISDIR: async ({ folder }) => {
    await mkdir(join(folder, 'a-folder'), { recursive: true });
    return { command: join(folder, 'a-folder') };
  },
};

function exits(answer: Extract<Answer, { kind: 'exit' }>): Maker {
  const { code, signal } = answer.exit;
  if (signal !== null) return () => ({ command: '/bin/sh', args: ['-c', `kill -${signal.replace('SIG', '')} $$`] });
  return ({ stdio }) => ({
    command: process.execPath,
    args: [stdio, '--crash-at-start', '--exit-code', String(code)],
  });
}

function httpBehaviour({ answer }: FaultRow & { readonly answer: Extract<Answer, { kind: 'http' }> }): Behaviour {
  const { status: code, challenges, retryAfterMs, location } = answer;
  const headers = {
    ...(challenges.length === 0 ? {} : { 'www-authenticate': challenges.map(bearerText).join(', ') }),
    ...(retryAfterMs === undefined ? {} : { 'retry-after': String(retryAfterMs / 1_000) }),
    ...(location === undefined ? {} : { location }),
  };
  return status(code, { headers, ...(code === 204 ? { body: '' } : {}) });
}

/** What the entry sends beside its url. */
function sends(row: FaultRow): object {
  const { sent } = contextOf(row);
  if (sent === 'headers') return { headers: { 'X-Key': 'a-key-of-the-replay' } };
  return sent === 'helper' ? { headersHelper: `echo '{"X-Key":"a-key-of-the-replay"}'` } : {};
}

function http(row: FaultRow & { readonly answer: Extract<Answer, { kind: 'http' }> }): Maker {
  const { offersOAuth, sent } = contextOf(row);
  const named = row.answer.challenges.some(({ params }) => params['resource_metadata'] !== undefined);
  return ({ servers }, path) => {
    // Offered by nothing but the documents at the well-known addresses.
    if (offersOAuth && sent === 'none' && !named)
      return {
        type: 'http',
        url: mountSignIn(servers, path, { challenge: 'bare', refusal: row.answer.status === 403 ? 403 : 401 }).url,
      };
    return { type: 'http', url: servers.mount(path, httpBehaviour(row)).url, ...sends(row) };
  };
}

const mounted =
  (behaviour: Parameters<FaultServer['mount']>[1], numbers: NumberOverrides = {}): Maker =>
  ({ servers }, path) => ({ type: 'http', url: servers.mount(path, behaviour).url, holdfast: numbers });

/** What makes the row real; `undefined` where nothing can. */
function makerOf(row: FaultRow): Maker | undefined {
  const { answer } = row;
  switch (answer.kind) {
    case 'http':
      return http({ ...row, answer });
    case 'timeout':
      return mounted(hang(), { connectTimeoutMs: 1_500, eraProbeMs: 500 });
    case 'not-mcp':
      return mounted(html(answer.status));
    case 'protocol':
      return mounted(
        status(200, { headers: { 'content-type': 'application/json' }, body: '{"jsonrpc":"2.0","result":{}}' }),
      );
    case 'version':
      return mounted(mcpServer({ era: 'modern', modernVersions: ['2099-01-01'] }));
    case 'network':
      return answer.viaProxy === true ? undefined : REAL_ERRNOS[answer.errno];
    case 'spawn':
      return REAL_SPAWNS[answer.errno];
    case 'exit':
      return exits(answer);
  }
}

/** How a row is replayed; `undefined` where it is not, which is a fault of this file. */
export async function replayOf(row: FaultRow, path: string, world: ReplayWorld): Promise<Replay | undefined> {
  const maker = makerOf(row);
  const { answer } = row;
  if (maker !== undefined)
    return { kind: 'real', entry: await maker(world, path), ...(contextOf(row).tokenHeld ? { token: true } : {}) };
  if (answer.kind === 'network') return { kind: 'socket', errno: answer.errno, viaProxy: answer.viaProxy === true };
  return answer.kind === 'spawn' ? { kind: 'connector', answer } : undefined;
}
