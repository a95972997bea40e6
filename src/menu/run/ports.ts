/**
 * What the menu is given by the program.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import type { NotLoaded } from '../../core/config-model.ts';
import type { Fleet, Owner } from '../../core/fleet.ts';
import type { View } from '../../core/view.ts';
import type { Setting } from '../state/model.ts';
import type { TerminalKind } from '../terminal/modes.ts';
import type { Tty } from '../terminal/tty.ts';

/** A fleet and whose it is. */
export interface Connected {
  readonly fleet: Fleet;
  readonly owner: Owner;
  /** The view of this place as it is now; asked for again when the files have changed. */
  view(): Promise<View>;
  readonly notLoaded?: readonly NotLoaded[];
  close(): Promise<void>;
}

/** The world of the menu. */
export interface MenuPorts {
  readonly tty: Tty;
  readonly clock: Clock;
  readonly color: boolean;
  readonly setting: Setting;
  readonly terminal: TerminalKind;
  /** The fleet; starts a daemon where that is due. */
  open(): Promise<Connected>;
  /** The fleet of a daemon that runs; starts none. */
  join(): Promise<Connected | undefined>;
  /** Starts the person's browser; whether it could be started. */
  openUrl(url: string): Promise<boolean>;
  /** The person is somewhere else (SSH, container …): a random port of this machine is not reached. */
  readonly remoteShell: boolean;
  /** How the answer to this address comes through to this machine; nothing where it does by itself. */
  forwarding(redirectUri: string | undefined): string | undefined;
  /** Runs the person's editor at a line. Errors: `ERR_USAGE` where it cannot be started. */
  edit(file: string, line: number): Promise<number>;
  /** A termination of the program. */
  readonly signal: AbortSignal;
}

/** How the menu ended: the person's wish, a signal, or a terminal that went away. */
export type MenuEnd = 'quit' | 'signal' | 'gone';
