/**
 * `menu`: hands the menu its world: the fleet, the browser and the editor as the command line reaches them.
 *
 * @module
 */
import { wantsAscii } from '../ascii.ts';
import type { Command } from '../command.ts';
import type { Context, MenuAsk, MenuFleet } from '../context.ts';
import { editorOf, editorWords } from '../editor-words.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import { canOpenBrowser, forwardingText, shellKind, whereText } from '../sign-in/shell-place.ts';

/** The fleet of a new session, so that a daemon that went away can be joined again. */
async function fleetOf(context: Context, noDaemon: boolean, starts: boolean): Promise<MenuFleet | undefined> {
  const { files, profile, ports } = context;
  const session = context.along({ files, noDaemon });
  const inner = session.context;
  const joined = await inner.running();
  if (!starts && joined === undefined) {
    await session.close();
    return undefined;
  }
  const fleet = await inner.fleet();
  let isFirst = true;
  const again = async (): Promise<Awaited<ReturnType<Context['view']>>> => {
    // Another list of files, because the port remembers what it made for this one.
    const lives = joined !== undefined && !joined.outdated;
    const view = await (lives ? joined.view([...files]) : ports.view(files));
    return profile === undefined ? view : { ...view, profile };
  };
  return {
    fleet,
    owner: await inner.owner(),
    view: () => {
      const first = isFirst;
      isFirst = false;
      return first ? inner.view() : again();
    },
    ...(joined?.notLoaded === undefined ? {} : { notLoaded: joined.notLoaded }),
    close: () => session.close(),
  };
}

function noBrowserText(context: Context): string | undefined {
  const { env, machine } = context.ports;
  if (context.noInput) return 'Open the address in a browser.';
  const kind = shellKind(env, machine);
  if (canOpenBrowser(kind, env, machine.platform)) return undefined;
  return `No browser can be opened from here (${whereText(kind)}). Open the address where you have one.`;
}

function askOf(
  context: Context,
  about: { readonly ascii: boolean; readonly color: boolean; readonly noDaemon: boolean },
): MenuAsk {
  const { ports, noInput, place } = context;
  const { env, machine } = ports;
  const noBrowser = noBrowserText(context);
  const kind = shellKind(env, machine);
  const opening = async (): Promise<MenuFleet> => {
    const found = await fleetOf(context, about.noDaemon, true);
    if (found === undefined) throw usageError('no fleet can be opened');
    return found;
  };
  // The daemon is asked while the menu is still being loaded.
  let begun: Promise<MenuFleet> | undefined = opening();
  begun.catch(() => undefined);
  const suffix = context.typed('').slice(`${ports.program} `.length);
  return {
    ascii: about.ascii,
    color: about.color,
    place,
    program: ports.program,
    suffix,
    ...(noBrowser === undefined ? {} : { noBrowser }),
    remoteShell: kind !== 'local',
    open: () => {
      const opened = begun;
      begun = undefined;
      return opened ?? opening();
    },
    join: () => fleetOf(context, about.noDaemon, false),
    openUrl: (url) => (noInput ? Promise.resolve(false) : ports.openUrl(url)),
    forwarding: (redirectUri) => forwardingText(kind, redirectUri, { env, hostname: machine.hostname() }),
    edit: (file, line) => {
      const { command, args } = editorWords(editorOf(env), file, line);
      return ports.edit(command, args);
    },
  };
}

export const menu: Command = async (args, context, io) => {
  if (!io.isTTY || !io.stdinIsTTY || !io.animate || context.json)
    throw usageError(
      'the menu needs a terminal',
      `Type instead: ${context.typed('status')} (with --watch it stays, with --json scripts read it)`,
    );
  const noDaemon = args.flag('no-daemon');
  const ascii = args.flag('ascii') || wantsAscii(context.ports.env);
  // Terminals of that family have no colours.
  const color = io.color && !/^vt\d/.test(context.ports.env['TERM'] ?? '');
  const end = await context.ports.menu(askOf(context, { ascii, color, noDaemon }));
  return end === 'quit' ? EXIT.ok : EXIT.interrupted;
};
