/**
 * Does what `update` asks for, and tells what came of it.
 *
 * @module
 */
import { HoldfastError, messageOf } from '../../base/errors.ts';
import type { Command, Msg } from '../state/messages.ts';
import type { FactKind, Facts, Model } from '../state/model.ts';
import { copySequence } from '../terminal/modes.ts';
import type { Screen } from '../terminal/screen.ts';
import { ACTS } from './acts.ts';
import type { MenuPorts } from './ports.ts';
import { SignIns } from './sign-ins.ts';
import type { Side } from './sign-ins.ts';

/** What commands are done with. */
export interface Hands {
  readonly ports: MenuPorts;
  readonly screen: Screen;
  readonly hear: (msg: Msg) => void;
  readonly model: () => Model;
  /** Throws where there is no fleet now. */
  readonly side: () => Promise<Side>;
  readonly quit: () => void;
  /** Opens the fleet again. */
  readonly reopen: () => void;
}

const COPIED = 'Copied, where this terminal lets programs copy (OSC 52); w shows the address to mark it.';

type Does = { readonly [K in Command['kind']]: (command: Extract<Command, { readonly kind: K }>) => Promise<void> };

/** The commands that are about the terminal alone. */
function onTerminal({
  screen,
  ports,
  hear,
  quit,
}: Hands): Pick<Does, 'quit' | 'suspend' | 'redraw' | 'copy' | 'show-plain' | 'edit'> {
  return {
    quit: async () => quit(),
    suspend: async () => screen.suspend(),
    redraw: async () => screen.forget(),
    async copy({ text }) {
      screen.send(copySequence(text, ports.terminal));
      hear({ kind: 'said', level: 'good', text: COPIED });
    },
    'show-plain': ({ text }) =>
      screen.lend(() => {
        ports.tty.write(`\r\n${text}\r\n\r\nEnter goes back to the menu. `);
        return ports.tty.line();
      }),
    async edit({ name, file, line }) {
      if (file === '') throw new HoldfastError('ERR_USAGE', 'the entry was given in code, there is no file to edit');
      const code = await screen.lend(() => ports.edit(file, line));
      if (code !== 0)
        throw new HoldfastError('ERR_USAGE', `the editor ended with code ${code}`, {
          hint: 'Set EDITOR to the one you want.',
        });
      const text = `${name}: edited; a changed entry is contacted anew by itself.`;
      hear({ kind: 'said', level: 'good', text });
    },
  };
}

function onSignIns(
  { model, side }: Hands,
  signIns: SignIns,
): Pick<Does, 'begin-login' | 'open-browser' | 'paste' | 'cancel-login'> {
  return {
    'begin-login': async ({ name, stepUp }) =>
      signIns.begin({ name, stepUp }, await side(), () =>
        model().screens.some((screen) => screen.kind === 'sign-in' && screen.name === name),
      ),
    'open-browser': ({ flow, url }) => signIns.open(flow, url),
    paste: async ({ flow, text }) => signIns.paste(flow, text, await side()),
    'cancel-login': async ({ name, flow }) => signIns.cancel(name, flow, await side()),
  };
}

function onFleet({
  hear,
  side,
  reopen,
}: Hands): Pick<Does, 'act' | 'approve' | 'ask-approval' | 'ask-doctor' | 'ask-facts' | 'open-link'> {
  return {
    async act({ name, action }) {
      const { fleet, view } = await side();
      const report = await ACTS[action]?.(fleet, name, view);
      if (report !== undefined) hear({ kind: 'did', name, report });
    },
    async approve({ name, hash }) {
      const { fleet, view } = await side();
      hear({ kind: 'did', name, report: await fleet.approve(name, hash, view) });
    },
    async 'ask-approval'({ name }) {
      const { fleet, view } = await side();
      hear({ kind: 'approval', name, about: await fleet.approval(name, view) });
    },
    async 'ask-doctor'({ name }) {
      const { fleet, view } = await side();
      hear({ kind: 'doctor', name, found: await fleet.doctor(name, view) });
    },
    async 'ask-facts'({ name, what }) {
      const facts = await factsOf(what, name, await side()).catch((error: unknown) => ({
        trouble: { [what]: messageOf(error) },
      }));
      hear({ kind: 'facts', name, facts });
    },
    'open-link': async () => reopen(),
  };
}

/** Gives the function that begins a command; what comes of it is heard. It never throws. */
export function commandRunner(hands: Hands): (command: Command) => void {
  const { hear, ports } = hands;
  const does: Does = { ...onTerminal(hands), ...onSignIns(hands, new SignIns(ports, hear)), ...onFleet(hands) };
  return (command) => {
    // The table has a function of the right kind for every command.
    const run = does[command.kind] as (command: Command) => Promise<void>;
    run(command).catch((error: unknown) => {
      const name = 'name' in command ? command.name : '';
      const hint = error instanceof HoldfastError ? error.hint : undefined;
      hear({ kind: 'failed', name, text: messageOf(error), ...(hint === undefined ? {} : { hint }) });
    });
  };
}

async function factsOf(what: FactKind, name: string, { fleet, view }: Side): Promise<Facts> {
  switch (what) {
    case 'logs':
      return { logs: await fleet.logs(name, view) };
    case 'helper':
      return { helper: (await fleet.helperRun(name, view)) ?? 'none' };
    case 'lists':
      return { lists: await fleet.lists(name, view) };
  }
}
