/**
 * How a renewal of a login ends, and what asks for one.
 *
 * @module
 */
import type { ClientIdentity, Credential } from '../../core/credential.ts';
import type { Fault } from '../../core/fault.ts';
import type { Numbers } from '../../core/numbers.ts';

/** The end of a renewal. Nothing is thrown for what a server, a network or a disk does. */
export type RefreshOutcome =
  /** New tokens: redeemed here (`fault` = they could not be written and live in memory), or by somebody else. */
  | { readonly kind: 'fresh' | 'adopted'; readonly credential: Credential; readonly fault?: Fault }
  /** Nothing new for now: tokens and status stay. No request is made before `retryInMs` is over. */
  | {
      readonly kind: 'kept';
      readonly credential: Credential;
      /** `busy` = another process holds it; `store` = new tokens could not be kept, so none were asked for. */
      readonly cause?: 'busy' | 'store';
      readonly fault?: Fault;
      readonly retryInMs?: number;
    }
  /** A person has to sign in again. The access token of `credential` may still be used while it lives. */
  | { readonly kind: 'ended'; readonly credential?: Credential; readonly detail: string };

/** Why a renewal is asked for. */
export interface RenewAsk {
  readonly numbers: Numbers;
  /** `due` = it is about to end and is needed now; `ahead` = the same, by a timer; `refused` = the server has answered 401. */
  readonly why: 'due' | 'refused' | 'ahead';
  /** The generation that was sent and refused; default: the one that is kept. */
  readonly sentGeneration?: number;
  /** How the client of the login proves itself now, where that has changed since the login was made. */
  readonly client?: ClientIdentity;
}

/** What a redemption is told. */
export interface RedeemAsk {
  readonly numbers: Numbers;
  /** The generation that is to be redeemed: another one that is kept is adopted. */
  readonly generation: number;
  readonly why: RenewAsk['why'];
  readonly client?: RenewAsk['client'];
}

/** Redeems one generation of a login, once over all processes. Never cancelled, never rejects. */
export type Redeem = (id: string, ask: RedeemAsk) => Promise<RefreshOutcome>;

/** A fault of a renewal that may pass. `detail` is for people. */
export function renewalFault(detail: string): Fault {
  return { reason: 'refresh-failed', detail };
}
