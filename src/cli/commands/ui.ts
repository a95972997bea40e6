/**
 * `ui`: the page in a browser, for as long as the command runs; its codes are shown here.
 *
 * @module
 */
import { messageOf } from '../../base/errors.ts';
import { safeLine } from '../../base/safe-text.ts';
import { APPROVAL_LINE } from '../../core/telling.ts';
import type { Args, Command } from '../command.ts';
import type { Context, OpenedPage, PageNotice, PageRequest } from '../context.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { outJson } from '../record.ts';
import { isCi, ownershipFor } from '../session.ts';
import { canOpenBrowser, shellKind } from '../sign-in/shell-place.ts';
import { PAGE_PORT } from '../table/ui.ts';
import { shortDuration } from '../text/duration.ts';
import { styleOf } from '../text/style.ts';

const PORTS = 10;
const HIGHEST_PORT = 65_535;

function requestOf(args: Args, context: Context, io: Io): PageRequest {
  const port = args.number('port');
  if (port !== undefined && port > HIGHEST_PORT) throw usageError(`--port is at most ${HIGHEST_PORT}`);
  const facts = { noDaemon: args.flag('no-daemon'), ci: isCi(context.ports.env), isTTY: io.isTTY || io.errIsTTY };
  return {
    owner: ownershipFor(facts),
    files: context.files,
    profile: context.profile,
    program: context.ports.program,
    suffix: context.typed('').slice(context.ports.program.length).trimEnd().replace(/^ +/, ' '),
    ports: port === undefined ? Array.from({ length: PORTS }, (_, index) => PAGE_PORT + index) : [port],
    onCode: (notice) => tellCode(notice, io),
  };
}

/** What is agreed to is shown whole beside the code: the page alone is not to be believed. */
function tellCode({ code, what, lines, validMs }: PageNotice, io: Io): void {
  const style = styleOf(io);
  io.err('');
  io.err(`The page asks to ${safeLine(what, 200)}:`);
  for (const line of lines) io.err(`  ${safeLine(line, APPROVAL_LINE)}`);
  io.err(
    `Only if that is what you want, type this code there: ${style.bold(code)}  (good for ${shortDuration(validMs)})`,
  );
}

async function browse(url: string, args: Args, context: Context): Promise<boolean> {
  const { env, machine, openUrl } = context.ports;
  if (args.flag('print') || context.noInput || context.json) return false;
  return canOpenBrowser(shellKind(env, machine), env, machine.platform) && openUrl(url);
}

const takesEnter = ({ noInput, json }: Context, io: Io): boolean => io.stdinIsTTY && io.errIsTTY && !noInput && !json;

function tell(
  page: OpenedPage,
  about: { readonly url: string; readonly isOpen: boolean },
  context: Context,
  io: Io,
): void {
  const { url, isOpen } = about;
  if (context.json) {
    outJson({ schema: 'ui/v1', url, origin: page.origin, port: page.port, owner: page.owner }, io);
    return;
  }
  if (isOpen) io.err(`The page is open in your browser: ${page.origin}`);
  else {
    io.out(url);
    io.err('  The address opens the page once, within a minute.');
  }
  const kind = shellKind(context.ports.env, context.ports.machine);
  if (kind === 'ssh')
    io.err(`  From your own machine: ssh -L ${page.port}:127.0.0.1:${page.port} ${context.ports.machine.hostname()}`);
  io.err('  It stays while this command runs, and its codes are shown here. Ctrl-C closes it.');
  if (takesEnter(context, io)) io.err('  Enter: a new address for another browser.');
}

/** Gives a new opening address for every Enter, until the person interrupts. */
async function reopen(page: OpenedPage, server: string | undefined, context: Context, io: Io): Promise<undefined> {
  for (;;) {
    const typed = await io.hidden({ signal: context.signal });
    if (typed.kind === 'interrupted') return undefined;
    if (typed.kind === 'ended') return new Promise(() => {});
    const { url } = await page.opening(server);
    io.out(url);
  }
}

export const ui: Command = async (args, context, io): Promise<ExitCode> => {
  const server = args.words[0];
  const port = await context.ports.page();
  const page = await port.open(requestOf(args, context, io));
  try {
    const { url } = await page.opening(server);
    tell(page, { url, isOpen: await browse(url, args, context) }, context, io);
    const interrupted = new Promise<undefined>((done) => {
      if (context.signal.aborted) done(undefined);
      context.signal.addEventListener('abort', () => done(undefined), { once: true });
    });
    const ways = [page.ended, interrupted];
    if (takesEnter(context, io)) ways.push(reopen(page, server, context, io));
    const reason = await Promise.race(ways);
    if (reason === undefined) return EXIT.ok;
    io.err(`holdfast: ${messageOf(reason)}`);
    return EXIT.failed;
  } finally {
    await page.close();
  }
};
