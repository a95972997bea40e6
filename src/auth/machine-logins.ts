/**
 * Logins that take no person: entries that name a machine grant get one by themselves, and a new one when it ends.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import type { Credential } from '../core/credential.ts';
import type { EffectiveEntry, EffectiveRemote } from '../core/entry.ts';
import type { Fault } from '../core/fault.ts';
import type { HeadersAsk } from '../core/ports.ts';
import { REASONS } from '../core/reasons.ts';
import type { LoginBegun, SignIns } from '../core/sign-in.ts';
import { hasOwnHeaders, placeOf, remoteOf } from './flow/place.ts';
import type { MachineLogins } from './held-logins.ts';
import { isMachineGrant } from './token/machine.ts';
import { wantedGrant } from './flow/prepare.ts';
import type { Vault } from './vault/vault.ts';

/** What they are made from. */
export interface MachineLoginsDeps {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly vault: Pick<Vault, 'lookup'>;
  readonly signIns: Pick<SignIns, 'begin'>;
}

/** The last try for one entry. */
interface Tried {
  /** Monotonic. */
  readonly at: number;
  readonly result: Credential | Fault | undefined;
}

/** The machine logins of one process. */
export class MachineDesk implements MachineLogins {
  readonly #deps: MachineLoginsDeps;
  readonly #tried = new Map<string, Tried>();

  constructor(deps: MachineLoginsDeps) {
    this.#deps = deps;
  }

  /** An entry with headers or a helper never enters OAuth by itself. */
  serves(endpoint: EffectiveRemote): boolean {
    return !hasOwnHeaders(endpoint) && isMachineGrant({ grant: wantedGrant(endpoint, {}) });
  }

  /**
   * A new login, at most every `refreshGapMs` after one that was made and every `halfOpenMs` after one that was not. A
   * fault only where the cause passes; for all others `undefined`: the server is contacted without, and says what it wants.
   */
  async renew(entry: EffectiveEntry, ask: HeadersAsk): Promise<Credential | Fault | undefined> {
    const { clock, signIns, vault } = this.#deps;
    const last = this.#tried.get(entry.key);
    if (last !== undefined) {
      const made = last.result !== undefined && !('reason' in last.result);
      const gap = made ? ask.numbers.refreshGapMs : ask.numbers.halfOpenMs;
      if (clock.monotonic() - last.at < gap) return made ? undefined : last.result;
    }
    const { numbers, signal } = ask;
    try {
      const begun = await signIns.begin(entry, { challenges: [], stepUp: false, numbers, signal });
      const result =
        begun.kind === 'completed' ? await vault.lookup(placeOf(entry, remoteOf(entry))) : passing(faultOf(begun));
      this.#tried.set(entry.key, { at: clock.monotonic(), result });
      return result;
    } catch (error) {
      if (!signal.aborted) throw error;
      return { reason: 'refresh-failed', detail: 'the sign-in was given up before it ended' };
    }
  }
}

function passing(fault: Fault): Fault | undefined {
  return REASONS[fault.reason].persistence === 'transient' ? fault : undefined;
}

function faultOf(begun: Exclude<LoginBegun, { readonly kind: 'completed' }>): Fault {
  if (begun.kind === 'impossible') return begun.fault;
  // A machine grant leaves nobody waiting.
  if (begun.kind === 'waiting') return { reason: 'config-invalid', detail: 'the grant of the entry takes a person' };
  return { reason: begun.reason, detail: begun.detail };
}
