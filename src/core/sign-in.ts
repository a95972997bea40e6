/**
 * The port through which the fleet lets a person sign in, and what faces see of a sign-in (BEHAVIOUR §7, §8).
 * Implemented by `src/auth`.
 *
 * @module
 */
import type { CredentialInfo } from './credential.ts';
import type { EffectiveEntry } from './entry.ts';
import type { Challenge, Fault } from './fault.ts';
import type { Numbers } from './numbers.ts';
import type { ReasonId } from './reasons.ts';

/** How a person wants to sign in. */
export interface LoginOptions {
  /** Scopes to ask for beside those that are asked for anyway. */
  readonly scopes?: readonly string[];
  /** Default `auto`: the grant of the entry, else the authorization code grant. */
  readonly method?: 'auto' | 'browser' | 'device';
  /** Opens no listener: the callback will be brought by hand (`login --start`, then `login --finish`). */
  readonly byHand?: boolean;
  /** Fixed port of the listener; default: that of the entry, else as BEHAVIOUR §8 says. */
  readonly callbackPort?: number;
  /** The person is somewhere else (SSH, container …): random ports cannot be reached, so the fixed one is used. */
  readonly remoteShell?: boolean;
  /**
   * A door of the asking face, on this machine: it brings the answer with `finishLogin`, and no listener is opened. Passed
   * over where the entry names a client or a port of its own: its redirect is registered already.
   */
  readonly redirectUri?: string;
}

/** A sign-in that waits for a person. */
export interface LoginWaiting {
  readonly kind: 'waiting';
  /** Id of the flow: what `finishLogin` and `loginResult` take. */
  readonly flow: string;
  readonly server: string;
  /** Where the person goes. https, or http on loopback. */
  readonly url: string;
  readonly scopes: readonly string[];
  /** Scopes that the server asks for and the pinned ones of the entry lack: they are not asked for. */
  readonly lacking?: readonly string[];
  readonly issuer: string;
  /** ISO-8601 UTC. */
  readonly expiresAt: string;
  /** Where the answer is expected; absent for the device grant. */
  readonly redirectUri?: string;
  /** A listener of this owner takes the answer at `redirectUri`. */
  readonly listening: boolean;
  /** The device grant (RFC 8628): the code to type. */
  readonly userCode?: string;
}

/** How a sign-in ended. */
export type LoginOutcome =
  | {
      readonly kind: 'completed';
      readonly flow: string;
      readonly server: string;
      readonly credential: CredentialInfo;
      /** Scopes that were asked for and not granted. */
      readonly missing: readonly string[];
    }
  | {
      readonly kind: 'failed';
      readonly flow: string;
      readonly server: string;
      /** A word that scripts can match: `access_denied`, `expired`, `cancelled`, `wrong-issuer`, an OAuth error code, or a reason. */
      readonly error: string;
      readonly reason: ReasonId;
      /** Cleaned text for people. */
      readonly detail: string;
    };

/** What `begin` gives: a flow that waits for a person, an end at once (machine grants), or why there is none. */
export type LoginBegun = LoginWaiting | LoginOutcome | { readonly kind: 'impossible'; readonly fault: Fault };

/** What began a sign-in, for the union of scopes and for discovery. */
export interface BeginAsk extends LoginOptions {
  /** Challenges of the answer that asked for it; empty where a person began. */
  readonly challenges: readonly Challenge[];
  /** A 403 `insufficient_scope` asked for it: the union is widened, and the old login stays until the new one works. */
  readonly stepUp: boolean;
  readonly numbers: Numbers;
  readonly signal: AbortSignal;
}

/** Something that happened to a login, whoever did it: connections of that url and profile look again. */
export interface SignInChange {
  readonly serverUrl: string;
  readonly profile: string;
  readonly lane: string;
  readonly what: 'completed' | 'refreshed' | 'refused' | 'forgotten';
  /** Absent where it is gone. */
  readonly credential?: CredentialInfo;
}

/** What forgetting a login did. */
export interface ForgetAsk {
  /** Also tells the authorization server (RFC 7009) where it offers that. */
  readonly revoke: boolean;
  /** Also the dynamic registration of the client. */
  readonly client?: boolean;
  /** With `client`: the registration alone; the login stays, and goes on with the client it was made with. */
  readonly keepLogin?: boolean;
  readonly numbers: Numbers;
  readonly signal: AbortSignal;
}

/** Sign-ins. Nothing here opens a browser: the face of the person who asks does. */
export interface SignIns {
  /** Never throws for what a server or a network does. Errors: `ERR_STORE_UNWRITABLE`. */
  begin(entry: EffectiveEntry, ask: BeginAsk): Promise<LoginBegun>;
  /**
   * Takes the pasted callback URL of a flow, also one that another process began. A callback that does not belong to
   * the flow (state) changes nothing: `ERR_USAGE`. Errors: `ERR_LOGIN_UNKNOWN`.
   */
  finish(flow: string, callback: string, ask: { readonly signal: AbortSignal }): Promise<LoginOutcome>;
  /** The end of a flow, by whatever door. Rejects with the reason of `signal` when that comes first. Errors: `ERR_LOGIN_UNKNOWN`. */
  outcome(flow: string, signal: AbortSignal): Promise<LoginOutcome>;
  /** Ends a flow; its outcome is `failed` · `cancelled`. */
  cancel(flow: string): Promise<void>;
  /** The login that the entry would use, if one is held. */
  held(entry: EffectiveEntry): Promise<CredentialInfo | undefined>;
  /** Forgets the login of the entry; says in words what was done. Takes the lease of the credential. */
  forget(entry: EffectiveEntry, ask: ForgetAsk): Promise<readonly string[]>;
  /** Every held login. */
  list(): Promise<readonly CredentialInfo[]>;
  /** Calls `changed` for every change, also by another process. The result ends it. */
  onChange(changed: (change: SignInChange) => void): () => void;
  /** Ends every listener and waits for redemptions under way. */
  close(): Promise<void>;
}
