/**
 * `serve`: all servers as one MCP server, on stdin and stdout or over HTTP on this machine.
 *
 * @module
 */
import { resolve } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { Args, Command } from '../command.ts';
import type { Context, GatewayOwner, GatewayRequest, ListeningGateway, ListenRequest } from '../context.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { outJson } from '../record.ts';
import { summaryOf } from '../render/summary.ts';
import { isCi, ownershipFor } from '../session.ts';
import { GATEWAY_PORT } from '../table/gateway.ts';
import { shortPath } from '../text/shell.ts';

/** Ports that are tried where none was named. */
const PORTS = 10;
const HIGHEST_PORT = 65_535;
const LOOK_MS = 1_000;
const LISTEN_ONLY = ['port', 'host', 'allow-host', 'allow-origin'];

function projectOf(args: Args, context: Context, io: Io): { readonly project?: string } {
  const project = args.text('project');
  if (project === undefined) return {};
  // A client that does not know its own variables passes them as they are.
  if (project.includes('${')) {
    io.err(`holdfast: the client did not fill in ${project}; the working folder is used`);
    return {};
  }
  return { project: resolve(context.place.cwd, project) };
}

/** With `--stdio` a client starts this again and again, so a daemon is started without a terminal, too. */
function ownerOf(args: Args, context: Context, io: Io): GatewayOwner {
  const facts = { noDaemon: args.flag('no-daemon'), ci: isCi(context.ports.env) };
  return ownershipFor({ ...facts, isTTY: args.flag('stdio') || io.isTTY });
}

function requestOf(args: Args, context: Context, io: Io): GatewayRequest {
  return {
    owner: ownerOf(args, context, io),
    files: context.files,
    profile: context.profile,
    say: (text) => io.err(`holdfast: ${text}`),
    ...projectOf(args, context, io),
  };
}

async function overLines(args: Args, context: Context, io: Io): Promise<ExitCode> {
  const odd = LISTEN_ONLY.find((name) => args.texts(name).length > 0);
  if (odd !== undefined || args.flag('no-token'))
    throw usageError(`--${odd ?? 'no-token'} is for listening over HTTP, without --stdio`);
  if (io.stdinIsTTY) {
    io.err('holdfast: MCP is spoken here on stdin and stdout, by a client that starts this command.');
    io.err(`  ${context.ports.program} install --into CLIENT puts it into a client's file. Ctrl-C ends it.`);
  }
  const server = args.text('server');
  const gateway = await context.ports.gateway();
  await gateway.lines({ ...requestOf(args, context, io), ...(server === undefined ? {} : { server }) });
  return EXIT.ok;
}

function listenRequest(args: Args, context: Context, io: Io): ListenRequest {
  const port = args.number('port');
  if (port !== undefined && port > HIGHEST_PORT) throw usageError(`--port is at most ${HIGHEST_PORT}`);
  if (args.text('server') !== undefined)
    throw usageError('--server goes with --stdio', 'Over HTTP every server has an address of its own: /mcp/NAME.');
  const origins = args.texts('allow-origin');
  const bad = origins.find((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin);
  if (bad !== undefined)
    throw usageError(`--allow-origin ${bad} is no origin`, 'Give scheme, host and port only: https://app.example.');
  const address = args.text('host');
  return {
    ...requestOf(args, context, io),
    ports: port === undefined ? Array.from({ length: PORTS }, (_, index) => GATEWAY_PORT + index) : [port],
    hosts: args.texts('allow-host'),
    origins,
    open: args.flag('no-token'),
    ...(address === undefined ? {} : { address }),
  };
}

function tell(
  gateway: ListeningGateway,
  request: ListenRequest,
  on: { readonly context: Context; readonly io: Io; readonly tokenPath: string },
): void {
  const { context, io, tokenPath } = on;
  const { url, port, owner } = gateway;
  if (context.json) {
    outJson(
      { schema: 'serve/v1', url, port, address: gateway.address, owner, tokenFile: request.open ? null : tokenPath },
      io,
    );
    return;
  }
  io.out(url);
  io.err(`  all servers: ${url}   one alone: ${url}/NAME`);
  const { origin } = new URL(url);
  io.err(`  to watch it: ${origin}/healthz   ${origin}/metrics`);
  if (request.open)
    io.err('  No token is asked for: every program of this machine, whoever runs it, can use your servers.');
  else {
    io.err(
      `  Clients send the header "Authorization: Bearer TOKEN"; the token is in ${shortPath(tokenPath, context.place)}:`,
    );
    io.err(`    export HOLDFAST_TOKEN="$(${context.ports.program} token show)"`);
  }
  if (port !== request.ports[0] && request.ports[0] !== 0)
    io.err(`  Port ${request.ports[0]} is taken, so this is ${port}.`);
  if (request.address === '0.0.0.0' || request.address === '::')
    io.err('  Other machines reach it only by names given with --allow-host, and the token travels unencrypted.');
  const whose = owner.kind === 'daemon' ? `of the daemon, pid ${owner.pid}` : 'of this process';
  io.err(`  The connections are those ${whose}. Ctrl-C ends the listener.`);
}

/** Tells how the servers stand, again when it has changed. */
async function follow(gateway: ListeningGateway, context: Context, io: Io): Promise<void> {
  let told = '';
  while (!context.signal.aborted) {
    const now = await gateway.servers().catch((): readonly Snapshot[] => []);
    const line = now.length === 0 ? told : summaryOf(now);
    if (line !== told) io.err(line);
    told = line;
    await context.clock.sleep(LOOK_MS, context.signal).catch(() => undefined);
  }
}

async function overHttp(args: Args, context: Context, io: Io): Promise<ExitCode> {
  const request = listenRequest(args, context, io);
  const port = await context.ports.gateway();
  const gateway = await port.listen(request);
  try {
    tell(gateway, request, { context, io, tokenPath: port.tokenPath });
    const interrupted = new Promise<undefined>((done) => {
      if (context.signal.aborted) done(undefined);
      context.signal.addEventListener('abort', () => done(undefined), { once: true });
    });
    if (!context.json) void follow(gateway, context, io);
    const reason = await Promise.race([gateway.ended, interrupted]);
    if (reason === undefined) return EXIT.ok;
    io.err(`holdfast: the listener has ended: ${messageOf(reason)}`);
    return EXIT.failed;
  } finally {
    await gateway.close();
  }
}

export const serve: Command = (args, context, io) =>
  args.flag('stdio') ? overLines(args, context, io) : overHttp(args, context, io);
