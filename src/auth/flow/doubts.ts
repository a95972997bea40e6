/**
 * Registered clients that the authorization server may have forgotten. It then shows an error page in the browser and
 * sends no answer, so the only sign of it is a sign-in that nobody answers.
 *
 * @module
 */
import type { ClientIdentity } from '../../core/credential.ts';
import type { Flow } from './flow.ts';

/** The doubts of one process. */
export class Doubts {
  /** Flows that use a registration of an earlier sign-in, by id. */
  readonly #reusing = new Map<string, string>();
  readonly #doubtful = new Set<string>();

  /** A sign-in has begun with a client that was registered before. */
  reuses({ id, authority, client }: Pick<Flow, 'id' | 'authority' | 'client'>): void {
    this.#reusing.set(id, keyOf(authority.issuer, client));
  }

  /** The sign-in is over. One without an answer makes its client doubtful, any answer proves it. */
  ended(id: string, answered: boolean): void {
    const key = this.#reusing.get(id);
    this.#reusing.delete(id);
    if (key === undefined) return;
    if (answered) this.#doubtful.delete(key);
    else this.#doubtful.add(key);
  }

  /** Whether the client should be registered anew; says so once. */
  settle(issuer: string, client: ClientIdentity): boolean {
    return client.kind === 'dynamic' && this.#doubtful.delete(keyOf(issuer, client));
  }
}

function keyOf(issuer: string, { clientId }: ClientIdentity): string {
  return JSON.stringify([issuer, clientId]);
}
