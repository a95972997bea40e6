/**
 * What a command gets beside its arguments and its terminal: the fleet, the configuration, the clock and the person's
 * place; and the ports through which the program's entry gives them.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import type { ConfigPort, NotLoaded } from '../core/config-model.ts';
import type { Fleet, Owner } from '../core/fleet.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { View } from '../core/view.ts';
import type { Place } from './text/shell.ts';

/** What a daemon tells of itself. */
export interface DaemonReport {
  readonly record: object;
  /** The same for people. */
  readonly lines: readonly string[];
}

/** A daemon that answers. */
export interface Joined {
  readonly fleet: Fleet;
  readonly owner: Owner;
  /** The view of this place, as `Ports.view` makes it; the daemon reads the files for it, so that less is loaded here. */
  readonly view: (files: readonly string[]) => Promise<View>;
  /** Entries that are no servers of the place; absent where they have to be asked for. */
  readonly notLoaded?: readonly NotLoaded[];
  /** This command started it. */
  readonly started: boolean;
  /** It is older than this program. */
  readonly outdated: boolean;
}

/** The daemon, as far as the command line handles it. */
export interface DaemonPort {
  /** The running daemon, or `undefined`; never starts one. The view of `expect` is begun at the same time, to be asked for next. */
  readonly connect: (expect?: readonly string[]) => Promise<Joined | undefined>;
  /** The running daemon, or a new one. */
  readonly ensure: () => Promise<Joined>;
  /** What the running daemon tells of itself; `undefined` when none runs. */
  readonly report: () => Promise<DaemonReport | undefined>;
  /** Asks the daemon to end and waits for it. `undefined` when none ran. */
  readonly stop: () => Promise<Owner | undefined>;
  /** Is the daemon, until `signal` aborts or somebody stops it. `crash` = an exception that nobody caught ended it. */
  readonly run: (signal: AbortSignal) => Promise<'crash' | 'ended'>;
}

/** A fleet of demonstration servers, for people who have none. */
export interface DemoServers {
  /** A configuration file that names them. */
  readonly configFile: string;
  readonly describe: readonly { readonly name: string; readonly what: string }[];
  /** Whether every server has come to rest as it should. */
  readonly isSettled: (snapshots: readonly Snapshot[]) => boolean;
  /** Ends the servers. Close the fleet that uses them first. */
  readonly close: () => Promise<void>;
}

/** The ports that the entry of the program fills; every one is opened only when a command asks for it. */
export interface Ports {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly place: Place;
  readonly version: string;
  /** How this person types this program: `holdfast`, or `node dist/bin.js`. */
  readonly program: string;
  /**
   * Aborted by Ctrl-C, a termination signal, or a reader of stdout that went away. Interrupts are heard from the first
   * reading on; until then they end the process, which has nothing to put in order.
   */
  readonly signal: AbortSignal;
  /** Whether the signal has aborted. */
  readonly interrupted: () => boolean;
  /** Why stdout takes no more: its reader went away, and the program ends quietly, or it could not be written. */
  readonly outputFault: () => 'closed' | Error | undefined;
  /** The view of this place; with files, of those alone. */
  readonly view: (files: readonly string[]) => Promise<View>;
  readonly config: () => Promise<ConfigPort>;
  /** A fleet of this process; with names, of those servers alone. */
  readonly inProcess: (view: View, only: readonly string[]) => Promise<Fleet>;
  readonly daemon: DaemonPort;
  readonly demo: () => Promise<DemoServers>;
  /** Runs a person's editor on the terminal and resolves with its exit code. */
  readonly edit: (command: string, args: readonly string[]) => Promise<number>;
  /** Text of a file of the package, e.g. `schema/config.schema.json`. */
  readonly asset: (path: string) => Promise<string>;
}

/** Whose connections a command speaks of. */
export type Ownership = 'daemon' | 'started-daemon' | 'in-process';

/** What a command is given. */
export interface Context {
  /** The verb as it stands in the table. */
  readonly verb: string;
  readonly json: boolean;
  /** Files of `--config`, absolute. */
  readonly files: readonly string[];
  readonly ports: Ports;
  readonly clock: Clock;
  readonly place: Place;
  /** As `Ports.signal`. */
  readonly signal: AbortSignal;
  /** How a further command is typed so that it speaks of the same servers: `typed('get notion')`. */
  readonly typed: (words: string) => string;
  readonly view: () => Promise<View>;
  readonly config: () => Promise<ConfigPort>;
  /** The fleet that this verb speaks with; opened once, closed by whoever runs the command. */
  readonly fleet: () => Promise<Fleet>;
  /** Entries of the files that are no servers here. */
  readonly notLoaded: () => Promise<readonly NotLoaded[]>;
  /** Who owns the connections of `fleet()`. */
  readonly owner: () => Promise<Owner>;
  /** The running daemon if there is one; starts nothing. */
  readonly running: () => Promise<Joined | undefined>;
  /** After `fleet()`: whose connections they are. */
  readonly ownership: () => Ownership | undefined;
  /** The same command in front of other files. Whoever asks for it closes it. */
  readonly along: (other: { readonly files: readonly string[]; readonly noDaemon: boolean }) => CommandSession;
}

/** A context that is closed when its command has ended. */
export interface CommandSession {
  readonly context: Context;
  readonly close: () => Promise<void>;
}
