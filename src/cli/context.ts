/**
 * What a command gets beside its arguments and its terminal: the fleet, the configuration, the clock and the person's
 * place; and the ports through which the program's entry gives them.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import type { ConfigPort, NotLoaded } from '../core/config-model.ts';
import type { CredentialInfo } from '../core/credential.ts';
import type { Fleet, Owner } from '../core/fleet.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { StoreNotice } from '../core/store.ts';
import type { View } from '../core/view.ts';
import type { Webhook, WebhookList, WebhookTry } from '../core/webhook.ts';
import type { Place } from './text/shell.ts';

/** What a daemon tells of itself. */
export interface DaemonReport {
  readonly record: object;
  /** The same for people. */
  readonly lines: readonly string[];
}

/** What of the files is no server here. */
export interface Unloaded {
  readonly notLoaded: readonly NotLoaded[];
  /** One line for each file that cannot be read. */
  readonly problems: readonly string[];
}

/** A daemon that answers. */
export interface Joined {
  readonly fleet: Fleet;
  readonly owner: Owner;
  /** The view of this place, as `Ports.view` makes it; the daemon reads the files for it, so that less is loaded here. */
  readonly view: (files: readonly string[]) => Promise<View>;
  /** Entries that are no servers of the place; absent where they have to be asked for. */
  readonly notLoaded?: readonly NotLoaded[];
  /** What keeps files of the place from being read; absent as `notLoaded` is. */
  readonly problems?: readonly string[];
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

/** What is known of the machine under the program. */
export interface MachineFacts {
  readonly platform: NodeJS.Platform;
  readonly hostname: () => string;
  /** Version of Node, e.g. `v20.19.0`. */
  readonly node: string;
  /** Whether there is a file of this path. */
  readonly has: (path: string) => boolean;
}

/** What `credentials import` is told beside the text itself. */
export interface ImportAsk {
  /** Needed where the text does not name its server. */
  readonly serverUrl?: string;
  readonly profile?: string;
}

/**
 * Logins as they lie in the store; contacts nobody, except that an import without an authorization server looks for one.
 * Errors: `ERR_STORE_*`.
 */
export interface LoginStore {
  list(): Promise<readonly CredentialInfo[]>;
  /** Where they lie, and what a person should know of it. */
  readonly place: string;
  notices(): readonly StoreNotice[];
  /** Whether there was one. */
  remove(id: string): Promise<boolean>;
  /** Everything of a login, secrets too, as JSON. */
  exported(id: string): Promise<string | undefined>;
  /** Writes a text that holds secrets into a new file of the owner alone. Errors: `ERR_USAGE` where the file exists. */
  writePrivate(path: string, text: string): Promise<void>;
  readText(path: string): Promise<string>;
  /** Errors: `ERR_USAGE` for a text that is no login; its values are never repeated. */
  imported(text: string, ask: ImportAsk): Promise<CredentialInfo>;
  /** The server of a sign-in under way. */
  serverOfFlow(flow: string): Promise<string | undefined>;
}

/** Whose connections a gateway offers: those of the daemon, of one that runs, or of this process. */
export type GatewayOwner = 'start' | 'join' | 'own';

/** What a gateway is to offer. */
export interface GatewayRequest {
  readonly owner: GatewayOwner;
  readonly files: readonly string[];
  readonly profile: string | undefined;
  /** Absolute; absent = the working folder. */
  readonly project?: string;
  /** Says something to the person who looks after it. */
  readonly say: (text: string) => void;
}

/** Where a gateway over HTTP listens, and whom it lets in. */
export interface ListenRequest extends GatewayRequest {
  /** The first of them that is free is taken; 0 = any. */
  readonly ports: readonly number[];
  readonly address?: string;
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
  /** Asks nobody for a token. */
  readonly open: boolean;
}

/** A gateway that listens. */
export interface ListeningGateway {
  readonly url: string;
  readonly port: number;
  readonly address: string;
  readonly owner: Owner;
  /** The servers behind it, as they are now. */
  servers(): Promise<readonly Snapshot[]>;
  /** Resolves when it has ended for good, with the reason; it is opened again where it can be. */
  readonly ended: Promise<unknown>;
  close(): Promise<void>;
}

/** The gateway, as far as the command line handles it. */
export interface GatewayPort {
  /** Speaks MCP on stdin and stdout until the client goes or the command is interrupted. Errors: `ERR_SERVER_UNKNOWN`, those of the daemon. */
  readonly lines: (request: GatewayRequest & { readonly server?: string }) => Promise<void>;
  /** Errors: `ERR_USAGE` for a port that is taken and an address that needs a token. */
  readonly listen: (request: ListenRequest) => Promise<ListeningGateway>;
  /** Path of the token's file. */
  readonly tokenPath: string;
  /** The token; made where there is none. */
  readonly token: () => Promise<string>;
  readonly rotate: () => Promise<void>;
}

/** A code that the page asks for: what is agreed to by typing it there. */
export interface PageNotice {
  readonly what: string;
  readonly lines: readonly string[];
  readonly code: string;
  readonly validMs: number;
}

/** Where the page listens, and for whom. */
export interface PageRequest {
  readonly owner: GatewayOwner;
  readonly files: readonly string[];
  readonly profile: string | undefined;
  /** The first of them that is free is taken; 0 = any. */
  readonly ports: readonly number[];
  /** How this person types this program. */
  readonly program: string;
  /** Goes after every command that the person is told to type: `--config FILE`, `--profile NAME`. */
  readonly suffix: string;
  readonly onCode: (notice: PageNotice) => void;
}

/** A page that listens on this machine. */
export interface OpenedPage {
  readonly origin: string;
  readonly port: number;
  readonly owner: Owner;
  /** An address that opens the page in one browser, once; at a server where one is named. */
  opening(server?: string): Promise<{ readonly url: string; readonly validMs: number }>;
  /** Resolves when it has ended by itself, with the reason. */
  readonly ended: Promise<unknown>;
  close(): Promise<void>;
}

/** The page, as far as the command line handles it. */
export interface PagePort {
  /** Errors: `ERR_USAGE` for a port that is taken; those of the daemon. */
  open(request: PageRequest): Promise<OpenedPage>;
}

/** The fleet of the menu, and the place that it shows. */
export interface MenuFleet {
  readonly fleet: Fleet;
  readonly owner: Owner;
  /** The view as it is now; asked for again when the files have changed. */
  view(): Promise<View>;
  /** Absent where it has to be asked for. */
  readonly notLoaded?: readonly NotLoaded[];
  close(): Promise<void>;
}

/** What the menu is given by the command line. */
export interface MenuAsk {
  readonly ascii: boolean;
  readonly color: boolean;
  readonly place: Place;
  readonly program: string;
  /** Goes after every command that a person is told to type. */
  readonly suffix: string;
  /** Why no browser can be opened from here; absent where one can. */
  readonly noBrowser?: string;
  /** The person's browser is on another machine than this shell. */
  readonly remoteShell: boolean;
  /** The fleet; starts a daemon where that is due. */
  open(): Promise<MenuFleet>;
  /** The fleet of a daemon that runs; starts none. */
  join(): Promise<MenuFleet | undefined>;
  openUrl(url: string): Promise<boolean>;
  forwarding(redirectUri: string | undefined): string | undefined;
  edit(file: string, line: number): Promise<number>;
}

/** What is to be written into the file of a client, or taken out of it. */
export interface InstallAsk {
  /** An id of `InstallPort.clients`. */
  readonly client: string;
  readonly scope: 'user' | 'project';
  /** One server alone; absent = all. */
  readonly server?: string;
  /** Over HTTP at this address; absent = the bridge over stdin and stdout. */
  readonly url?: string;
  readonly remove: boolean;
  /** Words for the bridge: `--config FILE`, `--profile NAME`. */
  readonly more?: readonly string[];
}

/** A change of a client's file that a person can agree to. */
export interface InstallPlan {
  readonly client: string;
  /** The client's name as people write it. */
  readonly title: string;
  readonly file: string;
  /** Name of the entry. */
  readonly name: string;
  readonly action: 'added' | 'changed' | 'removed' | 'unchanged';
  /** The text as it is; `undefined` where there is no file. */
  readonly before: string | undefined;
  readonly after: string;
  /** What to do or to know afterwards, one sentence each. */
  readonly notes: readonly string[];
}

/** Files of other clients. They are written only by an explicit command, after its difference was shown. */
export interface InstallPort {
  readonly clients: readonly { readonly id: string; readonly title: string }[];
  /** Errors: `ERR_USAGE` for what a client cannot do, `ERR_CONFIG_INVALID` for a file that cannot be edited safely. */
  plan(ask: InstallAsk): Promise<InstallPlan>;
  /** Does what was planned and gives the path of the backup. Errors: `ERR_CONFIG_UNWRITABLE`; `ERR_CONFIG_LOCKED` where the entry is no longer the one that was shown. */
  write(ask: InstallAsk, plan: InstallPlan): Promise<string | undefined>;
}

/** A command that is run for a person, with the terminal as its own. */
export interface ChildAsk {
  readonly command: string;
  readonly args: readonly string[];
  /** Variables beside those of this process. */
  readonly env: Readonly<Record<string, string>>;
}

/** What `doctor --bundle` writes. */
export interface BundlePortAsk {
  /** Absolute. */
  readonly path: string;
  readonly record: object;
  readonly view: View;
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
  /** Starts the person's browser at an address; whether it could be started. Takes https, and http on this machine. */
  readonly openUrl: (url: string) => Promise<boolean>;
  /** What opening a browser depends on, beside the environment. */
  readonly machine: MachineFacts;
  /** The store of logins, without anybody's connections. */
  readonly logins: () => Promise<LoginStore>;
  readonly gateway: () => Promise<GatewayPort>;
  readonly page: () => Promise<PagePort>;
  /** Shows the menu until the person (`quit`), a signal or the terminal (`gone`) ends it. */
  readonly menu: (ask: MenuAsk) => Promise<'quit' | 'signal' | 'gone'>;
  readonly install: () => Promise<InstallPort>;
  /** The webhooks of our own file, or of these files, and what is wrong with those that are not used. */
  readonly webhooks: (files: readonly string[]) => Promise<WebhookList>;
  /** Sends each of these webhooks one test, as this process would send an event; what came of each, in their order. */
  readonly tryWebhooks: (hooks: readonly Webhook[]) => Promise<readonly WebhookTry[]>;
  /** Runs a person's editor on the terminal and resolves with its exit code. */
  readonly edit: (command: string, args: readonly string[]) => Promise<number>;
  /** Runs a command on the terminal, with signals passed on; its exit code, or 128 and the number of its signal. Errors: `ERR_USAGE` when it cannot be started. */
  readonly child: (ask: ChildAsk) => Promise<number>;
  /** Writes a record without any secret into a new file of the owner alone. Errors: `ERR_USAGE` where the file exists. */
  readonly bundle: (ask: BundlePortAsk) => Promise<void>;
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
  /** Nobody is asked anything and no browser is opened (`--no-input`). */
  readonly noInput: boolean;
  /** The account that `--profile` names. */
  readonly profile: string | undefined;
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
  /** What of the files is no server here: entries, and why files cannot be read. */
  readonly unloaded: () => Promise<Unloaded>;
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
