/**
 * The sign-ins that were begun on this page: what of them the snapshot does not tell, and to which one an answer at the
 * page's own door belongs.
 *
 * @module
 */
import type { LoginWaiting } from '../../core/sign-in.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { SignInView } from '../screens/sign-in.ts';

/** A sign-in, and where its person is. */
export interface Begun {
  readonly waiting: LoginWaiting;
  /** Origin of the page on which it was begun: where the person goes back to. */
  readonly origin: string;
}

const MOST = 100;
/** Path of the page's own door. */
export const CALLBACK_PATH = '/oauth/callback';

const stateOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).searchParams.get('state') : null);

function scopesIn(url: string): readonly string[] {
  const asked = URL.canParse(url) ? (new URL(url).searchParams.get('scope') ?? '') : '';
  return asked.split(' ').filter((scope) => scope !== '');
}

/** The sign-ins of one page. */
export class WaitingLogins {
  readonly #byFlow = new Map<string, Begun>();
  readonly #byState = new Map<string, Begun>();

  add(begun: Begun): void {
    this.#byFlow.set(begun.waiting.flow, begun);
    const state = stateOf(begun.waiting.url);
    if (state !== null) this.#byState.set(state, begun);
    for (const map of [this.#byFlow, this.#byState])
      for (const key of map.keys()) {
        if (map.size <= MOST) break;
        map.delete(key);
      }
  }

  /** To whom an answer belongs; `undefined` for one that nobody here asked for. */
  ofState(state: string | null): Begun | undefined {
    return state === null ? undefined : this.#byState.get(state);
  }

  /** The sign-in of a server that waits for a person, as it is shown. */
  view({ name, signingIn, login }: Snapshot): SignInView | undefined {
    if (signingIn === undefined) return undefined;
    const { flow, url, expiresAt, stepUp } = signingIn;
    const waiting = this.#byFlow.get(flow)?.waiting;
    const scopes = waiting?.scopes ?? scopesIn(url);
    const held = new Set(login?.scopes);
    return {
      server: name,
      flow,
      url: waiting?.url ?? url,
      expiresAt,
      stepUp,
      scopes,
      fresh: login === undefined ? [] : scopes.filter((scope) => !held.has(scope)),
      lacking: waiting?.lacking ?? [],
      ...(waiting?.userCode === undefined ? {} : { userCode: waiting.userCode }),
      comesHere: waiting?.redirectUri?.endsWith(CALLBACK_PATH) === true,
    };
  }
}
