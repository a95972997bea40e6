/**
 * What a person asks of a client's file, and what would be done to it.
 *
 * @module
 */

/** What a person asks for. */
export interface InstallRequest {
  readonly client: string;
  readonly scope: 'user' | 'project';
  readonly server?: string;
  readonly url?: string;
  readonly remove: boolean;
  /** Words for the bridge: `--config FILE`, `--profile NAME`. */
  readonly more?: readonly string[];
}

/** A change that can be shown and made. */
export interface PlannedInstall {
  readonly client: string;
  readonly title: string;
  readonly file: string;
  readonly name: string;
  readonly action: 'added' | 'changed' | 'removed' | 'unchanged';
  readonly before: string | undefined;
  readonly after: string;
  readonly notes: readonly string[];
}
