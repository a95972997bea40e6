/**
 * Wires the page into the owner of a fleet: it listens for as long as the command stands that asked for it, and its
 * codes are shown in the terminal of that command.
 *
 * @module
 */
import { readFile, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { assembleConfig } from './assemble.ts';
import type { Base } from './assemble.ts';
import { pageCommand } from './page-command.ts';
import type { ConfigPort } from './core/config-model.ts';
import type { Fleet } from './core/fleet.ts';
import { loginPlaceOf } from './core/login-place.ts';
import type { LoginPlace } from './core/login-place.ts';
import type { View } from './core/view.ts';
import type { Channel } from './daemon/channel.ts';
import { VERSION } from './version.ts';
import type { Asset } from './web/deps.ts';
import type { TerminalNotice } from './web/guard/terminal-codes.ts';
import { listenPage } from './web/listen.ts';
import type { ListeningPage } from './web/listen.ts';

/** The first line of a channel: a page, until the channel ends. The answer is one line: `{"page": {…}}` or `{"error": {…}}`. */
export interface PageAsk {
  readonly kind: 'page';
  readonly view: View;
  /** The first of them that is free is taken; 0 = any. */
  readonly ports: readonly number[];
  /** How the person types this program. */
  readonly program: string;
  /** Goes after every command that the person is told to type: `--config FILE`, `--profile NAME`. */
  readonly suffix: string;
}

/** A line of the command: a further opening address. The answer is `{"opening": {…}}`. */
export interface OpenAsk {
  readonly open: true;
  readonly server?: string;
}

/** A line of the owner. */
export type PageLine =
  | { readonly page: { readonly origin: string; readonly port: number } }
  | { readonly opening: { readonly url: string; readonly validMs: number } }
  | { readonly code: TerminalNotice };

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The files beside the documents. A build for tests lies one folder deeper than the package's own. */
async function readAssets(dist: string): Promise<ReadonlyMap<string, Asset>> {
  const near = join(dist, '..', 'assets', 'page');
  const folder =
    (await readdir(near).catch(() => undefined)) === undefined ? join(dist, '..', '..', 'assets', 'page') : near;
  const names = (await readdir(folder)).filter((name) => TYPES[extname(name)] !== undefined);
  const read = names.map(async (name): Promise<readonly [string, Asset]> => [
    name,
    { type: TYPES[extname(name)] ?? '', text: await readFile(join(folder, name), 'utf8') },
  ]);
  return new Map(await Promise.all(read));
}

/** Where the logins of a server lie. What waits for approval is not expanded. */
async function placeOfName(config: ConfigPort, view: View, name: string): Promise<LoginPlace | undefined> {
  const { servers } = await config.load(view);
  const server = servers.find((one) => one.name === name);
  const isAgreed = server?.approval.state === 'approved' || server?.approval.state === 'not-needed';
  if (server === undefined || !isAgreed || server.problem !== undefined) return undefined;
  return loginPlaceOf(await config.resolve(server, view));
}

/** Listens. Errors: `ERR_USAGE` where no port is free. */
export async function servePage(
  base: Base,
  fleet: Fleet,
  ask: PageAsk,
  show: (notice: TerminalNotice) => void,
): Promise<ListeningPage> {
  const { clock, logger, host } = base;
  const [config, assets] = await Promise.all([assembleConfig(base), readAssets(host.dist)]);
  const { view, program, suffix, ports } = ask;
  const commandOf = async (name: string): Promise<string | undefined> => {
    const { servers } = await config.load(view);
    const endpoint = servers.find((one) => one.name === name)?.entry?.endpoint;
    return endpoint?.kind === 'stdio' ? pageCommand([endpoint.command, ...endpoint.args]) : undefined;
  };
  return listenPage(
    {
      fleet,
      config,
      commandOf,
      loginPlaceOf: (name) => placeOfName(config, view, name),
      view,
      clock,
      logger,
      version: VERSION,
      program,
      suffix,
      assets,
      show,
    },
    ports,
  );
}

/** Serves what a command of another process asks for, until its channel ends. Resolves with what takes its later lines. */
export async function servePageTo(
  base: Base,
  fleet: Fleet,
  channel: Channel,
  ask: PageAsk,
): Promise<(line: string) => void> {
  const say = (line: PageLine): void => channel.send(JSON.stringify(line));
  const page = await servePage(base, fleet, ask, (code) => say({ code }));
  channel.onEnd(() => void page.close());
  say({ page: { origin: page.origin, port: page.port } });
  return (line) => {
    const { server } = JSON.parse(line) as OpenAsk;
    say({ opening: page.opening(server) });
  };
}
