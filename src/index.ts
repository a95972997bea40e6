/**
 * The public list of the library, written by hand: what stands here is the contract, and a test pins it.
 *
 * @module
 */
export { createHoldfast } from './create.ts';
export type { HoldfastOptions } from './create.ts';
export { HoldfastError } from './base/errors.ts';
export type { ErrorCode } from './base/errors.ts';
export { Secret } from './base/secret.ts';
export { systemClock } from './base/clock.ts';
export type { Clock, Timer } from './base/clock.ts';
export type { Logger } from './base/logger.ts';
export type { Random } from './base/random.ts';
export { ACTIONS, actionsFor } from './core/actions.ts';
export type { ActionFacts, ActionId } from './core/actions.ts';
export type { Elicit, Elicitation, ElicitationAnswer, ElicitedValue } from './core/elicitation.ts';
export { EVENT_NAMES } from './core/events.ts';
export type { FleetEvent } from './core/events.ts';
export { NUMBERS } from './core/numbers.ts';
export type { NumberId, NumberOverrides } from './core/numbers.ts';
export { REASONS } from './core/reasons.ts';
export type { ReasonId } from './core/reasons.ts';
export { STATUSES } from './core/snapshot.ts';
export type { Era, Phase, SignInModel, Snapshot, Status, TimelineEntry } from './core/snapshot.ts';
export type {
  ActionReport,
  ApprovalView,
  Finding,
  Fleet,
  FleetCall,
  LogLine,
  Owner,
  ResetOptions,
  SourcesReport,
} from './core/fleet.ts';
export type { LoginStarted, LogoutOptions, SignInFleet } from './core/fleet-sign-in.ts';
export type { CredentialInfo } from './core/credential.ts';
export type { LoginOptions, LoginWaiting } from './core/sign-in.ts';
export type { EntryChange, NotLoaded, SourceFile, WriteReport } from './core/config-model.ts';
export type { EntrySource, Scope } from './core/entry.ts';
export type { HelperRun, Lists, Progress } from './core/ports.ts';
export type { View } from './core/view.ts';
export { VERSION } from './version.ts';
