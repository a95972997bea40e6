/**
 * What the menu hears, and what it asks to be done.
 *
 * @module
 */
import type { ActionId } from '../../core/action-table.ts';
import type { NotLoaded } from '../../core/config-model.ts';
import type { ActionReport, ApprovalView, Finding } from '../../core/fleet.ts';
import type { LoginWaiting } from '../../core/sign-in.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { Input } from '../terminal/keys-in.ts';
import type { Size } from '../terminal/tty.ts';
import type { FactKind, Facts, Link, Model } from './model.ts';

/** Something that happened. */
export type Msg =
  | Input
  | { readonly kind: 'resize'; readonly size: Size }
  | { readonly kind: 'tick'; readonly now: number }
  | { readonly kind: 'link'; readonly link: Link }
  | { readonly kind: 'servers'; readonly servers: readonly Snapshot[]; readonly notLoaded: readonly NotLoaded[] }
  | { readonly kind: 'facts'; readonly name: string; readonly facts: Facts }
  | { readonly kind: 'approval'; readonly name: string; readonly about: ApprovalView }
  | { readonly kind: 'doctor'; readonly name: string; readonly found: readonly Finding[] }
  /** A command has done its work. */
  | { readonly kind: 'did'; readonly name: string; readonly report: ActionReport }
  /** It could not. `hint` says what a person can do. */
  | { readonly kind: 'failed'; readonly name: string; readonly text: string; readonly hint?: string }
  | { readonly kind: 'said'; readonly level: 'good' | 'warning'; readonly text: string }
  | { readonly kind: 'login-waits'; readonly waiting: LoginWaiting; readonly stepUp: boolean }
  | { readonly kind: 'browser'; readonly flow: string; readonly text: string }
  | { readonly kind: 'paste-refused'; readonly flow: string; readonly text: string }
  | { readonly kind: 'login-over'; readonly name: string; readonly flow: string };

/** Something to do; what comes of it is a message. */
export type Command =
  | { readonly kind: 'quit' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'redraw' }
  /** One method of the fleet that gives a report. */
  | { readonly kind: 'act'; readonly name: string; readonly action: ActionId }
  | { readonly kind: 'approve'; readonly name: string; readonly hash?: string }
  | { readonly kind: 'ask-approval'; readonly name: string }
  | { readonly kind: 'ask-doctor'; readonly name: string }
  | { readonly kind: 'ask-facts'; readonly name: string; readonly what: FactKind }
  | { readonly kind: 'begin-login'; readonly name: string; readonly stepUp: boolean }
  | { readonly kind: 'open-browser'; readonly flow: string; readonly url: string }
  | { readonly kind: 'paste'; readonly name: string; readonly flow: string; readonly text: string }
  | { readonly kind: 'cancel-login'; readonly name: string; readonly flow: string }
  | { readonly kind: 'copy'; readonly text: string }
  /** Shows a text unbroken on the plain screen, to be marked with the mouse. */
  | { readonly kind: 'show-plain'; readonly text: string }
  /** Opens the person's editor at the entry. */
  | { readonly kind: 'edit'; readonly name: string; readonly file: string; readonly line: number }
  | { readonly kind: 'open-link' };

/** What `update` gives. */
export interface Updated {
  readonly model: Model;
  readonly commands: readonly Command[];
}
