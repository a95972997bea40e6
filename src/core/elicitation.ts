/**
 * What a server may ask a person while it works on a request (MCP, client features, elicitation).
 *
 * @module
 */

/** One question of a server to a person. */
export interface Elicitation {
  /** Name of the server that asks. */
  readonly server: string;
  /** `form`: values are wanted; `url`: the person is to open an address, and says when that is done. */
  readonly mode: 'form' | 'url';
  /** What the server says. Cleaned of control characters; still its words, not ours. */
  readonly message: string;
  /** The values wanted (`form`): a flat JSON Schema, as the server sent it. */
  readonly requestedSchema?: Readonly<Record<string, unknown>>;
  /** The address (`url`), as the server sent it: http or https, without user and password. Look at it before it is opened. */
  readonly url?: string;
}

/** A value of a form. */
export type ElicitedValue = string | number | boolean | readonly string[];

/** What the person says. Fields of a form that are left out get the defaults of the schema. */
export type ElicitationAnswer =
  | { readonly action: 'accept'; readonly content?: Readonly<Record<string, ElicitedValue>> }
  | { readonly action: 'decline' | 'cancel' };

/** Asks a person. `signal` aborts when nobody waits for the answer any more. What it throws is told as `cancel`. */
export type Elicit = (asked: Elicitation, signal: AbortSignal) => ElicitationAnswer | Promise<ElicitationAnswer>;
