/**
 * Everything about credentials, wired: the headers of servers and the sign-ins of people.
 *
 * @module
 */
import type { Credentials } from '../core/ports.ts';
import type { SignIns } from '../core/sign-in.ts';
import { forgetRegistration, identify, registeredRedirects } from './client/identify.ts';
import { createCredentials, type CredentialsDeps } from './credentials.ts';
import type { OAuthDeps } from './deps.ts';
import { discover } from './discovery/discover.ts';
import { SignInDesk, type SignInsParts } from './flow/sign-ins.ts';
import { HeldLogins } from './held-logins.ts';
import { MachineDesk } from './machine-logins.ts';
import { beginDevice, pollDevice } from './token/device.ts';
import { newDpopKey } from './token/dpop.ts';
import { machineTokens } from './token/machine.ts';
import { requestToken } from './token/request.ts';
import { revoke } from './token/revoke.ts';
import { Refresher, type RefresherDeps } from './vault/refresh.ts';
import { Vault } from './vault/vault.ts';

/** The world of credentials. */
export interface AuthDeps extends OAuthDeps, Omit<CredentialsDeps, 'logins'> {
  /** Redeems refresh tokens somewhere else (a process of its own). Default: here. */
  readonly redeem?: NonNullable<RefresherDeps['redeem']>;
  /** Of this process, for the note of a redemption that has begun. */
  readonly pid?: number;
}

/** The two ports. `signIns.close()` ends both. */
export interface Auth {
  readonly credentials: Credentials;
  readonly signIns: SignIns;
  readonly vault: Vault;
  readonly refresher: Refresher;
}

/** Wires them. */
export function createAuth(deps: AuthDeps): Auth {
  const vault = new Vault(deps);
  const refresher = new Refresher({ ...deps, vault });
  const signIns = new SignInDesk(partsOf(deps, vault, refresher));
  const machines = new MachineDesk({ clock: deps.clock, vault, signIns });
  const { clock, logger } = deps;
  const logins = new HeldLogins({ clock, logger, vault, refresher, machines });
  return { credentials: createCredentials({ ...deps, logins }), signIns, vault, refresher };
}

function partsOf(deps: AuthDeps, vault: Vault, refresher: Refresher): SignInsParts {
  const { clock, logger, redactor, store, vital } = deps;
  return {
    clock,
    logger,
    redactor,
    store,
    ...(vital === undefined ? {} : { vital }),
    logins: {
      lookup: (place) => vault.lookup(place),
      create: (parts) => vault.create(parts),
      remove: (id) => vault.remove(id),
      info: (credential) => vault.info(credential),
      alone: (id, work, waitMs) => refresher.alone(id, work, waitMs),
    },
    listLogins: () => vault.list(),
    onLoginChange: (changed) => vault.onChange(changed),
    async closeLogins() {
      await refresher.idle();
      vault.close();
    },
    discover: (about, ask) => discover(deps, about, ask),
    identify: (about, ask) => identify(deps, about, ask),
    registeredRedirects: (issuer) => registeredRedirects(deps, issuer),
    forgetRegistration: (issuer, clientId) => forgetRegistration(deps, issuer, clientId),
    requestToken: (about, ask) => requestToken(deps, about, ask),
    beginDevice: (about, ask) => beginDevice(deps, about, ask),
    pollDevice: (about, ask) => pollDevice(deps, about, ask),
    machine: (about, ask) => machineTokens(deps, about, ask),
    revoke: (about, ask) => revoke(deps, about, ask),
    newDpopKey,
  };
}
