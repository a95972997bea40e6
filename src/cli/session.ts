/**
 * The context of one command: opens the fleet that the verb, the flags and the terminal ask for, once, and closes it.
 *
 * @module
 */
import { problemsOf } from '../core/config-model.ts';
import type { Fleet, Owner } from '../core/fleet.ts';
import type { View } from '../core/view.ts';
import type { CommandSession, Joined, Ownership, Ports, Unloaded } from './context.ts';
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
  readonly noInput: boolean;
  /** The account to use; absent = the one of the place. */
  readonly profile: string | undefined;
  /** The servers that were named; none = all. Asked only where this process opens them. */
  readonly servers: () => Promise<readonly string[]>;
  /** The verb reads files itself. */
  readonly offline: boolean;
}

/** Opens what is asked for and remembers it, so that it can be closed. */
class Opener {
  readonly #words: SessionWords;
  readonly #ports: Ports;
  readonly #io: Io;
  readonly #opened: Fleet[] = [];
  readonly view: () => Promise<View>;
  readonly running: () => Promise<Joined | undefined>;
  readonly fleet: () => Promise<Fleet>;
  readonly owner: () => Promise<Owner>;
  #joined: Joined | undefined;
  ownership: Ownership | undefined;

  constructor(words: SessionWords, ports: Ports, io: Io) {
    this.#words = words;
    this.#ports = ports;
    this.#io = io;
    this.running = once(async () =>
      this.#join(words.noDaemon ? undefined : await ports.daemon.connect(words.offline ? undefined : words.files)),
    );
    this.view = once(() => this.#makeView());
    this.fleet = once(() => this.#open());
    this.owner = once(async () => this.#joined?.owner ?? (await this.fleet()).owner());
  }

  async unloaded(): Promise<Unloaded> {
    const fleet = await this.fleet();
    const { notLoaded, problems } = this.#joined ?? {};
    if (notLoaded !== undefined && problems !== undefined) return { notLoaded, problems };
    const sources = await fleet.sources(await this.view());
    return { notLoaded: sources.notLoaded, problems: problemsOf(sources.files) };
  }

  async close(): Promise<void> {
    for (const fleet of this.#opened.splice(0)) await fleet.close();
  }

  async #makeView(): Promise<View> {
    const { files, offline, profile } = this.#words;
    // What reads files anyway reads them once; everything else lets a running daemon do it.
    if (!offline) await this.running();
    const view = await (this.#joined === undefined ? this.#ports.view(files) : this.#joined.view(files));
    return profile === undefined ? view : { ...view, profile };
  }

  #join(joined: Joined | undefined): Joined | undefined {
    if (joined === undefined) return undefined;
    this.#opened.push(joined.fleet);
    this.#joined = joined;
    return joined;
  }

  async #open(): Promise<Fleet> {
    const { noDaemon } = this.#words;
    const { daemon, env } = this.#ports;
    const choice = ownershipFor({ noDaemon, isTTY: this.#io.isTTY, ci: isCi(env) });
    const joined = await this.running();
    // Where a daemon may be started, an older one is replaced too.
    const wanting = joined === undefined || joined.outdated;
    if (wanting && choice === 'start') this.#join(await daemon.ensure());
    if (this.#joined === undefined) {
      // What this process starts must be ended in order.
      this.#ports.signal.throwIfAborted();
      const fleet = await this.#ports.inProcess(await this.view(), await this.#words.servers());
      this.#opened.push(fleet);
      this.ownership = 'in-process';
      return fleet;
    }
    this.ownership = this.#joined.started ? 'started-daemon' : 'daemon';
    return this.#joined.fleet;
  }
}

/** Makes the context of one command. */
export function openSession(words: SessionWords, ports: Ports, io: Io): CommandSession {
  const opener = new Opener(words, ports, io);
  const files = words.files.map((file) => ` --config ${shellWord(file)}`).join('');
  const suffix = `${files}${words.profile === undefined ? '' : ` --profile ${words.profile}`}`;
  return {
    context: {
      verb: words.verb,
      json: words.json,
      noInput: words.noInput,
      profile: words.profile,
      files: words.files,
      ports,
      clock: ports.clock,
      place: ports.place,
      get signal() {
        return ports.signal;
      },
      typed: (text) => `${ports.program} ${text}${suffix}`,
      view: opener.view,
      config: once(() => ports.config()),
      fleet: opener.fleet,
      unloaded: () => opener.unloaded(),
      owner: opener.owner,
      running: opener.running,
      ownership: () => opener.ownership,
      along: (other) => openSession({ ...words, servers: async () => [], ...other }, ports, io),
    },
    close: () => opener.close(),
  };
}
