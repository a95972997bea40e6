/**
 * The context of one command: opens the fleet that the verb, the flags and the terminal ask for, once, and closes it.
 *
 * @module
 */
import type { Fleet } from '../core/fleet.ts';
import type { View } from '../core/view.ts';
import type { CommandSession, Ownership, Ports } from './context.ts';
import type { Io } from './io.ts';
import { once } from './once.ts';
import { shellWord } from './text/shell.ts';

/** What decides who owns the connections of a command. */
export interface OwnershipFacts {
  readonly noDaemon: boolean;
  readonly isTTY: boolean;
  readonly ci: boolean;
}

/** `start` = use or start the daemon, `join` = use a running one, else this process, `own` = this process (BEHAVIOUR §10). */
export function ownershipFor(facts: OwnershipFacts): 'start' | 'join' | 'own' {
  if (facts.noDaemon) return 'own';
  return facts.isTTY && !facts.ci ? 'start' : 'join';
}

/** Whether this is an automatic run: `CI` is set, and not to a word for no. */
export function isCi(env: Readonly<Record<string, string | undefined>>): boolean {
  const ci = env['CI'];
  return ci !== undefined && ci !== '' && ci !== '0' && ci.toLowerCase() !== 'false';
}

/** What the words of a command say about its session. */
export interface SessionWords {
  readonly verb: string;
  readonly json: boolean;
  /** Absolute. */
  readonly files: readonly string[];
  readonly noDaemon: boolean;
}

interface Opened {
  readonly fleet: Fleet;
  readonly ownership: Ownership;
}

/** Opens what is asked for and remembers it, so that it can be closed. */
class Opener {
  readonly #words: SessionWords;
  readonly #ports: Ports;
  readonly #io: Io;
  readonly #opened: Fleet[] = [];
  readonly view: () => Promise<View>;
  readonly running: () => Promise<Fleet | undefined>;
  readonly fleet: () => Promise<Fleet>;
  ownership: Ownership | undefined;

  constructor(words: SessionWords, ports: Ports, io: Io) {
    this.#words = words;
    this.#ports = ports;
    this.#io = io;
    this.view = once(() => ports.view(words.files));
    this.running = once(async () => this.#keep(await ports.daemon.connect()));
    this.fleet = once(async () => {
      const { fleet, ownership } = await this.#open();
      this.ownership = ownership;
      return fleet;
    });
  }

  async close(): Promise<void> {
    for (const fleet of this.#opened.splice(0)) await fleet.close();
  }

  #keep<T extends Fleet | undefined>(fleet: T): T {
    if (fleet !== undefined) this.#opened.push(fleet);
    return fleet;
  }

  async #open(): Promise<Opened> {
    const { noDaemon } = this.#words;
    const { daemon, env, inProcess } = this.#ports;
    const choice = ownershipFor({ noDaemon, isTTY: this.#io.isTTY, ci: isCi(env) });
    if (choice !== 'own') {
      const joined = await this.running();
      if (joined !== undefined) return { fleet: joined, ownership: 'daemon' };
    }
    if (choice === 'start') {
      const { fleet, started } = await daemon.ensure();
      return { fleet: this.#keep(fleet), ownership: started ? 'started-daemon' : 'daemon' };
    }
    return { fleet: this.#keep(await inProcess(await this.view())), ownership: 'in-process' };
  }
}

/** Makes the context of one command. */
export function openSession(words: SessionWords, ports: Ports, io: Io): CommandSession {
  const opener = new Opener(words, ports, io);
  const suffix = words.files.map((file) => ` --config ${shellWord(file)}`).join('');
  return {
    context: {
      verb: words.verb,
      json: words.json,
      files: words.files,
      ports,
      clock: ports.clock,
      place: ports.place,
      signal: ports.signal,
      typed: (text) => `${ports.program} ${text}${suffix}`,
      view: opener.view,
      config: once(() => ports.config()),
      fleet: opener.fleet,
      runningFleet: () => (words.noDaemon ? Promise.resolve(undefined) : opener.running()),
      ownership: () => opener.ownership,
      along: (other) => openSession({ ...words, ...other }, ports, io),
    },
    close: () => opener.close(),
  };
}
