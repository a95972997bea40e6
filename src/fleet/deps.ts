/**
 * What a fleet is made from: the ports of the world it lives in.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import type { Redactor } from '../base/secret.ts';
import type { ConfigPort } from '../core/config-model.ts';
import type { Examiner } from '../core/doctor.ts';
import type { Owner } from '../core/fleet.ts';
import type { KeptLists } from '../core/kept-lists.ts';
import type { Meter } from '../core/meter.ts';
import type { Numbers } from '../core/numbers.ts';
import type { Connector, Credentials } from '../core/ports.ts';
import type { SignIns } from '../core/sign-in.ts';
import type { StoreNotice } from '../core/store.ts';
import type { Tracing } from '../core/tracing.ts';
import type { View } from '../core/view.ts';

/** Everything a local fleet needs. */
export interface FleetDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly redactor: Redactor;
  readonly connector: Connector;
  readonly credentials: Credentials;
  readonly signIns: SignIns;
  /** What a person should know of the store of logins. Default: nothing. */
  readonly storeNotices?: () => readonly StoreNotice[];
  /** Looks for what is wrong beyond the configuration (`doctor`). Default: nobody looks. */
  readonly examine?: Examiner;
  /** Lists beyond the life of this process. Default: none. */
  readonly keptLists?: KeptLists;
  readonly config: ConfigPort;
  /** Counts what happens. Default: nobody counts. */
  readonly meter?: Meter;
  /** Shows calls to whoever traces. Default: nobody does. */
  readonly tracing?: Tracing;
  /** Numbers of the fleet as a whole (parallel limits, wake, idle views); servers have their own. */
  readonly numbers: Numbers;
  readonly owner: Omit<Owner, 'startedAt'>;
  /** The view of calls that carry none. */
  readonly view?: View;
}
