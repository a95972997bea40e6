/**
 * The menu as it runs: messages in, frames out, one owner of the terminal.
 *
 * @module
 */
import type { Timer } from '../../base/clock.ts';
import { HoldfastError, messageOf } from '../../base/errors.ts';
import { newModel } from '../state/model.ts';
import type { Model } from '../state/model.ts';
import type { Command, Msg } from '../state/messages.ts';
import { Screen } from '../terminal/screen.ts';
import { update } from '../update.ts';
import { view } from '../view.ts';
import { commandRunner } from './commands.ts';
import type { Connected, MenuEnd, MenuPorts } from './ports.ts';
import type { Side } from './sign-ins.ts';
import { LiveView, watch } from './watching.ts';

const TICK_MS = 1_000;
/** More pictures a second nobody sees. */
const FRAME_MS = 16;
/** A picture without servers is drawn when they take longer than this. */
const FIRST_MS = 120;
/** How often a daemon that went away is looked for: a newer program starts it anew. */
const JOIN_MS = 2_000;

class Running {
  readonly #ports: MenuPorts;
  readonly #screen: Screen;
  readonly #command: (command: Command) => void;
  readonly #over = new AbortController();
  readonly #ended: Promise<MenuEnd>;
  #end: (how: MenuEnd) => void = () => undefined;
  #model: Model;
  #connected: Connected | undefined;
  #live: LiveView | undefined;
  #paintTimer: Timer | undefined;
  #paintedAt = -FRAME_MS;

  constructor(ports: MenuPorts) {
    const { tty, clock, color, setting } = ports;
    this.#ports = ports;
    this.#model = newModel(setting, tty.size(), clock.now());
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    const hear = (msg: Msg): void => this.hear(msg);
    const ears = {
      input: hear,
      resized: (size: Model['size']): void => this.hear({ kind: 'resize', size }),
      gone: (): void => this.#end('gone'),
    };
    this.#screen = new Screen(tty, ears, { clock, color });
    this.#command = commandRunner({
      ports,
      screen: this.#screen,
      hear,
      model: () => this.#model,
      side: () => this.#side(),
      quit: () => this.#end('quit'),
      reopen: () => void this.#keep(true),
    });
  }

  /** Takes one message in. */
  hear(msg: Msg): void {
    if (this.#over.signal.aborted) return;
    const { model, commands } = update({ ...this.#model, now: this.#ports.clock.now() }, msg);
    this.#model = model;
    for (const command of commands) this.#command(command);
    if (msg.kind !== 'link' || model.servers !== undefined || model.link.state === 'lost') this.#paintSoon();
  }

  async run(): Promise<MenuEnd> {
    const { signal, clock } = this.#ports;
    const interrupted = (): void => this.#end('signal');
    signal.addEventListener('abort', interrupted);
    if (signal.aborted) interrupted();
    this.#screen.open();
    // The first picture is one with servers on it, where they come at once.
    const first = clock.after(FIRST_MS, () => this.#paintSoon());
    let tick: Timer | undefined;
    const ticking = (): void => {
      this.hear({ kind: 'tick', now: clock.now() });
      tick = clock.after(TICK_MS, ticking);
    };
    tick = clock.after(TICK_MS, ticking);
    const keeping = this.#keep(true);
    try {
      return await this.#ended;
    } finally {
      this.#over.abort();
      tick.cancel();
      first.cancel();
      this.#paintTimer?.cancel();
      signal.removeEventListener('abort', interrupted);
      this.#screen.close();
      await keeping;
      await this.#connected?.close().catch(() => undefined);
    }
  }

  /** Gives the terminal back at once: something is very wrong. */
  abandon(): void {
    this.#screen.close();
  }

  async #side(): Promise<Side> {
    if (this.#connected === undefined || this.#live === undefined)
      throw new HoldfastError('ERR_DAEMON_UNREACHABLE', 'there is no daemon to ask', { hint: 'R starts it again.' });
    return { fleet: this.#connected.fleet, view: await this.#live.now() };
  }

  /** Connected, as long as the menu runs: opens the fleet, and when its owner goes away waits for the next one. */
  async #keep(starts: boolean): Promise<void> {
    const ports = this.#ports;
    const { signal } = this.#over;
    try {
      const connected = await (starts ? ports.open() : ports.join());
      if (connected !== undefined) await this.#with(connected);
    } catch (error) {
      if (!signal.aborted) this.#lose(messageOf(error));
    }
    if (signal.aborted || this.#model.link.state !== 'lost') return;
    await ports.clock.sleep(JOIN_MS, signal).catch(() => undefined);
    // Whoever pressed the key meanwhile has begun it anew.
    if (!signal.aborted && this.#model.link.state === 'lost') await this.#keep(false);
  }

  async #with(connected: Connected): Promise<void> {
    const { clock } = this.#ports;
    const { signal } = this.#over;
    if (signal.aborted) {
      await connected.close();
      return;
    }
    this.#connected = connected;
    this.#live = new LiveView(connected);
    this.hear({ kind: 'link', link: { state: 'live', owner: connected.owner } });
    const hear = (msg: Msg): void => {
      this.hear(msg);
      this.#screen.guard();
    };
    try {
      await watch({ connected, clock, signal, hear }, this.#live);
      if (!signal.aborted) this.#lose('The daemon has ended.');
    } finally {
      if (!signal.aborted) {
        this.#connected = undefined;
        this.#live = undefined;
        await connected.close().catch(() => undefined);
      }
    }
  }

  #lose(text: string): void {
    this.hear({ kind: 'link', link: { state: 'lost', text } });
  }

  #paintSoon(): void {
    if (this.#paintTimer !== undefined) return;
    const wait = this.#paintedAt + FRAME_MS - this.#ports.clock.monotonic();
    if (wait <= 0) this.#paint();
    else
      this.#paintTimer = this.#ports.clock.after(wait, () => {
        this.#paintTimer = undefined;
        this.#paint();
      });
  }

  #paint(): void {
    this.#paintedAt = this.#ports.clock.monotonic();
    this.#screen.paint(view(this.#model, this.#model.size));
  }
}

/** A menu that runs. */
export interface RunningMenu {
  readonly ended: Promise<MenuEnd>;
  /** Gives the terminal back at once: something is very wrong. */
  abandon(): void;
}

/** Shows the menu until the person, a signal or the terminal ends it. The terminal is given back in every case. */
export function startMenu(ports: MenuPorts): RunningMenu {
  const running = new Running(ports);
  return { ended: running.run(), abandon: () => running.abandon() };
}
