/**
 * What the page is made from.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { ConfigPort } from '../core/config-model.ts';
import type { Fleet } from '../core/fleet.ts';
import type { LoginPlace } from '../core/login-place.ts';
import type { View } from '../core/view.ts';
import type { TerminalNotice } from './guard/terminal-codes.ts';

/** A file that the browser asks for beside the documents. */
export interface Asset {
  readonly type: string;
  readonly text: string;
}

/** The world of the page. */
export interface PageDeps {
  readonly fleet: Fleet;
  /** Entries as they stand in their files, for the form that edits them. */
  readonly config: Pick<ConfigPort, 'load'>;
  /** The command of a local server in whole, with nothing in it that looks like a secret. */
  readonly commandOf: (name: string) => Promise<string | undefined>;
  /** `undefined` for a local server, and where the entry may not be expanded. */
  readonly loginPlaceOf: (name: string) => Promise<LoginPlace | undefined>;
  readonly view: View;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  /** How this person types this program. */
  readonly program: string;
  /** Goes after every command that the person is told to type: `--config FILE`, `--profile NAME`. */
  readonly suffix: string;
  /** By name: `page.css`, `page.js`, `icon.svg` … */
  readonly assets: ReadonlyMap<string, Asset>;
  /** Shows a code in the terminal of the person who opened the page. */
  readonly show: (notice: TerminalNotice) => void;
}
