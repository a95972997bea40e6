/**
 * What the doctor needs of the world. Everything is read; nothing is changed.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import type { SignInWay } from '../core/doctor.ts';
import type { EffectiveRemote, EffectiveStdio } from '../core/entry.ts';
import type { Challenge } from '../core/fault.ts';
import type { Files } from '../core/machine.ts';
import type { StoreNotice } from '../core/store.ts';
import type { WebhookList } from '../core/webhook.ts';
import type { Fetch } from '../net/dispatcher.ts';

/** The eyes and hands of the doctor. */
export interface DoctorWorld {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly uid: number | undefined;
  readonly files: Pick<Files, 'facts' | 'readText'>;
  readonly folders: { readonly config: string; readonly state: string };
  readonly fetch: Fetch;
  /** Real path of a command, as it would be started. */
  readonly command: (endpoint: EffectiveStdio) => Promise<string | undefined>;
  /** Asks the metadata of a server and its authorization server; sends nothing that the entry holds. */
  readonly signIn: (endpoint: EffectiveRemote, challenges: readonly Challenge[]) => Promise<SignInWay>;
  /** Looks through the logins, and says where they lie and what is odd about it. */
  readonly store: () => Promise<{
    readonly count: number;
    readonly place: string;
    readonly notices: readonly StoreNotice[];
  }>;
  /** Whether a file can be made in the folder; the errno when not. */
  readonly writable: (folder: string) => Promise<string | undefined>;
  readonly webhooks: () => Promise<WebhookList>;
  /** The port for the answers of sign-ins where an entry names none. */
  readonly callbackPort: number;
}

/** One step may take so long. */
export const STEP_MS = 4_000;
