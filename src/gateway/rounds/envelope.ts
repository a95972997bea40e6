/**
 * The `requestState` that stateless clients carry for us: encrypted and authenticated, bound to what it belongs to, good
 * for a while (MCP 2026-07-28, multi-round-trip requests: clients are not to be believed).
 *
 * @module
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';

/** Which request a state belongs to: another one does not open it. */
export interface StateOf {
  readonly server: string;
  readonly method: string;
  /** Name or URI at the server. */
  readonly name: string;
}

/** What we have to remember of a request between two of its rounds. */
export type RoundState =
  /** The state of a stateless server, as it gave it; absent where it gave none. */
  | { readonly kind: 'theirs'; readonly state?: string }
  /** A call that is still under way at a server with sessions, by our id. */
  | { readonly kind: 'held'; readonly id: string }
  /** Nothing: the request is sent once more. */
  | { readonly kind: 'again' };

/** How long a client may take for one round. */
export const ROUND_MS = 600_000;
const IV = 12;
const TAG = 16;
const PREFIX = 'hf1.';
const ALGORITHM = 'aes-256-gcm';

const boundTo = ({ server, method, name }: StateOf): Buffer => Buffer.from(JSON.stringify([server, method, name]));

/** Seals and opens. The key lives and dies with the process, as the calls that are held do. */
export class Envelopes {
  readonly #clock: Clock;
  readonly #key = randomBytes(32);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The state as a client may carry it. */
  seal(of: StateOf, state: RoundState): string {
    const iv = randomBytes(IV);
    const cipher = createCipheriv(ALGORITHM, this.#key, iv).setAAD(boundTo(of));
    const text = JSON.stringify([this.#clock.now() + ROUND_MS, state]);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return PREFIX + Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** The state; `undefined` where it was changed, was made elsewhere or for something else, or is too old. */
  open(of: StateOf, sealed: string): RoundState | undefined {
    if (!sealed.startsWith(PREFIX)) return undefined;
    const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64url');
    if (bytes.length <= IV + TAG) return undefined;
    try {
      const decipher = createDecipheriv(ALGORITHM, this.#key, bytes.subarray(0, IV), { authTagLength: TAG });
      decipher.setAAD(boundTo(of)).setAuthTag(bytes.subarray(IV, IV + TAG));
      const text = Buffer.concat([decipher.update(bytes.subarray(IV + TAG)), decipher.final()]).toString('utf8');
      const [until, state] = JSON.parse(text) as [number, RoundState];
      return this.#clock.now() < until ? state : undefined;
    } catch {
      return undefined;
    }
  }
}
