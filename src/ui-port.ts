/**
 * Wires the page into the command line: the daemon's page, or one of this process.
 *
 * @module
 */
import { assembleConfig, assembleFleet, assembleView } from './assemble.ts';
import type { Base } from './assemble.ts';
import type { OpenedPage, PageNotice, PagePort, PageRequest } from './cli/context.ts';
import { HoldfastError } from './base/errors.ts';
import type { View } from './core/view.ts';
import type { Conversation, GatewayDaemon } from './daemon-port.ts';
import type { DaemonWorld } from './daemon-port.ts';
import { servePage } from './page-port.ts';
import type { PageAsk, PageLine } from './page-port.ts';
import { helperRunner } from './redeem.ts';

type Opening = Extract<PageLine, { readonly opening: unknown }>['opening'];

const askOf = ({ profile, ports, program, suffix }: PageRequest, view: View): PageAsk => ({
  kind: 'page',
  view: profile === undefined ? view : { ...view, profile },
  ports,
  program,
  suffix,
});

async function ownPage(base: Base, request: PageRequest): Promise<OpenedPage> {
  const config = await assembleConfig(base);
  const { files, profile } = request;
  const view = await assembleView(base, config, { files, ...(profile === undefined ? {} : { profile }) });
  const fleet = await assembleFleet(base, config, { kind: 'in-process', view, redeem: helperRunner(base) });
  try {
    // Its servers are brought up while the browser starts.
    await fleet.snapshots(view);
    const page = await servePage(base, fleet, askOf(request, view), request.onCode);
    return {
      origin: page.origin,
      port: page.port,
      owner: await fleet.owner(),
      opening: async (server) => page.opening(server),
      ended: new Promise(() => {}),
      close: async () => {
        await page.close();
        await fleet.close();
      },
    };
  } catch (error) {
    await fleet.close();
    throw error;
  }
}

/** The page of the daemon, over a channel of lines. */
function borrowedPage({ channel, answer, owner, fleet }: Conversation, onCode: PageRequest['onCode']): OpenedPage {
  const { origin, port } = answer['page'] as { readonly origin: string; readonly port: number };
  const waiting: ((opening: Opening) => void)[] = [];
  channel.onLine((line) => {
    const said = JSON.parse(line) as PageLine;
    if ('code' in said) onCode(said.code satisfies PageNotice);
    else if ('opening' in said) waiting.shift()?.(said.opening);
  });
  const gone = new HoldfastError('ERR_DAEMON_UNREACHABLE', 'the daemon has gone, and the page with it', {
    hint: 'Run the command again.',
  });
  return {
    origin,
    port,
    owner,
    opening: (server) =>
      new Promise((resolve, reject) => {
        waiting.push(resolve);
        channel.onEnd(() => reject(gone));
        channel.send(JSON.stringify({ open: true, ...(server === undefined ? {} : { server }) }));
      }),
    ended: new Promise((resolve) => {
      channel.onEnd(() => resolve(gone));
    }),
    close: async () => {
      await new Promise<void>((resolve) => {
        channel.onEnd(resolve);
        channel.end();
      });
      await fleet.close();
    },
  };
}

async function conversationOf(daemon: GatewayDaemon, request: PageRequest): Promise<Conversation | undefined> {
  const { files, owner } = request;
  if (owner === 'own') return undefined;
  const ask = (view: View): PageAsk => askOf(request, view);
  if (owner === 'start') return daemon.converse(ask, { start: true, files });
  const running = await daemon.connect();
  await running?.fleet.close();
  return running === undefined ? undefined : daemon.converse(ask, { start: false, files });
}

/** The page of this user, for the command line. */
export function pagePort(base: Base, world: DaemonWorld): PagePort {
  return {
    async open(request) {
      const read = async (files: readonly string[]): Promise<View> =>
        assembleView(base, await assembleConfig(base), { files });
      const daemon = (await import('./daemon-port.ts')).daemonPort(base, world, read);
      const conversation = await conversationOf(daemon, request);
      return conversation === undefined ? ownPage(base, request) : borrowedPage(conversation, request.onCode);
    },
  };
}
