/**
 * Wires the gateway into the command line: a bridge or a listener in front of the daemon's connections, or of this
 * process's own.
 *
 * @module
 */
import { assembleConfig, assembleFleet, assembleView } from './assemble.ts';
import type { Base } from './assemble.ts';
import { safeLine } from './base/safe-text.ts';
import type { GatewayPort, GatewayRequest } from './cli/context.ts';
import type { View } from './core/view.ts';
import { gatewayToken } from './gateway-port.ts';
import { helperRunner } from './redeem.ts';
import { listenAs } from './serve-http.ts';
import type { ServeWorld, Source } from './serve-source.ts';
import { serveStdio } from './serve-stdio.ts';
import { createFiles } from './system/files.ts';
import { attachWebhooks } from './webhooks-port.ts';

async function ownFleet(base: Base, { files, profile }: GatewayRequest): ReturnType<Source['own']> {
  const config = await assembleConfig(base);
  const view = await assembleView(base, config, { files, ...(profile === undefined ? {} : { profile }) });
  const fleet = await assembleFleet(base, config, {
    kind: 'in-process',
    view,
    relays: true,
    redeem: helperRunner(base),
  });
  attachWebhooks(base, fleet, files);
  return { fleet, view };
}

async function sourceOf(base: Base, world: ServeWorld, request: GatewayRequest): Promise<Source> {
  const { project, owner } = request;
  if (project !== undefined && (await createFiles(base).real(project)) === undefined)
    request.say(`there is no folder ${safeLine(project, 400)} (--project): no server of a project is found from there`);
  const there: Base = project === undefined ? base : { ...base, host: { ...base.host, cwd: project } };
  const read = async (files: readonly string[]): Promise<View> =>
    assembleView(there, await assembleConfig(there), { files });
  const daemon = (await import('./daemon-port.ts')).daemonPort(there, world, read);
  const running = owner === 'join' ? await daemon.connect() : undefined;
  await running?.fleet.close();
  const whose = owner === 'start' || running !== undefined ? 'daemon' : 'own';
  return { base: there, daemon, whose, own: () => ownFleet(there, request) };
}

/** The gateway of this user, for the command line. */
export function gatewayPort(base: Base, world: ServeWorld): GatewayPort {
  const token = gatewayToken(base);
  return {
    lines: async (request) => serveStdio(await sourceOf(base, world, request), world, request),
    listen: async (request) => listenAs(await sourceOf(base, world, request), request),
    tokenPath: token.path,
    token: async () => (await token.token()).reveal(),
    rotate: async () => void (await token.rotate()),
  };
}
