/**
 * The part of the `Fleet` interface that lets a person sign in, grant rights and forget logins (BEHAVIOUR §7, §8).
 *
 * @module
 */
import type { ActionReport } from './action-report.ts';
import type { CredentialInfo } from './credential.ts';
import type { LoginOptions, LoginWaiting } from './sign-in.ts';
import type { View } from './view.ts';

/** What `startLogin` gives: a flow that waits for a person, or the end at once. */
export type LoginStarted = LoginWaiting | { readonly kind: 'done'; readonly report: ActionReport };

/** What `logout` does beside forgetting the tokens. */
export interface LogoutOptions {
  /** Only here: the authorization server is not told. */
  readonly local?: boolean;
  /** Also the dynamic client registration. */
  readonly client?: boolean;
}

/** Sign-ins of a fleet. Every call may carry a view. Errors are `HoldfastError`s. */
export interface SignInFleet {
  /**
   * Begins a sign-in for a person (or makes it whole at once, where the grant needs none), or gives the one that waits
   * already. The face opens the URL. Errors: `ERR_LOGIN_FAILED` (data.reason) where none is possible, `ERR_BLOCKED`.
   */
  startLogin(name: string, options?: LoginOptions, view?: View): Promise<LoginStarted>;
  /** Takes a pasted callback URL; the report is of the contact that follows. Errors: `ERR_LOGIN_FAILED`, `ERR_LOGIN_UNKNOWN`, `ERR_USAGE`. */
  finishLogin(flow: string, callback: string, view?: View): Promise<ActionReport>;
  /** Waits for the end of a sign-in and for the contact that follows. Errors: `ERR_LOGIN_FAILED`, `ERR_LOGIN_UNKNOWN`, `ERR_PENDING` at the limit. */
  loginResult(
    flow: string,
    options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal; readonly view?: View },
  ): Promise<ActionReport>;
  cancelLogin(flow: string, view?: View): Promise<void>;
  /** Forgets the login of the server; tells the authorization server too unless `local`. */
  logout(name: string, options?: LogoutOptions, view?: View): Promise<ActionReport>;
  /** Begins the consent for the rights that the server asked for (BEHAVIOUR §7). Errors: `ERR_USAGE` where it asked for none. */
  grantStepUp(name: string, options?: LoginOptions, view?: View): Promise<LoginStarted>;
  /** Takes the offer away; calls that wait for it fail with `ERR_STEP_UP_REFUSED`. */
  declineStepUp(name: string, view?: View): Promise<ActionReport>;
  /**
   * Binds the server to an account for this project (for callers that name no profile themselves), or takes the binding
   * away. Errors: `ERR_USAGE`, `ERR_CONFIG_*`.
   */
  setProfile(name: string, profile: string | undefined, view?: View): Promise<ActionReport>;
  /** Every login that is held, whatever view it was made in. */
  credentials(): Promise<readonly CredentialInfo[]>;
}
